"""The 61 accounts that Reddit banned in December 2019: their set beside ordinary accounts, and transfer to them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfog.accounts import DeclaredShift, Features, Options, SetSpec, account_features, fit_score, investigate
from unfog.engine import DuckEngine
from unfog.evaluate.sheet import Evaluation
from unfog.ingest import FileSpec, ingest
from unfog.model import Finding, StageResult
from unfog.stats import wilson

FILE = "ecrows_author_activity"
SPLIT = "compared with ordinary Reddit accounts of 2015-16"


def measure_banned(sheet: Evaluation, data: Path, train: Features, same: NDArray[np.bool_]) -> None:
    """Set tests on the 61 accounts, and the share of them that a score trained on another operation finds."""
    if not (data / "02_reddit_uk_trade_leak" / f"{FILE}.json").is_file():
        sheet.notes.append("data/02 is absent: the 61 banned accounts were not measured.")
        return
    with tempfile.TemporaryDirectory() as work, DuckEngine(memory="2GB") as engine:
        specs = [
            FileSpec(path=Path(f"02_reddit_uk_trade_leak/{FILE}.json"), format="reddit-pushshift"),
            FileSpec(path=Path("01_reddit_ira_vs_normal/submissions.parquet"), format="reddit-frame"),
        ]
        ingest(specs, engine, Path(work), root=data)
        banned = SetSpec.model_validate(
            {
                "id": "banned", "title": "the accounts that Reddit banned", "selected_by": "Reddit",
                "from": f"authors of source {FILE}", "comparison": "authors of source submissions",
            }
        )  # fmt: skip
        asked = Options(
            sets=(banned,), groups=False, declared_shift=DeclaredShift(zones=("UTC+3",)),
            tests=("single-use", "hours", "weekdays", "pacing", "handles", "shift"),
        )  # fmt: skip
        told = investigate(engine, asked)
        new = account_features(engine, f"p.kind = 'post' AND starts_with(p.source_id, '{FILE}')")
    _traits(sheet, told)
    _weights(sheet, told)
    score = fit_score(train, same, trained_on="IRA on Reddit, 2015-16, behaviour only")
    lr = score.log10_lr(new)
    known = lr[~np.isnan(lr)]
    above = int((known > float(np.quantile(score.held_different, 0.95))).sum())
    low, high = wilson(above, known.size)
    sheet.add(
        "transfer IRA -> 61 accounts: share above 95 % of ordinary ones", above / max(known.size, 1), low=low,
        high=high, n=int(known.size), unit="accounts", split="trained on data/01",
        note=f"chance is 0.05; cannot tell (fewer than 3 posts): {int(np.isnan(lr).sum())} of {lr.size}",
    )  # fmt: skip


def _of(told: StageResult, kind: str) -> Finding:
    return next(f for f in told.findings if f.kind == kind)


def _traits(sheet: Evaluation, told: StageResult) -> None:
    """What the set shows, beside what the case's own reading of the archive says."""
    use, clock, days, pace = (_of(told, k) for k in ("single-use", "hours", "weekdays", "pacing"))
    share = use.figure("one_day_share").value
    kept = sorted((r["active_days"] for r in use.data["not_single_use"]), reverse=True)
    sheet.add(
        "61 banned accounts: used on one day only", share.value, low=share.low, high=share.high,
        n=int(use.figure("with_posts").value.value), unit="accounts with posts", split="data/02", target="46 of 49",
        met=use.figure("one_day").value.value == 46, note=f"active days of the others: {', '.join(map(str, kept))}",
    )  # fmt: skip
    span = (clock.data["earliest"][:5], clock.data["latest"][:5])
    sheet.add(
        "61 banned accounts: empty hours of the day", clock.figure("empty_hours").value.value, split="data/02",
        n=int(clock.figure("posts").value.value), unit="posts", target="06:41 to 14:22 UTC",
        met=span == ("06:41", "14:22"), note=f"all posts from {span[0]} to {span[1]} UTC",
    )  # fmt: skip
    sundays = days.figure("sundays").value.value
    p, free = days.figure("p_holidays").value.value, days.data["public_holidays"][0]
    sheet.add(
        "61 banned accounts: posts on Sundays", sundays, split="data/02", n=int(days.figure("posts").value.value),
        unit="posts", target="0", met=sundays == 0,
        note=f"public holidays most avoided: {free['country']}, {free['with_posts']} of {free['holidays']} with posts "
        f"({free['expected']} expected), p = {p:.2f} over {len(days.data['public_holidays'])} countries",
    )  # fmt: skip
    sheet.add(
        "61 banned accounts: gaps shorter than the platform's limit", pace.figure("below_limit").value.value,
        n=int(pace.figure("gaps").value.value), unit="gaps", split="data/02", target="explained by the platform",
        met=bool(pace.data["explained_by_platform"]) and not any(".pacing." in e.id for e in told.evidence),
        note="no likelihood ratio is drawn from it",
    )  # fmt: skip


def _weights(sheet: Evaluation, told: StageResult) -> None:
    for e in told.evidence:
        weight, by = e.likelihoods[0].log10_lr, e.measured_by
        asked = not e.id.startswith("accounts.handles")  # nobody said that their names are alike
        sheet.add(
            f"61 banned accounts, {e.id.split('.')[1]}: log10 LR bound", weight.value, low=weight.low, high=weight.high,
            n=by.n_different if by else None, unit=by.unit if by else "",
            split="declared UTC+3 against the rest of the grid" if e.contrast == "shift" else SPLIT,
            target="neither 0 nor absurd" if asked else "",
            met=0.05 < weight.value < 3 and e.selected_by == "Reddit" if asked else None,
            note=f"selected by {e.selected_by}; {e.contrast}",
        )  # fmt: skip
