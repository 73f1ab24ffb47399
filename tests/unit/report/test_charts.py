"""Charts drawn by hand: well-formed, bounded, whole, and harmless whatever the labels are."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unfog.report import charts, plot
from unfog.report.kinds.answers import Answer
from unfog.report.kinds.brief import brief
from unfog.text.lint import lint_text

HOSTILE = "<script>alert(1)</script>\u202e\x00&\"'" + "W" * 300


def drawings(html: object) -> list[ET.Element]:
    found = re.findall(r"<svg.*?</svg>", str(html), flags=re.S)
    return [ET.fromstring(f) for f in found]


def numbers(svg: ET.Element) -> list[tuple[str, float]]:
    keys = ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height")
    return [(k, float(e.attrib[k])) for e in svg.iter() for k in keys if k in e.attrib and e is not svg]


ROWS = [
    {"label": HOSTILE, "value": 1.5, "low": -0.2, "high": 3.0, "basis": "argued"},
    {"label": "second", "value": -1.0, "basis": "measured"},
    {"label": "third", "value": 0.0, "basis": "something else"},
]
ALL = {
    "columns": lambda: charts.columns([{"x": f"{i:02d}", "y": i % 7} for i in range(24)], "x", "y", x_title="hour", y_title="posts", alt=HOSTILE),
    "intervals": lambda: charts.intervals(ROWS, x_title="log10 LR", alt=HOSTILE, signed=True),
    "logarithmic": lambda: charts.intervals([{"label": str(i), "value": 10.0**i} for i in range(1, 6)], x_title="n", alt="x", log=True),
    "waterfall": lambda: charts.waterfall(ROWS, x_title="log10 LR", alt=HOSTILE),
    "curve": lambda: charts.prior_curve([[i / 10, i / 20, i / 10, min(1, i / 5)] for i in range(11)], [0.1, 0.3], alt=HOSTILE),
    "time": lambda: charts.through_time(
        [{"as_of": f"2031-0{m}-01", "proposition": HOSTILE, "value": m / 10, "low": 0.0, "high": 1.0} for m in range(1, 9)],
        [{"date": "2031-02-03"}, {"date": "2031-02-03"}], alt=HOSTILE),
    "steps": lambda: charts.steps_by_day(
        [{"from": "2031-01-01", "to": "2031-01-03", "low": 1, "high": 2, "by_whom": HOSTILE}], {1: HOSTILE}, alt=HOSTILE),
    "dots": lambda: charts.dots_by_day(
        [{"date": "2031-01-01", "platform": HOSTILE, "count": 3, "role": "operator"}, {"date": "2031-09-01T10:00:00Z", "platform": "b", "count": 1}],
        alt=HOSTILE, ties=[(0, 1)]),
    "split": lambda: charts.split([(HOSTILE, 3), ("after", 0)], alt=HOSTILE),
}  # fmt: skip


@pytest.mark.parametrize("kind", ALL)
def test_a_chart_is_well_formed_inside_its_frame_and_harmless(kind: str) -> None:
    html = ALL[kind]()
    assert html == ALL[kind](), "not the same bytes twice"
    assert "<script" not in html and "\u202e" not in html
    wide, narrow = drawings(html)
    for svg, limit in ((wide, charts.WIDE), (narrow, charts.NARROW)):
        left, top, width, height = map(float, svg.attrib["viewBox"].split())
        assert (left, top) == (0, 0) and width <= limit and svg.attrib["aria-label"]
        for key, x in numbers(svg):
            assert -1 <= x <= (width if key in ("x", "x1", "x2", "cx", "width") else height) + 1, (key, x)
        for text in svg.iter("text"):
            size = float(text.attrib.get("font-size", plot.SIZE))
            need, at = plot.breadth(text.text or "", size), float(text.attrib["x"])
            anchor = text.attrib.get("text-anchor", "start")
            begin = at - need * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            assert begin > -12 and begin + need < width + 30, (text.text, begin, need, width)


def test_every_row_of_a_waterfall_is_drawn_to_scale() -> None:
    svg = drawings(
        charts.waterfall([{"label": "a", "value": 2.0}, {"label": "b", "value": -1.0}], x_title="x", alt="x")
    )[0]
    bars = [float(r.attrib["width"]) for r in svg.iter("rect")]
    assert len(bars) == 3
    assert bars[0] == pytest.approx(2 * bars[1], abs=0.2) and bars[1] == pytest.approx(bars[2], abs=0.2)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.integers(1, 9))
def test_ticks_enclose_the_range_and_are_round(low: float, size: float, count: int) -> None:
    ticks = plot.nice(low, low + size, count)
    slack = 1e-6 * max(1.0, abs(low), size)
    assert ticks[0] <= low + slack and ticks[-1] >= low + size - slack
    assert len(ticks) <= 3 * count + 3 and ticks == sorted(ticks)


@given(st.floats(-20_000, 40_000), st.floats(0, 30_000), st.integers(2, 9))
def test_dates_on_an_axis_are_few_inside_and_in_order(low: float, size: float, count: int) -> None:
    found = plot.dates(low, low + size, count)
    assert 1 <= len(found) <= count + 1
    assert [t for t, _ in found] == sorted({t for t, _ in found})
    assert all(low - 1e-6 <= t <= low + max(size, 1.0) + 1e-6 for t, _ in found)


def _answer(
    name: str, says: str, word: str, share: float | None, low: float = 0.0, high: float = 1.0, **more: str
) -> Answer:
    status = more.get("status", "answered")
    level = {"level": more["level"]} if "level" in more else {}
    return Answer(finding=None, proposition=name, says=says, word=word, status=status, standard="phia", share=share,  # type: ignore[arg-type]
                  low=low, high=high, confidence=level)  # fmt: skip


def test_the_paragraph_says_each_proposition_once_by_where_its_interval_lies() -> None:
    told = str(
        brief(
            [
                _answer("P1", "The doors were open", "highly likely", 0.85, 0.7, 0.95, level="high"),
                _answer("P2", "A guard slept", "unlikely", 0.3, 0.1, 0.4, level="low"),
                _answer("P3", "Somebody paid", "between “unlikely” and “likely”", 0.5, 0.3, 0.7, level="low"),
                _answer("P4", "The king knew", "", None, status="cannot tell"),
                _answer("P5", "<b>It</b> mattered", "", None, status="not assessable"),
            ],
            "7 March 2031",
        )
    )
    plain = re.sub(r"<[^>]+>", "", told)
    assert "The evidence public by 7 March 2031 supports that the doors were open (highly likely, 85\u00a0%)." in plain
    assert "It leaves open whether somebody paid (between “unlikely” and “likely”, 50\u00a0%)." in plain
    assert "It speaks against the statement that a guard slept (unlikely, 30\u00a0%)." in plain
    assert "It cannot tell whether the king knew." in plain
    assert "No data at hand can assess whether &lt;b&gt;It&lt;/b&gt; mattered." in plain
    assert "Analytic confidence is high for P1 and low for P2, P3." in plain
    likely, sure = told.split('<p class="sure">')
    assert "onfidence" not in likely and "%" not in sure, "likelihood and confidence share a sentence"
    assert lint_text(plain, "phia") == ()


def test_no_answer_no_paragraph() -> None:
    assert brief([], "7 March 2031") == ""
