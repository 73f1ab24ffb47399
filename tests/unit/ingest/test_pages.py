"""The page on formats is what the readers declare, and the public face is whole."""

from __future__ import annotations

from pathlib import Path

from unfog import ingest
from unfog.ingest.describe import formats_page


def test_the_page_on_formats_is_up_to_date(repo: Path) -> None:
    page = (repo / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
    assert page == formats_page(), "run: python -m unfog.ingest.describe > docs/reference/formats.md"


def test_every_reader_says_what_it_cannot_tell() -> None:
    assert [r.name for r in ingest.READERS.values() if not r.cannot_tell or not r.projections] == []


def test_the_public_face() -> None:
    assert sorted(ingest.__all__, key=str.lower) == sorted(set(ingest.__all__), key=str.lower)
    assert all(hasattr(ingest, name) for name in ingest.__all__)
