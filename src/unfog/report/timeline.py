"""The timeline of the ledger: a lane per speaker, a mark per dated statement, shape and colour by the kind of word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from unfog.report import palette as c
from unfog.report.charts import Row, lanes_of, picture
from unfog.report.plot import Canvas, Scale, breadth, day_of, label, legend, time_axis

KINDS = {
    "probability": ("circle", c.BLUE, "a word of probability"),
    "confidence": ("diamond", c.VERMILLION, "of confidence"),
    "absence": ("square", c.PURPLE, "“no evidence”"),
    "": ("triangle", c.GREY, "no word of certainty"),
}
"""Class of the word -> shape, colour, name."""
MOST = 12
"""Speakers that get a lane; those with most statements."""


def timeline(marks: Sequence[Row]) -> Markup:
    """Who said how surely, and when; the word stands beside its mark where there is room.

    Args:
        marks: Rows with date (a day), speaker, certainty (the word) and class. Others are left out.
    """
    data = [
        (
            day_of(str(m["date"])),
            label(m["speaker"], 60),
            str(m.get("class") or ""),
            label(m.get("certainty") or "", 40),
        )
        for m in marks
        if len(str(m.get("date") or "")) == 10 and m.get("speaker")
    ]
    counted = Counter(d[1] for d in data)
    kept = {s for s, _ in sorted(counted.items(), key=lambda x: (-x[1], x[0]))[:MOST]}
    data = sorted({d for d in data if d[1] in kept})
    if len(data) < 2:
        return Markup("")
    speakers = list(dict.fromkeys(d[1] for d in data))
    low, high = data[0][0], data[-1][0]
    room = max(1.0, 0.03 * (high - low))

    def make(width: float, narrow: bool) -> Canvas:
        canvas, left, at = lanes_of(speakers, width, narrow, 44.0 if narrow else 26.0)
        x, y = Scale(low - room, high + room, left, width - 8), dict(zip(speakers, at, strict=True))
        used = [k for k in KINDS if any(d[2] == k for d in data)]
        legend(canvas, [KINDS[k] for k in used], 0, 14)
        for lane in at:
            canvas.line(left, lane, width, lane, opacity=0.8)
        canvas.height -= 16
        time_axis(canvas, x, canvas.height - 22, 26.0)
        for speaker in speakers:
            own = [d for d in data if d[1] == speaker]
            place = [x(d[0]) + 10 * sum(e[0] == d[0] for e in own[:i]) for i, d in enumerate(own)]
            for i, (at_x, (_, _, kind, word)) in enumerate(zip(place, own, strict=True)):
                shape, colour, _ = KINDS.get(kind, KINDS[""])
                canvas.mark(at_x, y[speaker], shape, colour)
                before, after = place[i - 1] if i else left, place[i + 1] if i + 1 < len(own) else width
                if word and at_x + 12 + breadth(word, 11) < after:
                    canvas.text(at_x + 9, y[speaker] - 4, word, colour=c.MUTED, size=11)
                elif word and at_x - 12 - breadth(word, 11) > before:
                    canvas.text(at_x - 9, y[speaker] - 4, word, anchor="end", colour=c.MUTED, size=11)
        return canvas

    left_out = (
        f"; the {len(counted) - MOST} speakers with fewest statements are in the table" if len(counted) > MOST else ""
    )
    return picture(make, f"Lanes: {len(data)} dated statements of {len(speakers)} speakers by kind of word{left_out}.")
