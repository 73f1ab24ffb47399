"""Tippett plots of ``unfog evaluate link``."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np

from unfog.evaluate.link import draw
from unfog.evaluate.link_reports import add_validity
from unfog.evaluate.sheet import Evaluation

LR = np.array([-1.0, 0.5, 0.5, 1.0, -1.0, -0.5, 0.5, -2.0])
SAME = np.array([True] * 4 + [False] * 4)
GROUPS = np.array(["a", "a", "b", "c", "a | x", "b | x", "c | x", "c | y"])


def drawn(out: Path) -> tuple[Evaluation, str]:
    sheet = Evaluation(room="link")
    add_validity(sheet, "(z) pairs & <things>", LR, SAME, GROUPS, 3, 4, "", "", False)
    (path,) = draw(sheet, out)
    return sheet, path.read_text(encoding="utf-8")


def test_the_curve_is_the_share_that_reaches_each_ratio(tmp_path: Path) -> None:
    sheet, _ = drawn(tmp_path)
    found = {r["log10_lr"]: (r["same"], r["different"]) for r in sheet.tables["tippett"]}
    assert found == {-2.0: (1, 1), -1.0: (1, 0.75), -0.5: (0.75, 0.5), 0.5: (0.75, 0.25), 1.0: (0.25, 0)}


def test_the_picture_is_whole_and_says_its_numbers(tmp_path: Path) -> None:
    _, svg = drawn(tmp_path)
    root = ET.fromstring(svg)
    told = root.attrib["aria-label"]
    assert "4 same pairs of 3 operations" in told and "Cllr" in told and "<things>" in told
    lines = [p.attrib["d"] for p in root.iter() if p.tag.endswith("path")]
    assert len(lines) == 2
    steps = [tuple(map(float, xy.split())) for xy in lines[0][1:].split("L")]
    x = {v: 64 + (v + 2) / 4 * (560 - 16 - 64) for v in (-1.0, 0.5, 1.0)}
    drops = [(a[0], a[1], b[1]) for a, b in itertools.pairwise(steps) if a[0] == b[0] and a[1] != b[1]]
    assert [round(d[0]) for d in drops] == [round(x[v]) for v in (-1.0, 0.5, 1.0)]  # where "same" falls
    assert drawn(tmp_path)[1] == svg
