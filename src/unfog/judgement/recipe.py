"""The sum in numbers: everything that probability and interval are computed from, and computing them again.

``judgement.json`` carries this under ``central``. A reader with nothing but the standard library can redo the
central probability from it (the verify.py of a dossier does, in code that shares nothing with this room); ``replay``
redoes the intervals too, with the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from unfog.errors import IntegrityError
from unfog.judgement.combine import Floats
from unfog.judgement.engine import Block, Engine
from unfog.judgement.settings import Settings
from unfog.judgement.state import State
from unfog.judgement.variables import Proposition, Variable
from unfog.judgement.worlds import Worlds
from unfog.judgement.worlds import centre as centre_of
from unfog.model import Estimate

ENDS = ("low", "log10", "high")
"""Rows of an item's figures: lower end, middle and upper end of its 90 % interval."""


def recipe(state: State) -> dict[str, Any]:
    """Everything behind the numbers of a state of knowledge, JSON-safe.

    Returns:
        ``variables`` (values, central prior per state of the variable it depends on, declared ranges), ``blocks``
        (scope, cap, items with log10 figures per cell, own cap, part, measured or argued), caps, rho and propositions.
    """
    worlds = state.worlds
    return {
        "rho": state.settings.rho,
        "overall_cap_log10": float(np.log10(state.settings.caps.overall)),
        "seed": state.settings.seed,
        "draws": state.settings.draws,
        "variables": [_variable(v, worlds) for v in worlds.variables],
        "blocks": [
            {
                "group": state.groups[b.group].id,
                "scope": [worlds.variables[k].id for k in b.scope],
                "cap_log10": b.cap,
                "cap_name": b.cap_name,
                "items": [
                    {
                        "id": item.id,
                        "measured": bool(b.measured[i]),
                        "part": int(b.parts[i]),
                        "cap_log10": float(b.caps[i]),
                        **{end: [float(x) for x in b.logs[i, e]] for e, end in enumerate(ENDS)},
                    }
                    for i, item in enumerate(b.items)
                ],
            }
            for b in state.engine.blocks
        ],
        "propositions": [{"id": p.id, "when": {k: list(v) for k, v in p.when.items()}} for p in state.asked],
    }


def _variable(v: Variable, worlds: Worlds) -> dict[str, Any]:
    flat = (1 / len(v.values), 1 / len(v.values))
    tables = v.prior_given if v.given else {"": v.prior or dict.fromkeys(v.values, flat)}
    prior = {}
    for state, ranges in tables.items():
        low = np.array([ranges[x][0] for x in v.values])
        high = np.array([ranges[x][1] for x in v.values])
        prior[state] = [float(p) for p in centre_of(low, high)]
    declared = v.model_dump(mode="json")
    return {"id": v.id, "values": list(v.values), "given": v.given, "prior": prior, "declared": declared}


@dataclass(frozen=True)
class _Named:
    """What is left of an item in a recipe: its name."""

    id: str


def replay(central: Mapping[str, Any]) -> dict[str, Estimate]:
    """Compute probability and 90 % interval of every proposition again from a recipe.

    Raises:
        IntegrityError: if the recipe is not one.
    """
    try:
        settings = Settings(rho=central["rho"], seed=central["seed"], draws=central["draws"])
        caps = settings.caps.model_copy(update={"overall": 10.0 ** central["overall_cap_log10"]})
        settings = settings.model_copy(update={"caps": caps})
        variables = tuple(Variable.model_validate(v["declared"]) for v in central["variables"])
        worlds = Worlds.of(variables, settings.max_worlds)
        engine = Engine(worlds, (), settings)
        for block in central["blocks"]:
            engine.blocks.append(_block(block, worlds, engine.n_items))
            engine.n_items += len(block["items"])
        engine.wholes = Engine.scopes_of(engine.blocks)
        asked = tuple(Proposition.model_validate({"says": "", **p}) for p in central["propositions"])
    except (KeyError, TypeError, ValueError) as why:
        raise IntegrityError(f"judgement.json: the recipe cannot be read ({why})") from None
    state = State(worlds, (), engine, settings, asked)
    here, drawn = state.probabilities(), state.drawn(settings.draws).posterior
    out = {}
    for row, p in enumerate(asked):
        value = float(here[row])
        low, high = (float(x) for x in np.quantile(drawn[:, row], [0.05, 0.95]))
        out[p.id] = Estimate(value=value, low=min(low, value), high=max(high, value))
    return out


def _block(block: Mapping[str, Any], worlds: Worlds, begin: int) -> Block:
    items = block["items"]
    logs: Floats = np.array([[i[end] for end in ENDS] for i in items], dtype=np.float64)
    return Block(
        group=0,
        scope=tuple(worlds.position(n) for n in block["scope"]),
        items=tuple(_Named(i["id"]) for i in items),  # type: ignore[misc]
        logs=logs,
        caps=np.array([i["cap_log10"] for i in items], dtype=np.float64),
        measured=np.array([bool(i["measured"]) for i in items]),
        parts=np.array([int(i["part"]) for i in items], dtype=np.int64),
        cap=float(block["cap_log10"]),
        cap_name=str(block["cap_name"]),
        at=np.arange(begin, begin + len(items)),
    )
