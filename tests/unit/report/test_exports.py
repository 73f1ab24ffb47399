from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import math
import shutil
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rocrate.rocrate import ROCrate
from stix2validator import ValidationOptions, validate_string

from unfog.errors import FormatError, IntegrityError, UsageError
from unfog.model import Findings
from unfog.report import exports
from unfog.report.dossier import seal, tables
from unfog.report.dossier.redact import Pseudonyms, identifiers_in
from unfog.report.exports import graph, stix
from unfog.report.exports.graph import clean
from unfog.report.exports.write import write_lines
from unfog.report.page import canonical
from unfog.report.shown import visible

GOLDEN = Path(__file__).parents[2] / "golden" / "report" / "findings.json"
HANDLE = "quiet_heron_77"


@pytest.fixture(scope="module")
def findings() -> Findings:
    return Findings.model_validate_json(GOLDEN.read_bytes())


def test_stix_passes_the_validator_of_oasis(findings: Findings) -> None:
    found = validate_string(stix.text(findings), ValidationOptions(version="2.1", strict=False))
    assert found.is_valid, [str(e) for e in found.errors]


def test_stix_read_back_gives_the_same_findings(findings: Findings) -> None:
    again = stix.read(json.loads(stix.text(findings)))
    assert canonical(again) == canonical(findings)


def test_stix_never_carries_confidence_and_a_probability_has_its_word(findings: Findings) -> None:
    objects = stix.bundle(findings)["objects"]
    assert not [o for o in objects if "confidence" in o]
    told = [
        o["extensions"][stix.EXTENSION]["probability"]
        for o in objects
        if o["type"] == "note" and "probability" in o["extensions"][stix.EXTENSION]
    ]
    assert len(told) == 3
    assert all(p["word"] and p["yardstick"] == "phia" and len(p["interval_90"]) == 2 for p in told)
    codes = {r["external_id"] for o in objects if o["type"] == "attack-pattern" for r in o["external_references"]}
    assert {"T0115", "T0119", "T0146", "x-unfog-co-action"} <= codes


def test_bent_stix_is_refused(findings: Findings) -> None:
    with pytest.raises(FormatError):
        stix.read({"type": "report"})
    with pytest.raises(FormatError, match="0 reports"):
        stix.read({"type": "bundle", "objects": []})
    bundle = json.loads(stix.text(findings))
    next(o for o in bundle["objects"] if o["type"] == "note")["abstract"] = "something else"
    with pytest.raises(IntegrityError, match="something else"):
        stix.read(bundle)


PAIRS = [
    {"account_a": "forum:a<b", "account_b": "forum:c\x01", "signal": "link", "shared_objects": 4, "co_actions": 5, "q_value": 0.01, "log10_lr": 1.2},
    {"account_a": "forum:a<b", "account_b": "web:\u202eevil", "signal": "text", "shared_objects": 2, "co_actions": 2, "q_value": None, "log10_lr": None},
]  # fmt: skip
GROUPS = [{"group_id": "g1", "platform": "forum", "account_id": "a<b", "role": "first in the group"}]


@pytest.mark.parametrize("kind", ["gexf", "graphml"])
def test_networkx_reads_the_graph_whatever_the_names(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"g.{kind}"
    nodes = graph.nodes_of(GROUPS)
    for pair in PAIRS:
        graph.meet(nodes, pair)
    write_lines(path, graph.FORMATS[kind](nodes, PAIRS, 'a & "b" <c>'))
    g = nx.read_gexf(path, version="1.2draft") if kind == "gexf" else nx.read_graphml(path)
    assert g.number_of_nodes() == 3 and g.number_of_edges() == 2
    assert g.nodes["forum:a<b"]["group"] == "g1"
    assert {d.get("signal") for _, _, d in g.edges(data=True)} == {"link", "text"}


def test_every_format_of_a_result_keeps_accounts_secret(result: Any, tmp_path: Path) -> None:
    for to in exports.FORMATS:
        names = Pseudonyms(b"\x01" * 32, frozenset({"allowed_minister"}))
        for path in exports.export(result.folder, to, tmp_path / to, names):
            assert HANDLE.encode() not in path.read_bytes(), path.name
            if path.suffix == ".parquet":
                assert HANDLE not in str(pq.read_table(path).to_pylist())
    assert "allowed_minister" in (tmp_path / "csv" / "groups.csv").read_text(encoding="utf-8")
    assert ROCrate(tmp_path / "ro-crate").get("findings.json") is not None


def test_without_pseudonyms_tables_come_out_as_they_are(result: Any, tmp_path: Path) -> None:
    exports.export(result.folder, "parquet", tmp_path)
    assert (tmp_path / "groups.parquet").read_bytes() == (result.folder / "tables" / "groups.parquet").read_bytes()
    with pytest.raises(UsageError, match="did you mean"):
        exports.export(result.folder, "sticks", tmp_path)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "＝1"])
