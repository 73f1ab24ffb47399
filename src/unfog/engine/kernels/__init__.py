"""Generic kernels in machine code beside hot SQL steps: they know rows of numbers, never what the numbers stand for.

Keys are identical to those of the SQL twins and floats agree to 1e-9; one test compares them on random data.
"""

from unfog.engine.kernels.actions import Actions, Profile, arrange, profile
from unfog.engine.kernels.codes import Codes, encode
from unfog.engine.kernels.selfjoin import Baseline, Pairs, Tally, join_pairs, tally

__all__ = [
    "Actions",
    "Baseline",
    "Codes",
    "Pairs",
    "Profile",
    "Tally",
    "arrange",
    "encode",
    "join_pairs",
    "profile",
    "tally",
]
