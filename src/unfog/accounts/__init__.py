"""Accounts: what a set of accounts pretends to be, and how many there really are. The unit is a set, never a person.

* :func:`investigate` with :class:`Options`: the whole room on the tables of a case
* :func:`profile_accounts`: one row per account, in SQL
"""

from unfog.accounts.investigate import investigate
from unfog.accounts.options import KINDS, DeclaredShift, Options, SetSpec
from unfog.accounts.profiles import profile_accounts

__all__ = ["KINDS", "DeclaredShift", "Options", "SetSpec", "investigate", "profile_accounts"]
