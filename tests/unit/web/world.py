"""A finished result of any size on disk, for the pages to show: written by the engine, as a run would."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from unfog.case.stage import pretty
from unfog.engine import DuckEngine
from unfog.model import TABLES, Evidence, Findings
from unfog.model.finding import TableRef
from unfog.report.page import canonical, write

GOLDEN = Path(__file__).parents[2] / "golden" / "report" / "findings.json"
LABEL = "2031-03-14"
CASE = """\
schema = 1
[case]
name = "harbour-papers-2031"
title = "Who pushed the leaked Harbour Papers, and how sure can we be?"
period = { from = 2031-01-01, to = 2031-12-31 }
as_of = [2031-03-14]
[engine]
memory = "1GB"
[[observations]]
path = "observations.jsonl"
[[evidence]]
path = "evidence.toml"
ratings = ["ratings/*.toml"]
[[variables]]
id = "operator"
question = "Who spread it?"
values = ["lantern", "mimic", "other"]
prior = { lantern = [0.02, 0.2], mimic = [0.05, 0.3], other = [0.5, 0.9] }
reference = "invented"
reason = "invented"
[[propositions]]
id = "P1"
says = "The accounts belong to Paper Lantern"
when = { operator = ["lantern"] }
"""
EVIDENCE = """\
[[evidence]]
id = "E1"
statement = "The same rare forums, in the same order"
kind = "behavioural"
variable = "operator"
reference = "other"
origin = "case tables"
grade = "B2"
public_from = "2031-03-01"
"""
RATING = """\
rater = "Ben"
on = "2031-03-03"
[[rating]]
id = "E1"
reason = "Rare forums are rare; SECRET-REASON-OF-BEN."
lr = { lantern = 8.0, mimic = 6.5 }
"""
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)>\u202egpj.exe =cmd|'/C calc'!A0 раураl"
DOCUMENT = "The harbour dues shall be waived. " * 40 + "Clause nine: tariffs on copper end. " + HOSTILE


def make_world(root: Path, posts: int = 2_000, grouped: int = 40, *, case: bool = True) -> Path:
    """Write case and result under ``root`` and return the case folder."""
    folder = root / "case"
    result, ingest = folder / "out" / LABEL, folder / "out" / "ingest"
    (result / "tables").mkdir(parents=True)
    ingest.mkdir(parents=True)
    if case:
        (folder / "ratings").mkdir()
        (folder / "case.toml").write_text(CASE, encoding="utf-8")
        (folder / "evidence.toml").write_text(EVIDENCE, encoding="utf-8")
        (folder / "ratings" / "ben.toml").write_text(RATING, encoding="utf-8")
        (folder / "observations.jsonl").write_text(
            json.dumps({"id": "O1", "when": "2031-02-21", "platform": "forum", "kind": "post", "summary": "First post. " + HOSTILE,
                        "sources": [{"publisher": "own", "url": "", "date": "2031-02-21"}]}) + "\n", encoding="utf-8"
        )  # fmt: skip
    refs = _tables(root, result, ingest, posts, grouped)
    golden = Findings.model_validate_json(GOLDEN.read_bytes())
    kept = tuple(f.model_copy(update={"rows": (), "inputs": ()}) for f in golden.findings)
    hostile = kept[0].model_copy(
        update={
            "id": "accounts.hostile",
            "kind": "hostile",
            "sentence": HOSTILE,
            "data": {"rows": [{HOSTILE: HOSTILE}]},
        }
    )
    findings = golden.model_copy(update={"findings": (*kept, hostile), "tables": tuple(refs), "inputs": ()})
    (result / "findings.json").write_bytes(canonical(findings))
    (result / "judgement.json").write_text('{"answers": []}\n', encoding="utf-8")
    item = Evidence.model_validate(
        {"id": "E1", "statement": "The same rare forums", "kind": "behavioural", "variable": "operator", "reference": "other", "origin": "case tables",
         "grade": "B2", "public_from": "2031-03-01",
         "ratings": [{"by": "Ben", "on": "2031-03-03", "log10_lr": {"lantern": 0.903, "mimic": 0.813}, "reason": "SECRET-REASON-OF-BEN"}]}
    )  # fmt: skip
    (result / "evidence.json").write_text(
        pretty({"schema": "unfog.evidence/1", "evidence": [item.model_dump(mode="json")]}), encoding="utf-8"
    )
    write(findings, result)
    return folder


def _tables(root: Path, result: Path, ingest: Path, posts: int, grouped: int) -> list[TableRef]:
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    document = "'" + DOCUMENT.replace("'", "''") + "'"
    at = DOCUMENT.index("Clause nine")
    span = f"'[[{at}, {at + 34}]]'"
    made: dict[str, tuple[Path, str]] = {
        "posts": (ingest / "posts.parquet", f"""
            SELECT 'forum' AS platform, 'p' || i AS post_id, 'a' || lpad((i % 20000)::VARCHAR, 5, '0') AS account_id,
              TIMESTAMP '2031-02-01' + INTERVAL (i * 3) SECOND AS happened_at, 'second' AS happened_precision,
              TIMESTAMP '2031-03-01' AS public_from, 'post' AS kind, CASE WHEN i % 1000 = 7 THEN {quoted} ELSE 'title ' || i END AS title,
              CASE WHEN i = 5 THEN repeat('x', 10000000) WHEN i % 97 = 0 THEN 'copper tariffs ' || i ELSE 'words about harbours ' || i END AS text,
              ['https://example.org/' || (i % 500)] AS urls, 'c' || (i % 30) AS community, 's1' AS source_id
            FROM range({posts}) AS r(i)"""),
        "documents": (ingest / "documents.parquet", f"""
            SELECT 'papers' AS doc_id, {quoted} AS title, 'text/plain' AS media_type, 'x' AS sha256, {document} AS text,
              TIMESTAMP '2031-02-01' AS public_from, 's1' AS source_id"""),
        "articles": (ingest / "articles.parquet", f"""
            SELECT 'a1' AS article_id, 'https://ledger.example/1' AS url, 'Evening Ledger' AS publisher, {quoted} AS title,
              TIMESTAMP '2031-03-02' AS published, 'day' AS published_precision, 'She said it was “almost certain”. ' || {quoted} AS text,
              'x' AS sha256, TIMESTAMP '2031-03-02' AS public_from, 's1' AS source_id"""),
        "observations": (ingest / "observations.parquet", f"""
            SELECT 'O1' AS observation_id, TIMESTAMP '2031-02-21' AS happened_at, 'day' AS happened_precision, 'forum' AS platform, 'A-7' AS actor,
              'post' AS kind, {quoted} AS summary, TIMESTAMP '2031-02-21' AS public_from, 's1' AS source_id"""),
        "sources": (ingest / "sources.parquet", f"""
            SELECT 's1' AS source_id, {quoted} AS path, repeat('ab', 32) AS sha256, 10 AS bytes, 'jsonl' AS format, '1' AS reader_version,
              {posts} AS rows_read, {posts - 1} AS rows_kept, 0 AS rows_duplicate, 1 AS rows_rejected"""),
        "rejects": (ingest / "rejects.parquet", f"SELECT 's1' AS source_id, 3 AS \"row\", 'not JSON' AS reason, {quoted} AS excerpt"),
        "groups": (result / "tables" / "groups.parquet", f"""
            SELECT 'g' || (i // 50 + 1) AS group_id, 'forum' AS platform, 'a' || lpad(i::VARCHAR, 5, '0') AS account_id, 'follows' AS role,
              1.0 - (i % 50) / 100.0 AS strength FROM range({grouped}) AS r(i)"""),
        "pairs": (result / "tables" / "pairs.parquet", f"""
            SELECT 'forum:a' || lpad(i::VARCHAR, 5, '0') AS account_a, 'forum:a' || lpad((i + k)::VARCHAR, 5, '0') AS account_b,
              CASE WHEN k = 1 THEN 'link' ELSE 'text' END AS signal, 60.0 AS window_s, 3 + k AS shared_objects, 4 AS co_actions,
              0.001 AS q_value, 1.3 AS log10_lr FROM range({grouped} - 5) AS r(i), range(1, 5) AS s(k)"""),
        "appearances": (result / "tables" / "appearances.parquet", f"""
            SELECT 'x' || i AS appearance_id, 'forum' AS platform, 'p' || i AS post_id, TIMESTAMP '2031-02-21' + INTERVAL (i) HOUR AS happened_at,
              'second' AS precision, 'c1' AS community, 'a00001' AS account_id, 'verbatim' AS how, 0.9 AS similarity, 'papers' AS doc_id,
              {span} AS doc_span, '[[0, 5]]' AS post_span FROM range(60) AS r(i)"""),
        "ledger": (result / "tables" / "ledger.parquet", f"""
            SELECT 'S1' AS statement_id, '2031-03-02' AS said_on, 'Minister' AS speaker, {quoted} AS content, 'asserts' AS stance,
              'a1' AS article_id, '[[17, 31]]' AS span"""),
    }  # fmt: skip
    refs: list[TableRef] = []
    with DuckEngine(memory="2GB", temp=root / "spill") as engine:
        for name, (path, sql) in made.items():
            columns = TABLES[name].columns
            given = engine.query(f"SELECT * FROM ({sql}) AS t LIMIT 0").column_names
            full = ", ".join(
                f'CAST("{c.name}" AS {c.type}) AS "{c.name}"'
                if c.name in given
                else f'CAST(NULL AS {c.type}) AS "{c.name}"'
                for c in columns
            )
            engine.execute(f"CREATE OR REPLACE VIEW made AS SELECT {full} FROM ({sql}) AS t")
            rows = engine.write_parquet("made", path, order_by=())
            if path.parent.name == "tables":
                sha = hashlib.sha256(path.read_bytes()).hexdigest()
                refs.append(
                    TableRef(name=name, file=f"tables/{name}.parquet", sha256=sha, rows=rows, grain=TABLES[name].grain)
                )
    shutil.rmtree(root / "spill", ignore_errors=True)
    return sorted(refs, key=lambda t: t.name)


def addresses() -> list[str]:
    """An address of every page."""
    inner: Any = [
        "", "spread", "groups", "groups/g1", "pair/forum:a00000/forum:a00001", "sets", "documents", "documents/papers", "appearance/x1",
        "statements", "articles/a1", "campaigns", "evidence", "judgement", "search?q=copper", "provenance", "rejects/s1", "why/accounts.hostile",
        "why/judgement.answer.p1", "evidence/E1", "observations/new", "progress",
    ]  # fmt: skip
    return [f"/{LABEL}/{p}" for p in inner]
