"""Write docs/reference from the code: the command line from its help, the Python face from each ``__all__``."""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path
from typing import Any

import typer.main

from unfog.cli.app import VERBS, app

HERE = Path(__file__).parent
ROOMS = (
    "text", "stats", "model", "engine", "ingest", "coordination", "accounts", "spread", "campaigns", "statements",
    "judgement", "report", "report.dossier", "report.exports", "simulate", "case", "web",
)  # fmt: skip


def _shown(argument: Any) -> str:
    """Name of an argument as the help prints it."""
    name = (argument.metavar or argument.name or "").strip("[]").upper()
    return name + ("…" if argument.nargs == -1 and not name.endswith("…") else "")


def cli() -> str:
    """The command line as Markdown."""
    for verb in VERBS:
        if importlib.util.find_spec(f"unfog.cli.{verb}"):
            importlib.import_module(f"unfog.cli.{verb}")
    group = typer.main.get_command(app)
    out = [
        "# Command line",
        "",
        "Made from the verbs' own help by `docs/generate.py`; `unfog VERB --help` prints the same.",
        "",
    ]
    out += ["Every verb takes `--json`: one document on stdout, progress on stderr."]
    out += ["Exit: 0 done or yes; 1 a negative answer; 2 wrong usage or unusable input.", ""]
    for verb, command in sorted(group.commands.items(), key=lambda c: VERBS.index(c[0])):  # type: ignore[attr-defined]
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option" and not getattr(p, "hidden", False)]
        told = " ".join(name if p.required else f"[{name}]" for p in arguments if (name := _shown(p)))
        out += [f"## unfog {verb}", "", "```text", f"unfog {verb} {told}".rstrip() + " [options]", "```", ""]
        out += [inspect.cleandoc(command.help or ""), ""]
        if options:
            out += ["| option | meaning | default |", "|---|---|---|"]
            for p in options:
                default = "" if p.default in (None, False, ..., (), []) or callable(p.default) else f"`{p.default}`"
                names = " ".join(f"`{o}`" for o in (*p.opts, *p.secondary_opts))
                help_ = (getattr(p, "help", "") or "").replace("|", "\\|").replace("\n", " ")
                out.append(f"| {names} | {help_} | {default} |")
            out.append("")
    return "\n".join(out).rstrip() + "\n"


def api() -> str:
    """The Python face as Markdown for mkdocstrings."""
    out = ["# Python", "", "The import path is the API: what a room's `__all__` names is public, the rest is not.", ""]
    for room in ROOMS:
        module = importlib.import_module(f"unfog.{room}")
        names = sorted(getattr(module, "__all__", []))
        out += [f"## unfog.{room}", "", (inspect.getdoc(module) or "").split("\n\n")[0], ""]
        for name in names:
            thing = getattr(module, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                out.append(f"::: {thing.__module__}.{thing.__qualname__}")
        out.append("")
    return "\n".join(out).rstrip() + "\n"


def main() -> None:
    """Write both pages."""
    folder = HERE / "reference"
    folder.mkdir(exist_ok=True)
    (folder / "cli.md").write_text(cli(), encoding="utf-8")
    (folder / "api.md").write_text(api(), encoding="utf-8")


if __name__ == "__main__":
    main()
