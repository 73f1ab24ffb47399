"""Which accounts act together more than popularity, activity, news bursts and daily rhythm explain, and how broad is
it?"""

from unfog.coordination.detect import SignalPairs, detect
from unfog.coordination.investigate import investigate
from unfog.coordination.options import Options
from unfog.coordination.ranking import rank_accounts
from unfog.coordination.signals import SIGNALS, STRATA, Signal, signal
from unfog.coordination.window import estimate_window, parse_window

__all__ = [
    "SIGNALS",
    "STRATA",
    "Options",
    "Signal",
    "SignalPairs",
    "detect",
    "estimate_window",
    "investigate",
    "parse_window",
    "rank_accounts",
    "signal",
]
