"""How good the judgement is: simulated investigations with a known truth, and words and forecasts on real data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from unfog.errors import SourceMissing
from unfog.evaluate.judgement_readers import diagram, diagrams, folder, reader_check
from unfog.evaluate.judgement_worlds import PRIOR, VALUES, WORLDS, Floats, Outcome, World, run
from unfog.evaluate.sheet import Evaluation
from unfog.stats import cllr, cllr_min, wilson

INVESTIGATIONS = 1000
SURE = 0.95


def evaluate(data: Path, out: Path | None = None, *, n: int = INVESTIGATIONS, seed: int = 20191127) -> Evaluation:
    """Measure the judgement.

    Args:
        data: Folder with the words and forecasting sets (or its parent); without them only the simulation is run.
        out: Folder for the reliability diagrams as JSON.
        n: Simulated investigations per world.
        seed: Seed.
    """
    sheet = Evaluation(room="judgement", data=data.name)
    _simulated(sheet, n, seed)
    try:
        _real(sheet, folder(data), out)
    except SourceMissing as why:
        sheet.notes.append(f"words and forecasts not measured: {str(why).split(':', 1)[-1].strip()}")
    return sheet


# --- simulation -------------------------------------------------------------------------------------------------------


def mean_cllr(said: Floats, truth: Floats) -> float:
    """Mean over the values of the Cllr of “it is this value”, from posterior odds over prior odds."""
    p = np.clip(said, 1e-12, 1 - 1e-12)
    logs = np.log10(p / (1 - p)) - np.log10(PRIOR / (1 - PRIOR))
    return float(np.mean([cllr(logs[:, v], truth[:, v] > 0) for v in range(len(VALUES))]))


def ach_cllr(inconsistency: Floats, truth: Floats) -> float:
    """The best Cllr that ACH's scores could have, had somebody calibrated them perfectly on these very cases.

    ACH gives no probabilities; its score for a value is how much less inconsistent it is than the best of the others.
    """
    best = np.stack([np.delete(inconsistency, v, axis=1).min(axis=1) for v in range(len(VALUES))], axis=1)
    score = best - inconsistency
    return float(np.mean([cllr_min(score[:, v], truth[:, v] > 0) for v in range(len(VALUES))]))


def figures(world: World, found: Outcome) -> dict[str, Any]:
    """All figures of one world, JSON-safe."""
    truth = np.eye(len(VALUES))[found.truth]
    row: dict[str, Any] = {"world": world.name, "fair": world.fair, "dependent": world.dependent, "n": len(found.truth)}
    for judge, said in found.said.items():
        sure = said >= SURE
        hits, made = int((sure & (truth > 0)).sum()), int(sure.sum())
        low, high = (float(x) for x in wilson(hits, made)) if made else (float("nan"), float("nan"))
        row[judge] = {
            "cllr": round(mean_cllr(said, truth), 4),
            "sure": made,
            "sure_true": round(hits / made, 4) if made else None,
            "sure_low": round(low, 4) if made else None,
            "sure_high": round(high, 4) if made else None,
            "top_right": round(float((said.argmax(axis=1) == found.truth).mean()), 4),
        }
    ties = found.inconsistency == found.inconsistency.min(axis=1, keepdims=True)
    row["ACH"] = {
        "cllr_at_best": round(ach_cllr(found.inconsistency, truth), 4),
        "top_right": round(float((ties[np.arange(len(ties)), found.truth] / ties.sum(axis=1)).mean()), 4),
        "other_among_winners": round(float(ties[:, -1].mean()), 4),
    }
    row["share_of_oracle"] = round(row["unfog"]["sure"] / max(row["oracle"]["sure"], 1), 4)
    return row


def simulate(n: int, seed: int, *, argued: bool) -> list[dict[str, Any]]:
    """Figures of every world."""
    return [figures(w, run(w, n, seed + k, argued=argued)) for k, w in enumerate(WORLDS)]


def _simulated(sheet: Evaluation, n: int, seed: int) -> None:
    measured = simulate(n, seed, argued=False)
    argued = simulate(n, seed, argued=True)
    sheet.tables["measured items"] = measured
    sheet.tables["argued items"] = argued
    for row in measured:
        _measures(sheet, row, "measured items", judged=row["fair"])
    for row in argued:
        _measures(sheet, row, "argued items: two noisy raters, grade A2, caps", judged=False)
    sheet.notes += [
        "Simulated investigations; interval of the share true is a 90 % Wilson interval.",
        "ACH gives no probability; its Cllr is that of its scores after perfect calibration on the same cases.",
        "A poisoned source, a prior wrong by ten, unlike traits of one origin and a single origin for everything are "
        "reported apart: no dependence rule can win the first two, and the others show what caution costs.",
    ]


def _measures(sheet: Evaluation, row: dict[str, Any], how: str, *, judged: bool) -> None:
    ours, split = row["unfog"], f"simulated, {how}"
    common: dict[str, Any] = {"split": split}
    sheet.add(
        f"{row['world']}: true among statements of 95 % or more",
        ours["sure_true"],
        low=ours["sure_low"],
        high=ours["sure_high"],
        n=ours["sure"],
        unit="statements",
        target=">= 0.95" if judged else "",
        met=(ours["sure_true"] or 0) >= 0.95 if judged else None,
        note="" if row["fair"] else "reported apart",
        **common,
    )
    sheet.add(
        f"{row['world']}: such statements, as a share of the oracle's",
        row["share_of_oracle"],
        n=row["oracle"]["sure"],
        unit="of the oracle's statements",
        target=">= 0.25" if judged else "",
        met=row["share_of_oracle"] >= 0.25 if judged else None,
        **common,
    )
    rivals = f"naive Bayes {row['naive Bayes']['cllr']:.3f}, ACH at best {row['ACH']['cllr_at_best']:.3f}"
    wins = ours["cllr"] < min(row["naive Bayes"]["cllr"], row["ACH"]["cllr_at_best"])
    contest = judged and row["dependent"]
    sheet.add(
        f"{row['world']}: Cllr",
        ours["cllr"],
        n=row["n"],
        unit="investigations",
        target="below both rivals" if contest else "",
        met=wins if contest else None,
        note=f"{rivals}, oracle {row['oracle']['cllr']:.3f}",
        **common,
    )


# --- words and forecasts ----------------------------------------------------------------------------------------------


def _real(sheet: Evaluation, data: Path, out: Path | None) -> None:
    rows = reader_check(data)
    sheet.tables["readers"] = rows
    worst = max(r["worst_difference"] for r in rows)
    sheet.add(
        "readers' percentages: largest difference from the published ones, points",
        worst,
        n=5174,
        unit="readers",
        split="CAPphrase, all answers",
        target="<= 0.1",
        met=worst <= 0.1 and all(r["shipped_equals_data"] for r in rows),
    )
    for name, found in diagrams(data).items():
        table = diagram(found)
        sheet.tables[f"reliability: {name}"] = table
        sure = [r for r in table if r["said"] >= 0.9]
        n = sum(int(r["n"]) for r in sure)
        if not n:
            note = f"nothing was said at 90 % or more; Brier {found.brier:.4f}"
            sheet.add(f"{name}: came true of what was said at 90 % or more", None, n=0, unit="forecasts", note=note)
            continue
        said = sum(r["said"] * r["n"] for r in sure) / n
        true = sum(r["true"] * r["n"] for r in sure) / n
        low, high = (float(x) for x in wilson(round(true * n), n))
        sheet.add(
            f"{name}: came true of what was said at 90 % or more",
            true,
            low=low,
            high=high,
            n=n,
            unit="forecasts",
            split="all forecasts",
            note=f"mean stated {said:.3f}; Brier {found.brier:.4f}; forecasts on one question are not independent",
        )
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        told = {k: v for k, v in sheet.tables.items() if k.startswith("reliability")}
        (out / "judgement-reliability.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
