"""The shelf: all texts of a result in one table of the engine's own, so that a page of a large case is quick.

The shelf lies in a file that only this server uses: one account's posts are found by one column, and a search reads one
folded column. It is not sorted: a sort of wide rows within the memory limit spills. It is made in the background when
the server starts and removed when it stops, so nothing that must be forgotten stays behind.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from unfog.engine import DuckEngine
from unfog.engine.sql import Value
from unfog.errors import UnfogError

_POSTS = """
SELECT 'post' AS what, platform, post_id AS id, account_id AS who, happened_at, happened_precision, community, title,
  text, urls, lower(concat_ws(' — ', title, text)) AS folded FROM posts"""
_OTHERS = """
SELECT 'document' AS what, NULL::VARCHAR AS platform, doc_id AS id, NULL::VARCHAR AS who, public_from AS happened_at,
  'day' AS happened_precision, NULL::VARCHAR AS community, title, text, NULL::VARCHAR[] AS urls,
  lower(concat_ws(' — ', title, text)) AS folded FROM documents
UNION ALL
SELECT 'article', NULL, article_id, publisher, published, published_precision, NULL, title, text, NULL,
  lower(concat_ws(' — ', title, text)) FROM articles
UNION ALL
SELECT 'observation', platform, observation_id, actor, happened_at, happened_precision, NULL, NULL, summary, NULL,
  lower(summary) FROM observations"""
SQL = f"{_POSTS}\nUNION ALL{_OTHERS}"
"""One row per text: what, platform, id, who, happened_at, happened_precision, community, title, text, urls, folded."""


class Shelf:
    """The shelf of one result.

    Args:
        offer: Makes ``posts``, ``documents``, ``articles`` and ``observations`` known to an engine.
        memory: Limit of its engine.
    """

    def __init__(self, offer: Callable[[DuckEngine], None], memory: str = "1GB") -> None:
        self._offer, self._memory = offer, memory
        self._lock = threading.Lock()
        self._engine: DuckEngine | None = None
        self._folder: Path | None = None
        self._closed = False
        self.failed = ""
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self._make, name="unfog-shelf", daemon=True)
        self._thread.start()

    def _make(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="unfog-shelf-"))
        engine: DuckEngine | None = None
        try:
            engine = DuckEngine(memory=self._memory, threads=2, temp=folder / "spill", database=folder / "shelf.duckdb")
            self._offer(engine)
            engine.execute(f"CREATE TABLE shelf AS {SQL}", "shelf")
        except (UnfogError, OSError) as why:
            self.failed = str(why)
        with self._lock:
            if self.failed or self._closed:
                if engine is not None:
                    engine.close()
                shutil.rmtree(folder, ignore_errors=True)
                return
            self._engine, self._folder = engine, folder
            self.ready.set()

    def rows(self, sql: str, /, **params: Value) -> list[dict[str, Any]] | None:
        """Rows of a SELECT over ``shelf``; None while it is not ready."""
        with self._lock:
            return self._engine.rows(sql, **params) if self._engine is not None else None

    def close(self) -> None:
        """Remove the shelf."""
        with self._lock:
            self._closed = True
            if self._engine is not None:
                self._engine.close()
                self._engine = None
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
        self.ready.clear()
