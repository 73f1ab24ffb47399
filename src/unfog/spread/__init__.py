"""Where a document or text went, who carried it, in what attempts, when it broke out and by whose hand."""

from unfog.spread.options import Action, Conflict, ConflictValue, Criteria, Dated, Options, Target
from unfog.spread.stage import investigate
from unfog.spread.tracing import Match, Needle, Traced, trace

__all__ = [
    "Action",
    "Conflict",
    "ConflictValue",
    "Criteria",
    "Dated",
    "Match",
    "Needle",
    "Options",
    "Target",
    "Traced",
    "investigate",
    "trace",
]