def test_no_cell_is_a_formula(text: str) -> None:
    out = "".join(tables.csv_lines([{"a": text, "b": -1.5, "c": [text], "d": None}]))
    row = list(csv.reader(io.StringIO(out)))[1]
    assert row[0] == "'" + text
    assert row[1:] == ["-1.5", json.dumps([text], ensure_ascii=False), ""]


def test_json_lines_sum_only_what_is_a_number_throughout(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(
        pa.table({"a": [0.1, 0.2, None], "b": ["x", "y", "z"], "c": [True, False, True], "n": [1, 2, 3]}), path
    )
    tally = tables.Tally()
    assert len(list(tables.jsonl(tables.rows_of(path), tally))) == tally.rows == 3
    assert tally.sums() == {"a": pytest.approx(0.3), "n": 6.0}


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300), max_size=60))
def test_a_streamed_sum_is_the_exact_sum(values: list[float]) -> None:
    tally = tables.Tally()
    for v in values:
        tally.add({"x": v})
    assert tally.sums().get("x", 0.0) == math.fsum(values)


HANDLES = [
    "plain_heron", "a.b+c(d)", "раураl_77", "x\u202eevil", "O'Brien 77", "=cmd|x", "name with spaces", "ÅSA_Ödegård", "UPPER-lower9",
    "<b>bold</b>", "back\\slash", "emoji😀name", "percent%20name", "new\nline", "quoted \"name\"",
]  # fmt: skip


def test_no_public_export_holds_a_hostile_handle_in_any_place_or_case(result: Any, tmp_path: Path) -> None:
    folder = tmp_path / "2031-03-14"
    shutil.copytree(result.folder, folder)
    path = folder / "tables" / "groups.parquet"
    pq.write_table(
        pa.table({"group_id": ["g"] * len(HANDLES), "platform": ["forum"] * len(HANDLES), "account_id": HANDLES}), path
    )
    posts = tmp_path / "posts.parquet"
    pq.write_table(
        pa.table({"platform": ["forum"], "account_id": ["met_only_in_posts"], "mentions": [["mentioned_only"]]}), posts
    )
    secret = [*HANDLES, "met_only_in_posts", "mentioned_only"]
    doc = result.findings
    ref = next(t for t in doc.tables if t.name == "groups")
    refs = [t for t in doc.tables if t.name != "groups"]
    refs.append(ref.model_copy(update={"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "rows": len(HANDLES)}))
    told = [
        doc.findings[0].model_copy(
            update={
                "id": f"accounts.told.n{i}", "kind": "told", "sentence": f"Posts of {h}, @{h} and u/{h.upper()}: “{h}”.", "caveats": (f"({h})",),
                "method": f"Looked at {h}.", "population": h, "data": {"rows": [{"who": h, "list": [h, f"forum:{h}"]}], h: {h: 1}},
            }
        )
        for i, h in enumerate(secret)
    ]  # fmt: skip
    changed = doc.model_copy(update={"findings": (*doc.findings, *told), "tables": tuple(refs)})
    (folder / "findings.json").write_bytes(canonical(changed))
    shown = {to: tmp_path / to for to in exports.FORMATS}
    for to, out in shown.items():
        names = Pseudonyms(b"\x02" * 32)
        names.learn(identifiers_in(posts))
        exports.export(folder, to, out, names)
    sealed = seal(folder, tmp_path / "bag", result.sealing("public", raw={"posts": posts}, allow=frozenset()))
    for out in (*shown.values(), sealed.folder):
        for file in (p for p in out.rglob("*") if p.is_file()):
            raw = (
                str(pq.read_table(file).to_pylist()) if file.suffix == ".parquet" else file.read_text(encoding="utf-8")
            )
            text = html.unescape(raw).casefold()
            for h in secret:
                for spelt in {h, json.dumps(h)[1:-1], json.dumps(h, ensure_ascii=False)[1:-1], clean(h), visible(h)}:
                    assert spelt.casefold() not in text, (h, file.name)
