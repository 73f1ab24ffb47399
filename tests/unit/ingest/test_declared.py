from __future__ import annotations

import json
from pathlib import Path

from unfog.engine import DuckEngine
from unfog.ingest import FileSpec, ingest


def test_a_declared_label_stands_on_every_account_with_its_date(engine: DuckEngine, tmp_path: Path) -> None:
    records = [
        {"author": "a", "submissions": [], "comments": []},
        {
            "author": "b",
            "submissions": [
                {"id": "p1", "author": "b", "created_utc": 1571647834, "subreddit": "s", "title": "t", "selftext": "x"}
            ],
            "comments": [],
        },
    ]
    (tmp_path / "x.json").write_text(json.dumps(records))
    spec = FileSpec(
        path=Path("x.json"), format="reddit-pushshift", label="banned", label_by="platform", public_from="2019-12-06"
    )
    result = ingest([spec], engine, tmp_path / "out", root=tmp_path)
    assert result.rows["labels"] == result.rows["accounts"] == 2
    rows = engine.rows('SELECT account_id, label, "by", CAST(public_from AS DATE) AS d FROM labels ORDER BY account_id')
    assert {(r["label"], r["by"], str(r["d"])) for r in rows} == {("banned", "platform", "2019-12-06")}
