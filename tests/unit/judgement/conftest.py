"""Small hand-made cases for the judgement's tests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from unfog.judgement import ContrastMap, Judgement, Proposition, Settings, Variable, evidence_from, weigh
from unfog.model import AsOf, Estimate, Evidence, MeasuredBy

TWO = Variable(
    id="q",
    values=("yes", "no"),
    exhaustive_because="either or",
    prior={"yes": (0.5, 0.5), "no": (0.5, 0.5)},
    reference="coin",
    reason="test",
)
FOUR = Variable(
    id="who",
    values=("same", "mimic", "alone", "other"),
    prior={"same": (0.02, 0.1), "mimic": (0.01, 0.05), "alone": (0.3, 0.6), "other": (0.3, 0.6)},
    reference="leaks",
    reason="test",
)
SAME = Proposition(id="P1", says="The operators are the same", when={"who": ("same",)})
YES = Proposition(id="Q", says="The answer is yes", when={"q": ("yes",)})
EXACT = Settings(rater_spread=0.0, draws=200, time_draws=100)


def argued(name: str, lr: dict[str, float], **more: Any) -> Evidence:
    """An argued item, graded A1-proof (A2 -> 0.9) unless told otherwise."""
    raters = more.pop("raters", [lr])
    ratings = [{"by": f"r{k}", "on": "2020-01-01", "reason": "test", "log10_lr": x} for k, x in enumerate(raters)]
    fields: dict[str, Any] = {
        "id": name,
        "statement": f"statement of {name}",
        "kind": "behavioural",
        "variable": "q",
        "origin": f"origin of {name}",
        "grade": "A2",
        "public_from": "2020-01-01",
        "ratings": ratings,
    }
    return evidence_from(fields | more)


def measured(name: str, log10_lr: float, **more: Any) -> Evidence:
    """A measured item on the contrast “control”, from 999 independent campaigns of each kind."""
    fields: dict[str, Any] = {
        "id": name,
        "statement": f"statement of {name}",
        "kind": "technical",
        "origin": f"origin of {name}",
        "public_from": "2020-01-01",
        "measured_by": MeasuredBy(calibrator="test", n_same=999, n_different=999),
    }
    contrast = more.pop("contrast", "control")
    return Evidence.on_contrast(contrast, Estimate.exact(log10_lr), **(fields | more))


CONTROL = ContrastMap(contrast="control", variable="q", one=("yes",), other=("no",))
MIMIC = ContrastMap(contrast="mimic", variable="who", one=("same",), other=("mimic",), rest="one")


def judge(
    *evidence: Evidence,
    variables: tuple[Variable, ...] = (TWO, FOUR),
    propositions: tuple[Proposition, ...] = (YES, SAME),
    settings: Settings = EXACT,
    as_of: str = "",
    **more: Any,
) -> Judgement:
    """Weigh with the small case."""
    date = AsOf.parse(as_of) if as_of else None
    maps = tuple(c for c in (CONTROL, MIMIC) if any(v.id == c.variable for v in variables))
    return weigh(variables, propositions, maps, evidence, date, settings, **more)


def percent(judgement: Judgement, proposition: str = "Q") -> float:
    """The answer in percent."""
    found = judgement.answer(proposition).posterior
    assert found is not None
    return 100.0 * found.value


@pytest.fixture
def kit() -> SimpleNamespace:
    return SimpleNamespace(
        TWO=TWO,
        FOUR=FOUR,
        SAME=SAME,
        YES=YES,
        EXACT=EXACT,
        argued=argued,
        measured=measured,
        judge=judge,
        percent=percent,
    )
