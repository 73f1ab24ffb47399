from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unfog import judgement
from unfog.errors import IntegrityError
from unfog.judgement.recipe import replay
from unfog.model import Evidence
from unfog.report.dossier.verify import posteriors

VARIABLES = (
    judgement.Variable(
        id="operator", values=("lantern", "mimic", "other"), reference="r", reason="r",
        prior={"lantern": (0.02, 0.2), "mimic": (0.05, 0.3), "other": (0.4, 0.95)},
    ),
    judgement.Variable(
        id="origin", values=("vessia", "other"), given="operator", reference="r", reason="r",
        prior_given={
            "lantern": {"vessia": (0.6, 0.95), "other": (0.05, 0.4)},
            "mimic": {"vessia": (0.1, 0.4), "other": (0.6, 0.9)},
            "other": {"vessia": (0.02, 0.2), "other": (0.8, 0.98)},
        },
    ),
)  # fmt: skip
PROPOSITIONS = (
    judgement.Proposition(id="P1", says="It is lantern", when={"operator": ["lantern"]}),
    judgement.Proposition(
        id="P2", says="It is lantern from vessia", when={"operator": ["lantern"], "origin": ["vessia"]}
    ),
)
LR = st.floats(-2.5, 2.5, allow_nan=False)


def _argued(i: int, variable: str, value: str, a: float, b: float, origin: str) -> Evidence:
    ratings = [{"by": by, "on": "2031-01-01", "log10_lr": {value: x}, "reason": "r"} for by, x in (("a", a), ("b", b))]
    return Evidence.model_validate(
        {"id": f"E{i}", "statement": f"item {i}", "kind": "technical", "variable": variable,
         "reference": "other", "ratings": ratings, "origin": origin, "grade": "B2", "public_from": "2031-01-02"}
    )  # fmt: skip


def _measured(i: int, value: float, n: int) -> Evidence:
    return Evidence.model_validate(
        {"id": f"M{i}", "statement": f"measured {i}", "kind": "behavioural", "variable": "operator",
         "reference": "other", "public_from": "2031-01-02", "origin": "tables",
         "likelihoods": [{"value": "lantern", "log10_lr": {"value": value, "low": value - 0.3, "high": value + 0.2}}],
         "measured_by": {"calibrator": "c", "n_same": n, "n_different": n}}
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(LR, LR, st.sampled_from(["x", "y"]), st.booleans()), max_size=6), st.lists(LR, max_size=3))
def test_standard_library_numpy_and_the_room_agree(
    argued: list[tuple[float, float, str, bool]], measured: list[float]
) -> None:
    items = [
        _argued(i, "operator" if one else "origin", "lantern" if one else "vessia", a, b, origin)
        for i, (a, b, origin, one) in enumerate(argued)
    ]
    items += [_measured(i, x, 20) for i, x in enumerate(measured)]
    weighed = judgement.weigh(
        VARIABLES, PROPOSITIONS, (), items, None, judgement.Settings(draws=100), through_time=False
    )
    document = json.loads(weighed.model_dump_json(by_alias=True))
    plain, again = posteriors(document["central"]), replay(document["central"])
    for p in PROPOSITIONS:
        said = weighed.answer(p.id).posterior
        assert said is not None
        assert plain[p.id] == pytest.approx(said.value, abs=1e-9)
        assert again[p.id].value == pytest.approx(said.value, abs=1e-12)
        assert again[p.id].low == pytest.approx(said.low, abs=1e-12)
        assert again[p.id].high == pytest.approx(said.high, abs=1e-12)


def test_a_bent_recipe_is_named() -> None:
    with pytest.raises(IntegrityError, match="recipe"):
        replay({"rho": 0.6})
