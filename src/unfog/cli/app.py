"""The Typer application, the one place where errors become messages and exit codes, and the list of verbs."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from typing import Any

import click
import typer
from rich.console import Console

from unfog._version import __version__
from unfog.errors import UnfogError

app = typer.Typer(
    name="unfog",
    help="From posts, papers and statements to a judgement that a sceptic can check.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
)

err = Console(stderr=True, highlight=False)
"""Logs, warnings and progress go here; stdout is for results."""

VERBS = (
    "demo", "doctor", "words", "new", "check", "run", "why", "report", "verify", "ingest", "search", "detect",
    "accounts", "census", "trace", "link", "statements", "audit", "weigh", "lint", "export", "serve", "simulate",
    "evaluate", "forget",
)  # fmt: skip
"""Modules of this package that register one verb each, in the order of --help; a missing module is an error."""


_UNSEEN = {
    **{code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))},
    **{code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))},
}


def printable(text: str) -> str:
    """Text from files, safe for a terminal: control characters and those that turn its direction are spelled out."""
    return text.translate(_UNSEEN)


def emit(document: Any, *, as_json: bool, text: str = "") -> None:
    """Print the one result of a verb: the JSON document with ``--json``, else the text meant for people."""
    if as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n")
    elif text:
        sys.stdout.write(printable(text if text.endswith("\n") else text + "\n"))


@app.callback(invoke_without_command=True)
def _root(
    version: bool = typer.Option(False, "--version", help="Print the version and leave."),
) -> None:
    if version:
        typer.echo(f"unfog {__version__}")
        raise typer.Exit(0)


def load_verbs(words: Sequence[str]) -> None:
    """Import the module of the verb that is called, or of all verbs where help is wanted or the verb is unknown."""
    called = next((w for w in words if not w.startswith("-")), "")
    for verb in (called,) if called in VERBS else VERBS:
        importlib.import_module(f"unfog.cli.{verb}")


_WRONG_USAGE: Any = (
    click.ClickException,
    *(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException"),
)
"""Newer releases of typer carry their own copy of click, whose errors are not click's."""


def main() -> None:
    """Run the command line. Exit 0: done or yes; 1: a negative answer; 2: wrong usage or unusable input."""
    load_verbs(sys.argv[1:])
    try:
        code = app(standalone_mode=False)
    except UnfogError as why:
        err.print(f"unfog: {printable(str(why))}", markup=False, soft_wrap=True)
        sys.exit(2)
    except (click.exceptions.Abort, typer.Abort):
        sys.exit(130)
    except _WRONG_USAGE as why:
        why.show()
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        err.print("unfog: stopped; run the same command again to go on from here")
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
