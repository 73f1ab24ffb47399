"""Accounts: what a set of accounts pretends to be, and how many there really are. The unit is a set, never a person.

* :func:`investigate` with :class:`Options`: the whole room on the tables of a case
* :func:`profile_accounts`: one row per account, in SQL
* :func:`account_features`, :func:`fit_score`, :func:`rank_accounts`: an order within a set, with predictive values
* :func:`take_census` with :class:`Census` (:func:`load_definitions`): numbers under explicit definitions
"""

from unfog.accounts.census import take_census
from unfog.accounts.definitions import Census, Definition, Grid, Published, load_definitions
from unfog.accounts.features import Features, account_features
from unfog.accounts.investigate import investigate
from unfog.accounts.options import KINDS, DeclaredShift, Likeness, Options, SetSpec
from unfog.accounts.profiles import profile_accounts
from unfog.accounts.score import Score, fit_score, predictive_value, rank_accounts

__all__ = [
    "KINDS",
    "Census",
    "DeclaredShift",
    "Definition",
    "Features",
    "Grid",
    "Likeness",
    "Options",
    "Published",
    "Score",
    "SetSpec",
    "account_features",
    "fit_score",
    "investigate",
    "load_definitions",
    "predictive_value",
    "profile_accounts",
    "rank_accounts",
    "take_census",
]
