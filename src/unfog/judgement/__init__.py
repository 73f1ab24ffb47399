"""Judgement: variables, worlds, evidence, dependence, confidence, sensitivity. Pure: no file, no database, no clock.

weigh(variables, propositions, contrasts, evidence, as_of, settings) -> Judgement
findings(judgement) -> the findings that pages are made from
"""

from unfog.judgement.document import Answer, Confidence, Judgement
from unfog.judgement.findings import findings
from unfog.judgement.items import evidence_from
from unfog.judgement.nextbest import Uncollected
from unfog.judgement.settings import Caps, ConfidenceCuts, Grades, Settings
from unfog.judgement.variables import ContrastMap, Proposition, Variable, check_declared
from unfog.judgement.weigh import weigh

__all__ = [
    "Answer",
    "Caps",
    "Confidence",
    "ConfidenceCuts",
    "ContrastMap",
    "Grades",
    "Judgement",
    "Proposition",
    "Settings",
    "Uncollected",
    "Variable",
    "check_declared",
    "evidence_from",
    "findings",
    "weigh",
]
