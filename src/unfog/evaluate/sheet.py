"""The result sheet of an evaluation: every figure with its interval, its n, its split and the target it was held to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Measure(BaseModel):
    """One measured figure.

    Attributes:
        name: What was measured, e.g. ``recall at precision 0.90``.
        value: The figure.
        low: Lower end of its 90 % interval, where one was computed.
        high: Upper end.
        n: Number of independent units behind it (campaigns, accounts, articles ...).
        unit: What n counts.
        split: How training and test were kept apart.
        target: The figure to reach, where there is one.
        met: Whether it was reached; None where there is no target.
        note: What limits it.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    unit: str = ""
    split: str = ""
    target: str = ""
    met: bool | None = None
    note: str = ""


class Evaluation(BaseModel):
    """The result sheet of one room."""

    model_config = ConfigDict(extra="forbid")

    room: str
    data: str = ""
    measures: list[Measure] = Field(default_factory=list)
    tables: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)

    def add(self, name: str, value: float | None, **more: Any) -> Measure:
        """Append a measure and return it."""
        measure = Measure(name=name, value=value, **more)
        self.measures.append(measure)
        return measure

    def write(self, out: Path) -> Path:
        """Write ``<room>.json`` into a folder and return its path."""
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"{self.room}.json"
        path.write_text(json.dumps(self.model_dump(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path

    def markdown(self) -> str:
        """The sheet as a Markdown table."""
        rows = ["| measure | value | 90 % interval | n | split | target | note |", "|---|---|---|---|---|---|---|"]
        for m in self.measures:
            value = "–" if m.value is None else f"{m.value:.4g}"
            interval = "" if m.low is None or m.high is None else f"{m.low:.4g} to {m.high:.4g}"
            mark = "" if m.met is None else (" ✓" if m.met else " ✗")
            n = "" if m.n is None else f"{m.n} {m.unit}".strip()
            rows.append(f"| {m.name} | {value} | {interval} | {n} | {m.split} | {m.target}{mark} | {m.note} |")
        return "\n".join([f"## {self.room}", "", *rows, "", *(f"- {n}" for n in self.notes)]) + "\n"
