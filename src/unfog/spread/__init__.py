"""Where a document or text went, who carried it, in what attempts, when it broke out and by whose hand."""

from unfog.spread.match import Match, Needle
from unfog.spread.options import Action, Against, Conflict, ConflictValue, Criteria, Dated, Options, Target
from unfog.spread.searching import Hit, search
from unfog.spread.stage import Progress, investigate
from unfog.spread.tracing import Traced, trace

__all__ = [
    "Action",
    "Against",
    "Conflict",
    "ConflictValue",
    "Criteria",
    "Dated",
    "Hit",
    "Match",
    "Needle",
    "Options",
    "Progress",
    "Target",
    "Traced",
    "investigate",
    "search",
    "trace",
]
