"""The nouns: what a post, a finding, an evidence item and a case are. Pure: nothing here reads a file or a database."""

from unfog.model.clock import AsOf, Clock, Moment, Precision, parse_moment
from unfog.model.evidence import (
    CONTRASTS,
    Contrast,
    Evidence,
    Grade,
    Kind,
    Likelihood,
    MeasuredBy,
    Rating,
)
from unfog.model.finding import Basis, Figure, Finding, Findings, Gap, InputRef, RowsRef, StageResult, StepRef, Verdict
from unfog.model.number import INTERVAL_LEVEL, Estimate
from unfog.model.tables import TABLES, Column, Table

__all__ = [
    "CONTRASTS",
    "INTERVAL_LEVEL",
    "TABLES",
    "AsOf",
    "Basis",
    "Clock",
    "Column",
    "Contrast",
    "Estimate",
    "Evidence",
    "Figure",
    "Finding",
    "Findings",
    "Gap",
    "Grade",
    "InputRef",
    "Kind",
    "Likelihood",
    "MeasuredBy",
    "Moment",
    "Precision",
    "Rating",
    "RowsRef",
    "StageResult",
    "StepRef",
    "Table",
    "Verdict",
    "parse_moment",
]
