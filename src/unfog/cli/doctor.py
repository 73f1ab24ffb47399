"""``unfog doctor``: is this machine fit, and what is missing for the parts that are optional?"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from unfog._version import __version__
from unfog.case.reference import shipped_case
from unfog.cli.app import app, emit
from unfog.engine import DuckEngine, Step
from unfog.errors import UnfogError

_PARTS = ("duckdb", "pyarrow", "numpy", "scipy", "numba", "pydantic")
_OPTIONAL = {
    "pyspark": "Spark engine: pip install 'unfog[spark]' and Java 17",
    "onnxruntime": "neural tagger: pip install 'unfog[neural]'",
}


def _checks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def say(what: str, ok: bool, detail: str, *, needed: bool = True) -> None:
        found.append({"what": what, "ok": ok, "detail": detail, "needed": needed})

    say("python", sys.version_info >= (3, 11), f"{platform.python_version()} (needs 3.11 or newer)")
    for name in _PARTS:
        try:
            say(name, True, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            say(name, False, "not installed; run make setup or pip install unfog")
    try:
        with DuckEngine(memory="256MB") as engine:
            engine.run(Step("probe", "SELECT count(*) AS n FROM range(1000)", "one row"))
            say("engine", engine.scalar("SELECT n FROM probe") == 1000, "DuckDB answers")
    except UnfogError as why:
        say("engine", False, str(why))
    free = shutil.disk_usage(tempfile.gettempdir()).free
    say("disk", free > 2 << 30, f"{free >> 30} GiB free in {tempfile.gettempdir()} (spilling wants 2)")
    say("cores", True, f"{os.cpu_count()}")
    try:
        say("reference case", True, shipped_case().name)
    except UnfogError as why:
        say("reference case", False, str(why))
    for name, mend in _OPTIONAL.items():
        there = importlib.util.find_spec(name) is not None
        say(name, there, "installed" if there else f"optional; {mend}", needed=False)
    java = shutil.which("java")
    say("java", java is not None, Path(java).name if java else "optional; only for Spark", needed=False)
    return found


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False) -> None:
    """Tell whether this machine is fit to run unfog, and what is missing for its optional parts. Exit 1 if not.

    Example: `unfog doctor`
    """
    checks = _checks()
    fit = all(c["ok"] for c in checks if c["needed"])
    lines = [f"unfog {__version__}: {'fit' if fit else 'not fit'}"]
    lines += [
        f"  {'ok ' if c['ok'] else ('-- ' if not c['needed'] else 'NO ')} {c['what']}: {c['detail']}" for c in checks
    ]
    emit({"unfog": __version__, "fit": fit, "checks": checks}, as_json=as_json, text="\n".join(lines))
    if not fit:
        raise typer.Exit(1)
