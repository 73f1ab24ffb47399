from __future__ import annotations

import errno
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from unfog.engine import DuckEngine, ranges, spool
from unfog.engine.ranges import Size, cuts, range_sql
from unfog.errors import EngineError


def some(rows: int, seed: int = 3) -> pa.Table:
    rng = random.Random(seed)
    return pa.table(
        {
            "platform": [rng.choice(["reddit", "x", None]) for _ in range(rows)],
            "id": [f"{rng.randrange(10**6):x}-{at}" for at in range(rows)],
            "text": ["word " * rng.randrange(60) for _ in range(rows)],
            "tags": [["a", "é"] if at % 3 else None for at in range(rows)],
        }
    )


def test_a_spool_is_read_as_often_as_one_likes_and_leaves_nothing(engine: DuckEngine, tmp_path: Path) -> None:
    engine.put("posts", some(10_000))
    engine.spool("kept", "SELECT * FROM posts ORDER BY id", tmp_path / "kept.arrow")
    for _ in range(2):
        assert engine.query("SELECT * FROM kept").equals(engine.query("SELECT * FROM posts ORDER BY id"))
    assert engine.scalar("SELECT count(*) FROM kept WHERE platform IS NULL") > 0
    engine.spool("own", "SELECT * FROM kept WHERE platform = 'x'")
    assert engine.has("own")
    (file,) = engine._scratch.path.glob("own-*.arrow")
    engine.drop("own")
    assert not file.exists()
    engine.drop("kept")
    assert (tmp_path / "kept.arrow").exists()
    engine.read_spools("again", [tmp_path / "kept.arrow", tmp_path / "kept.arrow"])
    assert engine.scalar("SELECT count(*) FROM again") == 20_000


def test_what_goes_wrong_in_a_stream_is_told_and_the_engine_goes_on(engine: DuckEngine, tmp_path: Path) -> None:
    bad = "SELECT CAST(s AS INTEGER) AS n FROM (SELECT CASE WHEN range = 9000 THEN 'x' ELSE '1' END AS s FROM range(9999))"
    with pytest.raises(EngineError, match=r"[Cc]ould not convert"):
        engine.spool("bad", bad, tmp_path / "bad.arrow")
    assert not (tmp_path / "bad.arrow").exists()
    assert not engine.has("bad")

    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"n": [1, 2]})
        raise OSError(errno.EIO, "the stream broke")

    stream = pa.RecordBatchReader.from_batches(pa.schema([("n", pa.int64())]), batches())
    with pytest.raises(EngineError, match="the stream broke"):
        engine.spool("bad", "SELECT * FROM __arrow__", arrow=stream)
    assert engine.scalar("SELECT 1") == 1


@pytest.mark.parametrize("parts", [1, 3, 17])
def test_rows_sorted_range_by_range_give_the_same_bytes(
    engine: DuckEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    rows = some(30_000)
    engine.put("rows", rows)
    engine.spool("posts", "SELECT * FROM rows")
    monkeypatch.setattr(ranges, "RANGE_BYTES", 1 << 40)
    engine.write_parquet("posts", tmp_path / "whole.parquet", ["platform", "id"])
    engine.put("reversed", rows.take(list(reversed(range(rows.num_rows)))))
    engine.spool("shuffled", "SELECT * FROM reversed")
    monkeypatch.setattr(ranges, "RANGE_BYTES", 4_300_000 // parts)
    size = engine._size("shuffled", ["platform", "id"])
    assert size.rows == 30_000 and size.ranges >= parts
    engine.write_parquet("shuffled", tmp_path / "ranges.parquet", ["platform", "id"])
    assert (tmp_path / "ranges.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert not [p for p in engine._scratch.path.iterdir() if p.is_dir()]


def test_ranges_keep_the_order_of_keys_with_nulls(engine: DuckEngine) -> None:
    rows = some(2000)
    engine.put("posts", rows)
    keys = [tuple(r.values()) for r in engine.rows("SELECT platform, id FROM posts ORDER BY platform NULLS FIRST, id")]
    cut = cuts(keys, 12)
    assert 2 < len(cut) < 12
    numbered = engine.rows(
        f"SELECT {range_sql(['platform', 'id'], cut)} AS n FROM posts ORDER BY platform NULLS FIRST, id NULLS FIRST"
    )
    found = [r["n"] for r in numbered]
    assert found == sorted(found) and set(found) == set(range(len(cut) + 1))
    assert cuts([], 4) == [] and cuts([(None, "a")], 4) == []


def test_even_groups_and_scattered_rows_lose_nothing(tmp_path: Path) -> None:
    rows = some(5000).append_column("bucket", pa.array([at % 4 for at in range(5000)]))
    files = [tmp_path / f"{at}.arrow" for at in range(5)]
    spool.scatter(files, pa.schema(list(rows.schema)[:-1]), rows.to_batches(700))
    back = [spool.whole_spool(f) for f in files]
    assert [t.num_rows for t in back] == [1250, 1250, 1250, 1250, 0]
    assert back[1].column("id").to_pylist() == rows.column("id").to_pylist()[1::4]
    grouped = list(spool.even(back, 1800))
    assert sum(b.num_rows for b in grouped) == 5000
    assert [b.num_rows for b in grouped] == [1800, 1800, 1400]


def test_groups_shrink_with_the_width_of_rows() -> None:
    assert Size().group_rows == ranges.GROUP_ROWS and Size().ranges == 0
    assert Size(10**6, 100 * 10**6).group_rows == ranges.GROUP_ROWS
    assert Size(10**6, 10**9).group_rows == 16_384
    assert Size(10**6, 10**10).group_rows == 1664
    assert Size(10**6, 10**12).group_rows == 32
    assert Size(10**6, 10**12).ranges == ranges.MOST_RANGES


def test_what_a_killed_process_left_is_swept_and_what_lives_is_not(tmp_path: Path) -> None:
    code = (
        f"import os, signal, tempfile; tempfile.tempdir = {str(tmp_path)!r}\n"
        "from unfog.engine import DuckEngine\n"
        "engine = DuckEngine(); engine.spool('a', 'SELECT 1 AS n'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = tmp_path.glob("unfog-spill-*")
    assert list(left.glob("a-*.arrow"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path))
        with DuckEngine() as one, DuckEngine() as two:
            assert not left.exists()
            assert one._scratch.path.exists() and two._scratch.path.exists()
    assert not list(tmp_path.iterdir())
