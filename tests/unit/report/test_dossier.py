from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bagit
import pytest
from rocrate.rocrate import ROCrate

from unfog.errors import IntegrityError, SourceMissing, UsageError
from unfog.report import dossier
from unfog.report.dossier import Sealed
from unfog.report.dossier.verify import posteriors

HANDLE = "quiet_heron_77"


@pytest.fixture(scope="module")
def sealed(result: Any, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return dossier.seal(result.folder, tmp_path_factory.mktemp("d") / "sealed", result.sealing("sealed"))


@pytest.fixture(scope="module")
def public(result: Any, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return dossier.seal(result.folder, tmp_path_factory.mktemp("d") / "public", result.sealing("public"))


def test_a_fresh_dossier_holds_in_both_profiles(sealed: Sealed, public: Sealed) -> None:
    for one in (sealed, public):
        found = dossier.verify_dossier(one.folder, one.root)
        assert found["faults"] == []
        assert found["checked"] == [
            "files",
            "custody log",
            "claims and quotations",
            "table sums",
            "central probabilities",
        ]


def test_the_same_sealing_gives_the_same_root(result: Any, sealed: Sealed, tmp_path: Path) -> None:
    again = dossier.seal(result.folder, tmp_path / "again", result.sealing("sealed"))
    assert again.root == sealed.root


def test_the_verifier_in_the_bag_runs_without_the_package(sealed: Sealed) -> None:
    script = sealed.folder / "data" / "verify.py"
    run = [sys.executable, "-I", "-S", str(script), "--root", sealed.root, "--json"]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["ok"] is True
    wrong = subprocess.run([*run[:-2], "0" * 64], capture_output=True, text=True, check=False)
    assert wrong.returncode == 1 and "root hash" in wrong.stdout


def test_other_people_read_it_as_a_bag_and_as_a_crate(sealed: Sealed, public: Sealed) -> None:
    for one in (sealed, public):
        bagit.Bag(str(one.folder)).validate()
        crate = ROCrate(one.folder / "data")
        files = {e.id for e in crate.get_entities() if e.type == "File"}
        assert {"findings.json", "index.html", "claims.json"} <= files


def test_a_quotation_beyond_ascii_is_checked_in_code_points(sealed: Sealed) -> None:
    claims = json.loads((sealed.folder / "data" / "claims.json").read_text(encoding="utf-8"))
    assert len(claims["spans"]) == 2
    for span in claims["spans"]:
        text = (sealed.folder / "data" / "texts" / f"{span['text_sha256']}.txt").read_text(encoding="utf-8")
        assert text[span["start"] : span["end"]] in {"almost certain", "Produce the facts"}


def test_the_public_profile_keeps_no_name_no_original_and_no_plain_hash(result: Any, public: Sealed) -> None:
    secret = [HANDLE.encode(), result.original_sha256.encode(), *(t.sha256.encode() for t in result.findings.tables)]
    for path in public.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for word in secret:
                assert word not in content, f"{word!r} stands in {path.name}"
    assert b"allowed_minister" in (public.folder / "data" / "tables" / "groups.jsonl").read_bytes()
    assert not (public.folder / "data" / "evidence").exists()


def test_a_commitment_opens_with_key_and_original_only(result: Any, public: Sealed) -> None:
    told = json.loads((public.folder / "data" / "commitments.json").read_text(encoding="utf-8"))["withheld"]
    item = next(w for w in told if w["kind"] == "original")
    assert item["visible_numbers"]
    assert dossier.open_commitment(b"\x07" * 32, item["name"], result.original, item["commitment"])
    assert not dossier.open_commitment(b"\x08" * 32, item["name"], result.original, item["commitment"])
    assert not dossier.open_commitment(b"\x07" * 32, item["name"], public.folder / "bagit.txt", item["commitment"])


def test_sealing_refuses_what_is_not_what_it_was(result: Any, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(UsageError, match="not empty"):
        dossier.seal(result.folder, tmp_path / "full", result.sealing("public"))
    with pytest.raises(UsageError, match="--by"):
        dossier.seal(result.folder, tmp_path / "a", result.sealing("public", by=" "))
    with pytest.raises(SourceMissing, match=r"posts\.jsonl"):
        dossier.seal(result.folder, tmp_path / "b", result.sealing("sealed", originals={}))
    bent = tmp_path / "bent"
    shutil.copytree(result.folder, bent)
    with (bent / "tables" / "groups.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(IntegrityError, match="groups"):
        dossier.seal(bent, tmp_path / "c", result.sealing("sealed"))


def test_signature(result: Any, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    public = dossier.new_key(key)
    assert key.stat().st_mode & 0o077 == 0
    one = dossier.seal(result.folder, tmp_path / "signed", result.sealing("public", signing_key=key))
    assert one.public_key == public
    assert dossier.check_signature(one.folder, one.root, public) == public
    assert dossier.verify_dossier(one.folder, one.root)["ok"]
    with pytest.raises(IntegrityError, match="another root"):
        dossier.check_signature(one.folder, "0" * 64)
    with pytest.raises(IntegrityError, match="not with the one given"):
        dossier.check_signature(one.folder, one.root, "ab" * 32)
    path = one.folder / "SIGNATURE.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "signature": "00" * 64}), encoding="utf-8")
    with pytest.raises(IntegrityError, match="does not hold"):
        dossier.check_signature(one.folder, one.root)


# -- mutations ----------------------------------------------------------------------------------------------------------

Change = Callable[[Path, random.Random], str]


def _payload(bag: Path) -> list[Path]:
    return sorted(p for p in bag.rglob("*") if p.is_file() and p.name != "tagmanifest-sha256.txt")


def flip_a_byte(bag: Path, rng: random.Random) -> str:
    path = rng.choice([p for p in _payload(bag) if p.stat().st_size])
    content = bytearray(path.read_bytes())
    at = rng.randrange(len(content))
    content[at] ^= 1 << rng.randrange(8)
    path.write_bytes(content)
    return path.name


def remove_a_file(bag: Path, rng: random.Random) -> str:
    path = rng.choice(_payload(bag))
    path.unlink()
    return path.name


def add_a_file(bag: Path, rng: random.Random) -> str:
    name = f"extra-{rng.randrange(10**6)}.txt"
    (rng.choice([bag, bag / "data", bag / "data" / "tables"]) / name).write_text("more", encoding="utf-8")
    return name


def swap_two_files(bag: Path, rng: random.Random) -> str:
    while True:
        a, b = rng.sample(_payload(bag), 2)
        if a.read_bytes() != b.read_bytes():
            break
    one, two = a.read_bytes(), b.read_bytes()
    a.write_bytes(two)
    b.write_bytes(one)
    return a.name


def swap_two_lines(bag: Path, rng: random.Random) -> str:
    choices = [
        p for p in _payload(bag) if p.suffix in {".jsonl", ".txt", ".json"} and len(p.read_bytes().splitlines()) > 3
    ]
    path = rng.choice(choices)
    while True:
        lines = path.read_bytes().splitlines(keepends=True)
        i, j = rng.sample(range(len(lines)), 2)
        if lines[i] != lines[j]:
            break
    lines[i], lines[j] = lines[j], lines[i]
    path.write_bytes(b"".join(lines))
    return path.name


def _resealed(bag: Path) -> None:
    """A clever forger: makes all hashes fit again. Only the root hash tells."""

    def digest(p: Path) -> str:
        return hashlib.sha256(p.read_bytes()).hexdigest()

    data = bag / "data"
    entries = [json.loads(line) for line in (data / "custody.jsonl").read_text(encoding="utf-8").splitlines()]
    before, lines = "0" * 64, []
    for entry in entries:
        if entry["event"] == "sealed" and (data / entry["path"]).is_file():
            entry["sha256"] = digest(data / entry["path"])
            entry["bytes"] = (data / entry["path"]).stat().st_size
        entry["previous"] = before
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True)
        before = hashlib.sha256(line.encode()).hexdigest()
        lines.append(line + "\n")
    (data / "custody.jsonl").write_text("".join(lines), encoding="utf-8")
    names = sorted(p.relative_to(bag).as_posix() for p in data.rglob("*") if p.is_file())
    (bag / "manifest-sha256.txt").write_text("".join(f"{digest(bag / n)}  {n}\n" for n in names), encoding="utf-8")
    size = sum((bag / n).stat().st_size for n in names)
    info = [line for line in (bag / "bag-info.txt").read_text(encoding="utf-8").splitlines() if "Oxum" not in line]
    (bag / "bag-info.txt").write_text(
        "\n".join(sorted([*info, f"Payload-Oxum: {size}.{len(names)}"])) + "\n", encoding="utf-8"
    )
    tags = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")
    (bag / "tagmanifest-sha256.txt").write_text("".join(f"{digest(bag / t)}  {t}\n" for t in tags), encoding="utf-8")


def edit_a_sentence_and_reseal(bag: Path, rng: random.Random) -> str:
    path = bag / "data" / rng.choice(["findings.json", "claims.json", "index.html", "evidence.json"])
    text = path.read_text(encoding="utf-8")
    word = rng.choice([w for w in ("accounts", "One", "the", "group", "evidence") if w in text])
    path.write_text(text.replace(word, word[::-1], 1), encoding="utf-8")
    _resealed(bag)
    return "root hash"


def edit_a_number_and_reseal(bag: Path, rng: random.Random) -> str:
    path = bag / "data" / "judgement.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    answer = rng.choice([a for a in document["answers"] if a.get("posterior")])
    answer["posterior"]["value"] = min(
        answer["posterior"]["value"] + rng.uniform(0.001, 0.01), answer["posterior"]["high"]
    )
    path.write_text(json.dumps(document) + "\n", encoding="utf-8")
    _resealed(bag)
    return "comes out at"


def edit_a_table_and_reseal(bag: Path, rng: random.Random) -> str:
    listed = json.loads((bag / "data" / "tables.json").read_text(encoding="utf-8"))["tables"]
    table = rng.choice([t for t in listed if t["sums"] and t["rows"]])
    path = bag / "data" / table["file"]
    rows = path.read_text(encoding="utf-8").splitlines()
    if rng.random() < 0.5:
        rows.append(rng.choice(rows))
        told = "rows"
    else:
        row, column = json.loads(rows[0]), rng.choice(sorted(table["sums"]))
        row[column] = (row[column] or 0) + rng.uniform(0.01, 1) * max(1.0, abs(table["sums"][column]))
        rows[0], told = json.dumps(row), "sums to"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    _resealed(bag)
    return told


def move_a_quotation_and_reseal(bag: Path, rng: random.Random) -> str:
    path = bag / "data" / "claims.json"
    claims = json.loads(path.read_text(encoding="utf-8"))
    told = "does not stand at"
    if claims["spans"]:
        span = rng.choice(claims["spans"])
        span["start"] += rng.choice([-1, 1])
    else:  # a case without stored articles: bend a figure of a claim instead
        figure = rng.choice([f for c in claims["claims"] for f in c["figures"]])
        figure["value"], told = figure["value"] + 1, "is not the finding's"
    path.write_text(json.dumps(claims) + "\n", encoding="utf-8")
    _resealed(bag)
    return told


def cut_the_custody_log(bag: Path, rng: random.Random) -> str:
    path = bag / "data" / "custody.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    del lines[rng.randrange(len(lines))]
    path.write_text("".join(lines), encoding="utf-8")
    return "custody.jsonl"


def put_a_link(bag: Path, rng: random.Random) -> str:
    (bag / "data" / f"link-{rng.randrange(10**6)}").symlink_to("/etc/hostname")
    return "links"


MUTATIONS: tuple[tuple[Change, int], ...] = (
    (flip_a_byte, 60), (remove_a_file, 20), (add_a_file, 15), (swap_two_files, 25), (swap_two_lines, 20),
    (edit_a_sentence_and_reseal, 20), (edit_a_number_and_reseal, 10), (edit_a_table_and_reseal, 10),
    (move_a_quotation_and_reseal, 10), (cut_the_custody_log, 5), (put_a_link, 5),
)  # fmt: skip


def _cases() -> Iterator[Any]:
    for change, n in MUTATIONS:
        for seed in range(n):
            yield pytest.param(change, seed, id=f"{change.__name__}-{seed}")


def test_there_are_two_hundred_mutations() -> None:
    assert sum(n for _, n in MUTATIONS) == 200


@pytest.mark.parametrize(("change", "seed"), list(_cases()))
def test_every_mutation_is_found_and_named(change: Change, seed: int, sealed: Sealed, tmp_path: Path) -> None:
    bag = tmp_path / "bag"
    shutil.copytree(sealed.folder, bag)
    named = change(bag, random.Random(f"{change.__name__}{seed}"))
    found = dossier.verify_dossier(bag, sealed.root)
    assert not found["ok"]
    assert any(named in fault for fault in found["faults"]), (named, found["faults"])


def test_broken_documents_are_faults_and_not_crashes(sealed: Sealed, tmp_path: Path) -> None:
    for name in ("findings.json", "claims.json", "tables.json", "judgement.json", "evidence.json", "custody.jsonl"):
        for content in (b"", b"[]", b"{}", b"\xff\xfe", b'{"a": 1, "a": 2}', b'{"x": NaN}', b"[" * 100_000):
            bag = tmp_path / f"{name}-{hashlib.sha256(content).hexdigest()[:8]}"
            shutil.copytree(sealed.folder, bag)
            (bag / "data" / name).write_bytes(content)
            assert not dossier.verify_dossier(bag, sealed.root)["ok"]
            shutil.rmtree(bag)


def test_the_central_probability_of_no_evidence_is_the_prior() -> None:
    recipe = {
        "rho": 0.6, "overall_cap_log10": 3.0, "blocks": [],
        "variables": [{"id": "v", "values": ["a", "b"], "given": "", "prior": {"": [0.25, 0.75]}}],
        "propositions": [{"id": "P", "when": {"v": ["a"]}}],
    }  # fmt: skip
    assert posteriors(recipe) == {"P": 0.25}
