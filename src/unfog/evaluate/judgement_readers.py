"""Words and forecasts on real data: what readers hear in a phrase, and reliability diagrams of forecasting sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from unfog.errors import SourceMissing
from unfog.stats import Reliability, reliability
from unfog.text.reader import reader_counts, readers

Floats: TypeAlias = NDArray[np.float64]

PUBLISHED = (
    ("almost certain", 95.0, 100.0, True, 69.6, 30.4, 0.0),
    ("highly likely", 80.0, 90.0, True, 73.2, None, 16.5),
    ("likely", 55.0, 75.0, True, 65.5, None, 31.1),
    ("probable", 55.0, 75.0, True, 62.2, None, None),
    ("realistic possibility", 40.0, 50.0, True, 17.5, None, 64.0),
    ("realistic possibility", 40.0, 50.0, False, 10.8, None, None),
    ("unlikely", 25.0, 35.0, True, 28.1, 66.4, None),
    ("highly unlikely", 10.0, 20.0, True, 37.7, 57.6, None),
    ("remote chance", 0.0, 5.0, True, 58.3, None, 41.7),
    ("almost certain", 95.0, 99.0, True, 69.3, None, None),
    ("likely", 55.0, 80.0, True, 84.8, None, None),
    ("unlikely", 20.0, 45.0, True, 54.8, None, None),
    ("remote chance", 1.0, 5.0, True, 57.4, None, None),
)
"""(phrase, low, high, upper edge included, % within, % less, % more), as computed on the published data beforehand."""


def folder(data: Path) -> Path:
    """The folder with CAPphrase and the forecasting sets, whether given itself or its parent."""
    for found in (data, *sorted(data.glob("13*")), *sorted(data.glob("data/13*"))):
        if (found / "capphrase_absolute_judgements.parquet").is_file():
            return found
    raise SourceMissing(f"{data}: no capphrase_absolute_judgements.parquet here or in a folder 13*; give its folder")


def recomputed(path: Path) -> dict[str, list[int]]:
    """The shipped table of readers, derived again from the published answers."""
    table = pq.read_table(path, columns=["term", "probability"]).to_pydict()
    return reader_counts(list(zip(table["term"], table["probability"], strict=True)))


def reader_check(data: Path) -> list[dict[str, Any]]:
    """Each published percentage beside the one of the shipped table, and whether that is what the data give."""
    fresh = recomputed(data / "capphrase_absolute_judgements.parquet")
    rows = []
    for phrase, low, high, closed, within, less, more in PUBLISHED:
        view = readers(phrase)
        if view is None:
            continue
        mine = view.hear_within(low, high, high_closed=closed)
        below = view.hear_less_than(low)
        counts = next(c for p, c in fresh.items() if p.casefold() == phrase)
        same = np.array_equal(np.round(np.array(view.below) * view.n).astype(int), counts)
        pairs = [(within, mine), (less, below), (more, 100.0 - mine - below)]
        worst = max(abs(a - b) for a, b in pairs if a is not None)
        rows.append(
            {
                "phrase": phrase, "low": low, "high": high, "high_included": closed, "within": round(mine, 2),
                "less": round(below, 2), "more": round(max(100.0 - mine - below, 0.0), 2),
                "worst_difference": round(worst, 3),
                "shipped_equals_data": same,
            }
        )  # fmt: skip
    return rows


def forecasts(data: Path) -> dict[str, tuple[Floats, NDArray[np.bool_]]]:
    """Stated probabilities and outcomes of each forecasting set: name -> (said, came true)."""
    out: dict[str, tuple[Floats, NDArray[np.bool_]]] = {}
    table = pq.read_table(data / "predictionbook_public.parquet").to_pydict()
    out["PredictionBook"] = _pairs(
        (p, o == a)
        for p, o, a in zip(table["probability"], table["outcome"], table["answer_option"], strict=True)
        if o in (0.0, 1.0) and p is not None
    )
    table = pq.read_table(data / "fivethirtyeight_calibration_governors_elections.parquet").to_pydict()
    out["FiveThirtyEight governors"] = _pairs(zip(table["probwin"], table["probwin_outcome"], strict=True))
    for name, file in (("MLB", "mlb"), ("NBA", "nba")):
        table = pq.read_table(data / f"fivethirtyeight_calibration_{file}_games.parquet").to_pydict()
        out[f"FiveThirtyEight {name}"] = _pairs(zip(table["prob1"], table["prob1_outcome"], strict=True))
    ends = pq.read_table(data / "gjp_ifps.parquet", columns=["ifp_id", "outcome"]).to_pydict()
    outcome = dict(zip(ends["ifp_id"], ends["outcome"], strict=True))
    table = pq.read_table(data / "gjp_survey_fcasts_mini_yr1.parquet").to_pydict()
    out["Good Judgment Project, year 1"] = _pairs(
        (v, outcome[i] == a)
        for v, i, a in zip(table["value"], table["ifp_id"], table["answer_option"], strict=True)
        if outcome.get(i) in ("a", "b", "c", "d", "e")
    )
    return out


def _pairs(rows: Any) -> tuple[Floats, NDArray[np.bool_]]:
    said, true = [], []
    for p, o in rows:
        try:
            value = float(p)
        except (TypeError, ValueError):
            continue
        if 0.0 <= value <= 1.0 and o is not None:
            said.append(value)
            true.append(bool(float(o)) if not isinstance(o, bool) else o)
    return np.array(said), np.array(true, dtype=bool)


def diagram(found: Reliability) -> list[dict[str, float]]:
    """A reliability diagram as rows."""
    return [
        dict(zip(("said", "true", "low", "high", "n"), (round(float(x), 4) for x in row), strict=True))
        for row in zip(found.said, found.true, found.low, found.high, found.n, strict=True)
    ]


def diagrams(data: Path) -> dict[str, Reliability]:
    """Reliability of every forecasting set."""
    return {name: reliability(said, true) for name, (said, true) in forecasts(data).items()}
