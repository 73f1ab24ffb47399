"""Every console block of the tutorial and the how-to guides is run, in its order, in a folder of its own."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted([*DOCS.glob("tutorial/*.md"), *DOCS.glob("how-to/*.md")])
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.S | re.M)


def blocks(page: Path, kind: str) -> list[str]:
    return [m[2] for m in _BLOCK.finditer(page.read_text(encoding="utf-8")) if m[1] == kind]


def steps(page: Path) -> list[tuple[str, int, list[str]]]:
    """(command, exit code, expected lines) of a page, in order."""
    out: list[tuple[str, int, list[str]]] = []
    for block in blocks(page, "console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                command, _, mark = line[2:].partition("   # exit ")
                out.append((command, int(mark or 0), []))
            elif line.strip():
                out[-1][2].append(line)
    return out


@pytest.mark.parametrize("page", [p for p in PAGES if steps(p)], ids=lambda p: p.stem)
def test_what_the_page_says_is_what_happens(page: Path, tmp_path: Path) -> None:
    if "openssl" in page.read_text(encoding="utf-8") and not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "200"}
    for command, code, wanted in steps(page):
        done = subprocess.run(
            command, shell=True, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False
        )
        shown = done.stdout + done.stderr
        assert done.returncode == code, f"$ {command}\n{shown}"
        assert "Traceback" not in shown, f"$ {command}\n{shown}"
        for line in wanted:
            pattern = ".*".join(re.escape(part.strip()) for part in line.strip().split("…"))
            assert re.search(pattern, shown), f"$ {command}\nwanted: {line}\nshown:\n{shown}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_toml_blocks_are_toml_and_fences_are_known(page: Path) -> None:
    for block in blocks(page, "toml"):
        tomllib.loads(block)
    kinds = {m[1] for m in _BLOCK.finditer(page.read_text(encoding="utf-8"))}
    assert kinds <= {"console", "toml", "text"}, "a block that no test runs"


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda p: p.relative_to(DOCS).as_posix())
def test_links_inside_the_docs_arrive(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    text = re.sub(r"`[^`]*`", "", text)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            assert (page.parent / target.split("#")[0]).exists(), target


def test_the_reference_is_made_from_the_code() -> None:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (DOCS / "reference" / "cli.md").read_text(encoding="utf-8") == module.cli(), "run: python docs/generate.py"
    assert (DOCS / "reference" / "api.md").read_text(encoding="utf-8") == module.api(), "run: python docs/generate.py"
