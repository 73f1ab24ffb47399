"""Any bytes give rows or rejects, or one clear refusal of the file; and rows always add up."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from unfog.engine import DuckEngine
from unfog.errors import DataError, UsageError
from unfog.ingest import READERS, FileSpec, IngestResult, ingest
from unfog.ingest.files import Mender

SAMPLES = sorted((Path(__file__).resolve().parents[1] / "data" / "ingest").iterdir())
ENGINE = DuckEngine(memory="400MB", threads=1)
SLOW = settings(
    phases=(Phase.explicit, Phase.generate), max_examples=8, deadline=None, suppress_health_check=list(HealthCheck)
)


def outcome(data: bytes, name: str, format_: str | None) -> IngestResult | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            return ingest(
                [FileSpec(path=path, format=format_, platform="any")], ENGINE, Path(folder) / "o", root=Path(folder)
            )
        except (DataError, UsageError) as why:
            assert str(why)
            return None


def adds_up(result: IngestResult | None) -> bool:
    return result is None or all(
        s.rows_read == s.rows_kept + s.rows_duplicate + s.rows_rejected for s in result.sources
    )


@SLOW
@given(st.binary(max_size=400), st.sampled_from([None, *sorted(READERS)]))
def test_any_bytes(data: bytes, format_: str | None) -> None:
    assert adds_up(outcome(data, "file.bin", format_))


@SLOW
@given(st.sampled_from(SAMPLES), st.integers(0, 10**6), st.binary(max_size=12), st.integers(0, 40))
def test_a_damaged_sample(path: Path, at: int, put: bytes, cut: int) -> None:
    data = path.read_bytes()
    at %= len(data) + 1
    assert adds_up(outcome(data[:at] + put + data[at + cut :], path.name, None))


VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20), lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3), max_leaves=6)  # fmt: skip


@SLOW
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                ("id", "author", "created_utc", "subreddit", "title", "selftext", "body", "url", "score"), VALUES
            ),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_values_in_known_fields(rows: list[dict[str, object]]) -> None:
    head = {"id": "z", "author": "a", "created_utc": 1571647834, "subreddit": "s", "title": "t", "selftext": ""}
    result = outcome("".join(json.dumps(r) + "\n" for r in [head, *rows]).encode(), "f.ndjson", "reddit-pushshift")
    assert result is not None and adds_up(result)
    assert result.sources[0].rows_read == len(rows) + 1


@given(st.lists(st.binary(max_size=30), max_size=6))
def test_mended_bytes_are_utf8_however_they_are_cut(chunks: list[bytes]) -> None:
    def mended(pieces: list[bytes]) -> bytes:
        mender = Mender()
        return b"".join(mender.mend(p) for p in pieces) + mender.mend(b"", last=True)

    text = mended(chunks).decode("utf-8")
    assert "\x00" not in text
    if b"".join(chunks)[:1] not in (b"\xff", b"\xfe"):
        assert text == mended([b"".join(chunks)]).decode("utf-8")
