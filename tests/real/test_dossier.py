"""Dossiers of the reference case on the real archive: sealed and public, checked from outside, and mutated."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq
import pytest

from unfog import case
from unfog.case.dossier import pseudonyms, seal_case, write_report
from unfog.case.reference import shipped_case
from unfog.errors import IntegrityError, SourceMissing
from unfog.report import dossier, exports

pytestmark = pytest.mark.real

DAY = "2020-07-16"


def of_units() -> ModuleType:
    """The mutations of the unit tests."""
    path = Path(__file__).parents[1] / "unit" / "report" / "test_dossier.py"
    spec = importlib.util.spec_from_file_location("unit_dossier", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["unit_dossier"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def ran(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case in a folder of its own, run; UNFOG_RAN names one that has been run already."""
    folder = tmp_path_factory.mktemp("case") / "uk-trade-leaks-2019"
    shutil.copytree(shipped_case(), folder, ignore=shutil.ignore_patterns("out"))
    if given := os.environ.get("UNFOG_RAN"):
        (folder / "out").symlink_to(given)
    else:
        case.run(folder, out=folder / "out", data=shared / "data" / "02_reddit_uk_trade_leak", as_of=[DAY])
    return folder


@pytest.fixture(scope="module")
def sealed(ran: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dossier.Sealed:
    out = tmp_path_factory.mktemp("sealed")
    pem = out / "key.pem"
    dossier.new_key(pem)
    data = shared / "data" / "02_reddit_uk_trade_leak"
    return seal_case(ran, out / "bag", by="A. Analyst", profile="sealed", data=data, signing_key=pem)


@pytest.fixture(scope="module")
def public(ran: Path, tmp_path_factory: pytest.TempPathFactory) -> dossier.Sealed:
    out = tmp_path_factory.mktemp("public")
    pem = out / "key.pem"
    dossier.new_key(pem)
    return seal_case(ran, out / "bag", by="A. Analyst", profile="public", signing_key=pem)


@pytest.fixture(scope="module")
def handles(ran: Path) -> set[str]:
    """Every account of the archive whose handle the case does not allow."""
    found: set[str] = set()
    for table, columns in (("accounts", ["account_id", "handle", "name"]), ("posts", ["account_id"])):
        for row in pq.read_table(ran / "out" / "ingest" / f"{table}.parquet", columns=columns).to_pylist():
            found |= {str(v) for v in row.values() if v}
    return {h for h in found if h.casefold() not in {"gregoratior", "ostermaxnn"}}


@pytest.mark.parametrize("profile", ["sealed", "public"])
def test_a_dossier_of_the_real_case_holds_from_outside(profile: str, request: pytest.FixtureRequest) -> None:
    bag: dossier.Sealed = request.getfixturevalue(profile)
    alone = subprocess.run(
        [sys.executable, "-I", "-S", bag.folder / "data" / "verify.py", "--root", bag.root, "--json"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    told = json.loads(alone.stdout)
    assert alone.returncode == 0 and told["faults"] == []
    assert told["checked"] == ["files", "custody log", "claims and quotations", "table sums", "central probabilities"]
    command = ["-m", "unfog.cli", "verify", bag.folder, "--root", bag.root, "--public-key", bag.public_key, "--json"]
    whole = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=300, check=False)
    assert whole.returncode == 0, whole.stdout
    assert {"signature", "intervals"} <= set(json.loads(whole.stdout)["checked"])
    wrong = subprocess.run(
        [sys.executable, bag.folder / "data" / "verify.py", "--root", "0" * 64], capture_output=True, check=False
    )
    assert wrong.returncode == 1


def signature_faults(bag: Path, sealed: dossier.Sealed) -> list[str]:
    """What `unfog verify --public-key` adds: the signature is the one file outside of the root hash."""
    try:
        dossier.check_signature(bag, sealed.root, sealed.public_key)
    except (IntegrityError, SourceMissing) as why:
        return [str(why)]
    return []


def test_two_hundred_mutations_of_the_real_dossier_are_found_and_named(sealed: dossier.Sealed, tmp_path: Path) -> None:
    units: Any = of_units()
    missed, count = [], 0
    for change, times in units.MUTATIONS:
        for seed in range(times):
            bag = tmp_path / "bag"
            shutil.copytree(sealed.folder, bag)
            try:
                named = change(bag, random.Random(f"{change.__name__}{seed}"))
                faults = [*dossier.verify_dossier(bag, sealed.root)["faults"], *signature_faults(bag, sealed)]
                count += 1
                if not any(named in fault for fault in faults):
                    missed.append((change.__name__, seed, named, faults[:2]))
            finally:
                shutil.rmtree(bag)
    assert missed == []
    assert count == 200


def test_no_public_output_holds_a_handle_that_the_case_redacts(
    ran: Path, public: dossier.Sealed, handles: set[str], tmp_path: Path
) -> None:
    assert len(handles) == 59
    result = ran / "out" / DAY
    for to in exports.FORMATS:
        exports.export(result, to, tmp_path / to, pseudonyms(ran, result))
    write_report(ran, tmp_path / "report", DAY)
    write_report(ran / "out", tmp_path / "results-alone", DAY)
    leaks = []
    for root in (tmp_path, public.folder):
        for file in (p for p in root.rglob("*") if p.is_file()):
            raw = str(pq.read_table(file).to_pylist()) if file.suffix == ".parquet" else file.read_text("utf-8")
            words = set(re.findall(r"[\w-]+", raw.casefold()))
            leaks += [(h, str(file.relative_to(root))) for h in handles if h.casefold() in words]
    assert leaks == []


def test_the_public_dossier_still_names_those_who_act_in_public(public: dossier.Sealed) -> None:
    page = (public.folder / "data" / "index.html").read_text(encoding="utf-8")
    for name in ("Jeremy Corbyn", "Dominic Raab", "Graphika", "Reuters", "gregoratior"):
        assert name in page, name
    assert "max ostermann" not in page.casefold(), "a persona of the operators"
