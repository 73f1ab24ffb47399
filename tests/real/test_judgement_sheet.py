"""The whole sheet on the published data, with few simulated investigations."""

from __future__ import annotations

from pathlib import Path

import pytest

from unfog.evaluate.judgement import evaluate

pytestmark = pytest.mark.real


def test_the_sheet_is_complete(shared: Path, tmp_path: Path) -> None:
    sheet = evaluate(shared / "data", tmp_path, n=60)
    names = [m.name for m in sheet.measures]
    assert "readers' percentages: largest difference from the published ones, points" in names
    assert sum("came true of what was said" in n for n in names) == 5
    assert (tmp_path / "judgement-reliability.json").is_file()
    assert "| measure |" in sheet.markdown()
    assert {"measured items", "argued items", "readers"} <= set(sheet.tables)
