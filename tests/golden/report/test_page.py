"""The page of the invented case, byte for byte. Remake it with ``UNFOG_UPDATE_GOLDEN=1``; a missing golden fails."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from unfog import report
from unfog.model import Findings
from unfog.report.page import canonical

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def findings() -> Findings:
    return Findings.model_validate_json((HERE / "findings.json").read_bytes())


def test_the_page_is_the_golden_page(findings: Findings) -> None:
    golden = HERE / "index.html"
    drawn = report.page(findings)
    if os.environ.get("UNFOG_UPDATE_GOLDEN"):
        golden.write_text(drawn, encoding="utf-8")
    assert golden.is_file(), "the golden page is missing; remake it with UNFOG_UPDATE_GOLDEN=1 and look at it"
    assert drawn == golden.read_text(encoding="utf-8")


def test_the_fixture_is_what_its_maker_makes(findings: Findings) -> None:
    spec = importlib.util.spec_from_file_location("make_findings", HERE / "make_findings.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert canonical(module.findings()) == canonical(findings)
