"""Progress on stderr: a bar for people, nothing where there is no terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from unfog.cli.app import err, printable


@contextlib.contextmanager
def progress_bar(quiet: bool = False) -> Iterator[Callable[[str, float], None]]:
    """Give a function ``tell(what, share)`` that moves a bar; ``quiet`` or a pipe shows nothing."""
    if quiet or not err.is_terminal:
        yield lambda _what, _share: None
        return
    columns = (TextColumn("[bold]{task.description}"), BarColumn(bar_width=30), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda what, share: bar.update(task, description=escape(printable(what[:60])), completed=share)
