"""A small finished result on disk: findings, a real judgement, evidence, tables, articles and an original."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unfog import judgement
from unfog.model import Evidence, Findings, InputRef
from unfog.model.finding import TableRef
from unfog.report.dossier import Sealing
from unfog.report.page import canonical

GOLDEN = Path(__file__).parents[2] / "golden" / "report" / "findings.json"
ARTICLE = "The minister said it was “almost certain” — naïve readers heard 95 %. Produce the facts, said Ms Ødegård."
HANDLE = "quiet_heron_77"


@dataclass(frozen=True)
class Result:
    folder: Path
    original: Path
    original_sha256: str
    findings: Findings

    def sealing(self, profile: str, **more: Any) -> Sealing:
        base: dict[str, Any] = {
            "by": "Ana, Newsroom", "at": datetime(2031, 3, 20, 12, 0, tzinfo=UTC), "profile": profile, "key": b"\x07" * 32,
            "originals": {self.original_sha256: self.original}, "texts": {"a1": ARTICLE}, "allow": frozenset({"allowed_minister"}),
        }  # fmt: skip
        return Sealing(**{**base, **more})


def weighed() -> tuple[judgement.Judgement, list[Evidence]]:
    variables = (
        judgement.Variable(
            id="operator", values=("lantern", "mimic", "other"), reference="r", reason="r",
            prior={"lantern": (0.02, 0.2), "mimic": (0.05, 0.3), "other": (0.4, 0.95)},
        ),
    )  # fmt: skip
    propositions = (
        judgement.Proposition(id="P1", says="The accounts belong to Paper Lantern", when={"operator": ["lantern"]}),
        judgement.Proposition(id="P2", says="Somebody imitates Paper Lantern", when={"operator": ["mimic"]}),
    )
    items = [
        Evidence.model_validate(
            {"id": "E1", "statement": f"{HANDLE} used the same rare forums", "kind": "behavioural", "variable": "operator",
             "reference": "other", "origin": "tables", "public_from": "2031-03-01",
             "likelihoods": [{"value": "lantern", "log10_lr": {"value": 0.9, "low": 0.5, "high": 1.2}}],
             "measured_by": {"calibrator": "c", "n_same": 30, "n_different": 30}}
        ),
        Evidence.model_validate(
            {"id": "E2", "statement": "Errors of one first language", "kind": "technical", "variable": "operator", "reference": "other",
             "origin": "Marrow Institute", "grade": "B2", "public_from": "2031-03-02",
             "ratings": [{"by": "ana", "on": "2031-03-03", "log10_lr": {"lantern": 0.6, "mimic": 0.3}, "reason": "r"},
                         {"by": "ben", "on": "2031-03-03", "log10_lr": {"lantern": 0.4, "mimic": 0.4}, "reason": "r"}]}
        ),
    ]  # fmt: skip
    return judgement.weigh(
        variables, propositions, (), items, None, judgement.Settings(draws=200), through_time=False
    ), items


def make_result(root: Path) -> Result:
    folder = root / "2031-03-14"
    (folder / "tables").mkdir(parents=True)
    original = root / "posts.jsonl"
    original.write_text('{"id": 1}\n', encoding="utf-8")
    sha = hashlib.sha256(original.read_bytes()).hexdigest()
    tables = {
        "groups": {"group_id": ["g1", "g1"], "platform": ["forum", "forum"], "account_id": [HANDLE, "allowed_minister"], "strength": [0.5, 0.25]},
        "ledger": {
            "statement_id": ["S1", "S2"], "speaker": ["minister", "Ødegård"], "content": ["almost certain", "Produce the facts"], "article_id": ["a1", "a1"],
            "span": [json.dumps([[ARTICLE.index("almost"), ARTICLE.index("almost") + 14]]), json.dumps([[ARTICLE.index("Produce"), ARTICLE.index("Produce") + 17]])],
        },
    }  # fmt: skip
    refs = []
    for name, columns in tables.items():
        path = folder / "tables" / f"{name}.parquet"
        pq.write_table(pa.table(columns), path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        refs.append(TableRef(name=name, file=f"tables/{name}.parquet", sha256=digest, rows=2, grain="one row"))
    document, items = weighed()
    golden = Findings.model_validate_json(GOLDEN.read_bytes())
    inputs = (InputRef(source_id="posts-1", sha256=sha, path="case:posts.jsonl"),)
    kept = [
        f.model_copy(update={"inputs": inputs, "evidence": ()})
        for f in golden.findings
        if f.room in {"coordination", "accounts"}
    ]
    told = kept[0].model_copy(
        update={"sentence": f"The account {HANDLE} and allowed_minister met.", "data": {"rows": [{"who": HANDLE}]}}
    )
    findings = golden.model_copy(
        update={"findings": (told, *kept[1:], *judgement.findings(document)), "inputs": inputs, "tables": tuple(refs)}
    )
    (folder / "findings.json").write_bytes(canonical(findings))
    (folder / "judgement.json").write_text(document.model_dump_json(by_alias=True, indent=1) + "\n", encoding="utf-8")
    evidence = {"schema": "unfog.evidence/1", "evidence": [e.model_dump(mode="json") for e in items]}
    (folder / "evidence.json").write_text(json.dumps(evidence) + "\n", encoding="utf-8")
    return Result(folder, original, sha, findings)


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return make_result(tmp_path_factory.mktemp("result"))
