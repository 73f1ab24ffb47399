"""Nothing lost: originals, order of files, resuming, kills, a held folder, a folder that cannot be written."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unfog.engine import DuckEngine
from unfog.errors import CaseHeldError, DataError, IntegrityError
from unfog.ingest import FileSpec, check_original, ingest

NAMES = [
    "reddit-pushshift.ndjson",
    "reddit-pushshift-authors.json",
    "x-archive.csv",
    "x-v2.json",
    "observation-log.jsonl",
    "article.html",
]


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.glob("*.parquet"))}


def test_tables_are_the_same_whatever_the_order(engine: DuckEngine, samples: Path, tmp_path: Path) -> None:
    found = []
    for at, order in enumerate((NAMES, NAMES[::-1], NAMES[2:] + NAMES[:2])):
        ingest([FileSpec(path=samples / n) for n in order], engine, tmp_path / str(at), root=tmp_path)
        found.append(hashes(tmp_path / str(at)))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) >= 10


def test_a_post_met_twice_keeps_both_sources_and_the_better_text(read: Callable[..., Any]) -> None:
    got = read("reddit-pushshift.ndjson", "reddit-pushshift-authors.json", "4cat.csv")
    kept = [
        s["source_id"].rsplit("-", 1)[0]
        for s in got.engine.rows("SELECT source_id FROM post_sources WHERE post_id = 'aaa001' ORDER BY source_id")
    ]
    assert kept == ["4cat", "reddit-pushshift-authors", "reddit-pushshift"] or sorted(kept) == sorted(
        ["4cat", "reddit-pushshift", "reddit-pushshift-authors"]
    )
    post = got.engine.rows("SELECT * FROM posts WHERE post_id = 'aaa001'")
    assert len(post) == 1 and post[0]["text"] == "See https://example.org/papers" and post[0]["removed"] is False
    for s in got.result.sources:
        assert s.rows_read == s.rows_kept + s.rows_duplicate + s.rows_rejected


def test_a_second_run_reads_nothing_anew(engine: DuckEngine, samples: Path, tmp_path: Path) -> None:
    specs = [FileSpec(path=samples / n) for n in NAMES]
    first = ingest(specs, engine, tmp_path / "o", root=tmp_path)
    before = hashes(tmp_path / "o")
    second = ingest(specs, engine, tmp_path / "o", root=tmp_path)
    assert (first.read_anew, second.read_anew) == (len(NAMES), 0)
    assert hashes(tmp_path / "o") == before
    declared = [FileSpec(path=samples / n, public_from="2020-01-01") for n in NAMES]
    assert ingest(declared, engine, tmp_path / "o", root=tmp_path).read_anew == len(NAMES)


def test_originals_are_kept_by_hash_and_never_rewritten(engine: DuckEngine, samples: Path, tmp_path: Path) -> None:
    store = tmp_path / "originals"
    ingest([FileSpec(path=samples / "x-v2.json")], engine, tmp_path / "o", root=tmp_path, originals=store)
    (kept,) = store.iterdir()
    (store / f"{kept.name}.making-1").write_bytes(b"half")
    ingest([FileSpec(path=samples / "x-v2.json")], engine, tmp_path / "o", root=tmp_path, originals=store)
    assert list(store.iterdir()) == [kept], "what a killed run left half copied"
    data = (samples / "x-v2.json").read_bytes()
    assert kept.read_bytes() == data and kept.name == hashlib.sha256(data).hexdigest()
    assert kept.stat().st_mode & 0o222 == 0
    check_original(kept, kept.name)
    kept.chmod(0o644)
    kept.write_bytes(data + b" ")
    with pytest.raises(IntegrityError):
        check_original(kept, kept.name)


_RUN = """
import sys
from pathlib import Path
from unfog.engine import DuckEngine
from unfog.ingest import FileSpec, ingest
out, files = Path(sys.argv[1]), [Path(p) for p in sys.argv[2:]]
with DuckEngine(memory="500MB", threads=1) as engine:
    ingest([FileSpec(path=p) for p in files], engine, out, root=files[0].parent, originals=out / "originals")
"""


def test_a_killed_run_resumes_to_the_same_bytes(samples: Path, tmp_path: Path, engine: DuckEngine) -> None:
    files = [samples / n for n in NAMES]
    ingest(
        [FileSpec(path=p) for p in files],
        engine,
        tmp_path / "whole",
        root=samples,
        originals=tmp_path / "whole" / "originals",
    )
    rng = random.Random(5)
    out = tmp_path / "killed"
    kills = int(os.environ.get("UNFOG_KILLS", "4"))
    command = [sys.executable, "-c", _RUN, str(out), *map(str, files)]
    for _ in range(kills):
        process = subprocess.Popen(command, start_new_session=True)
        time.sleep(rng.uniform(0.3, 4.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, check=True)
    assert hashes(out) == hashes(tmp_path / "whole")
    assert {p.name for p in (out / "originals").iterdir()} == {
        p.name for p in (tmp_path / "whole" / "originals").iterdir()
    }
    assert not list(out.rglob("*.making-*"))


def test_a_second_run_is_refused_and_told_who_holds_the_folder(
    engine: DuckEngine, samples: Path, tmp_path: Path
) -> None:
    spec = [FileSpec(path=samples / "x-v2.json")]

    def inside(message: str, share: float) -> None:
        with pytest.raises(CaseHeldError, match=f"process {os.getpid()}"):
            ingest(spec, engine, tmp_path / "o", root=tmp_path)

    ingest(spec, engine, tmp_path / "o", root=tmp_path, progress=inside)


def test_a_folder_that_cannot_be_written_is_named(engine: DuckEngine, samples: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot write into"):
        ingest([FileSpec(path=samples / "x-v2.json")], engine, tmp_path / "file" / "o", root=tmp_path)


def test_a_full_disk_is_named_and_the_run_resumes(samples: Path, tmp_path: Path) -> None:
    """A limit on file size stands in for a full disk: the engine gets EFBIG or ENOSPC from the same call."""
    files = [samples / n for n in NAMES]
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
    told = (
        "from unfog.errors import UnfogError\ntry:\n"
        + "".join(f"    {x}\n" for x in _RUN.strip().splitlines())
        + "except UnfogError as why:\n    print('TOLD', why)\n    sys.exit(2)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", limit + "import sys\n" + told, str(tmp_path / "o"), *map(str, files)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
    assert "TOLD" in done.stdout and "Traceback" not in done.stderr
    subprocess.run([sys.executable, "-c", _RUN, str(tmp_path / "o"), *map(str, files)], check=True)
    assert len(hashes(tmp_path / "o")) >= 10


def test_a_disk_that_is_full_is_named_and_the_run_resumes(engine: DuckEngine, samples: Path, tmp_path: Path) -> None:
    """A real small disk; where this user may not mount one, the limit on file size above stands in."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]).returncode:
        pytest.skip("this user may not mount a disk")
    files = [FileSpec(path=samples / n) for n in NAMES]
    try:
        filler = disk / "filler"
        filler.write_bytes(b"x" * (230 << 10))
        with pytest.raises(DataError, match="no space is left for"):
            ingest(files, engine, disk / "o", root=samples)
        filler.unlink()
        ingest(files[:1], engine, disk / "o", root=samples)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs mount")
def test_a_read_only_folder_is_named(engine: DuckEngine, samples: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(disk)]).returncode:
        pytest.skip("this user may not mount a disk")
    try:
        with pytest.raises(DataError, match=r"cannot write into .*Read-only"):
            ingest([FileSpec(path=samples / "x-v2.json")], engine, disk / "o", root=samples)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
