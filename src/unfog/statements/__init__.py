"""Statements: who said what, when, how surely, about what, and did they show the evidence.

Articles, statement logs and observations in; a ledger of statements out, with words of certainty and their use, stance,
figures with their origin, demands with their status, and contradictions within one proposition and scope only.
"""

from unfog.statements.actors import load as load_actors
from unfog.statements.actors import registry
from unfog.statements.audit import AuditRow, Judge, audit
from unfog.statements.demands import Answer
from unfog.statements.extraction import Reading, extract
from unfog.statements.headlines import HeadlineConflict, headline_conflicts
from unfog.statements.propositions import Slot
from unfog.statements.reading import unwrapped
from unfog.statements.stage import Ledger, Options, build_ledger, investigate
from unfog.statements.statement import (
    Cue,
    Demand,
    Quantity,
    Speaker,
    Stance,
    Statement,
    TermUse,
    Use,
)
from unfog.statements.uses import certainty_of
from unfog.statements.views import highlighted, timeline

__all__ = [
    "Answer",
    "AuditRow",
    "Cue",
    "Demand",
    "HeadlineConflict",
    "Judge",
    "Ledger",
    "Options",
    "Quantity",
    "Reading",
    "Slot",
    "Speaker",
    "Stance",
    "Statement",
    "TermUse",
    "Use",
    "audit",
    "build_ledger",
    "certainty_of",
    "extract",
    "headline_conflicts",
    "highlighted",
    "investigate",
    "load_actors",
    "registry",
    "timeline",
    "unwrapped",
]
