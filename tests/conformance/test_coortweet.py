"""CooRTweet's own data through the real command line gives CooRTweet's edges (weight = co_actions), count for count.

Rows without object and exact duplicates are dropped; |dt| <= window; accounts with at least two rows; unordered pairs.
The counts agree with CooRTweet 2.1.3 and with an independent implementation.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.real

CASES = [
    ("cooRTweet_german_elections", "url_id", "60s", 1145),
    ("cooRTweet_german_elections", "hashtag_id", "60s", 252),
    ("cooRTweet_russian_coord_tweets", "object_id", "10s", 4),
]


def prepared(source: Path, column: str, out: Path) -> Path:
    """CooRTweet's input table for one kind of object."""
    t = pq.read_table(source)
    content = "content_id" if "content_id" in t.column_names else "post_id"
    when = "timestamp_share" if "timestamp_share" in t.column_names else "timestamp"
    t = pa.table(
        {
            "object_id": t[column].cast(pa.string()),
            "account_id": t["account_id"].cast(pa.string()),
            "content_id": t[content].cast(pa.string()),
            "timestamp_share": t[when],
        }
    ).filter(pa.compute.is_valid(t[column]))
    t = t.group_by(t.column_names).aggregate([])
    pq.write_table(t, out)
    return out


@pytest.mark.parametrize(("name", "column", "window", "edges"), CASES)
def test_edges_of_the_reference(name: str, column: str, window: str, edges: int, shared: Path, tmp_path: Path) -> None:
    source = shared / "data" / "05_coordination_reference" / f"{name}.parquet"
    file = prepared(source, column, tmp_path / "shares.parquet")
    command = [
        sys.executable, "-c", "from unfog.cli import main; main()", "detect", str(file), "--format", "coortweet",
        "--signal", "object", "--window", window, "--min-shared", "1", "--min-actions", "2", "--min-participation", "2",
        "--out", str(tmp_path / "out"), "--json",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pairs"] == edges
    pairs = pq.read_table(tmp_path / "out" / "pairs.parquet")
    assert pairs.num_rows == edges
    rows = pairs.to_pylist()
    assert all(r["account_a"] < r["account_b"] and r["co_actions"] >= 2 for r in rows)
    for p in ("p_content", "p_burst", "p_tempo", "q_value"):
        assert all(0 < r[p] <= 1 for r in rows)
