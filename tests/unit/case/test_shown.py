"""What the page may show: no account's id, handle or name, however it is written, once the case redacts handles."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unfog.case.sections import ReportSection
from unfog.case.shown import shown_findings
from unfog.model import Finding, Findings

NAMES = [
    "quiet_heron", "one@example.org", "https://social.example/users/otter", "did:plc:abc234heron", "Invented Person",
    "channel100200300", "Юрий Цапля", "o'tter \"x\"",
]  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    rows = {"account_id": NAMES, "handle": NAMES, "name": NAMES}
    pq.write_table(pa.table(rows), tmp_path / "accounts.parquet")
    return {"accounts": tmp_path / "accounts.parquet"}


def found(name: str) -> Findings:
    f = Finding(
        id="meadow.pollen.a", room="meadow", kind="pollen", sentence=f"The post of {name} was first.", method="Counted.",
        data={"rows": [{"account": name, "key": f"email / {name}"}]}, caveats=(f"{name} may be a bot.",),
    )  # fmt: skip
    return Findings(case="c", title="T", as_of="2031-01-01", unfog="0", findings=(f,))


@pytest.mark.parametrize("name", NAMES)
def test_a_redacted_account_is_nowhere(files: dict[str, Path], name: str) -> None:
    section = ReportSection(redact=("account.handle",))
    shown = shown_findings(found(name), section, files).model_dump_json()
    for part in (name, name.rsplit(":", 1)[-1]):
        assert part.casefold() not in shown.casefold().replace("\\", "")
    assert "The post of" in shown and shown == shown_findings(found(name), section, files).model_dump_json()


def test_an_allowed_handle_and_a_case_without_redaction_stay(files: dict[str, Path]) -> None:
    allowed = ReportSection(redact=("account.handle",), allow=("quiet_heron",))
    for section in (allowed, ReportSection()):
        assert shown_findings(found("quiet_heron"), section, files) == found("quiet_heron")
