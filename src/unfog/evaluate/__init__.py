"""The measuring of every room: labelled data in, figures out. ``benchmarks/`` and ``unfog evaluate`` call it.

Each room has one module here with ``evaluate(data: Path, out: Path | None) -> Evaluation``.
"""

from unfog.evaluate.sheet import Evaluation, Measure

__all__ = ["Evaluation", "Measure"]
