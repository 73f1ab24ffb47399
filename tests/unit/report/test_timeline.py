from __future__ import annotations

from unfog.report.timeline import MOST, timeline


def mark(day: str, speaker: str, kind: str = "probability", word: str = "likely") -> dict[str, str]:
    return {"date": day, "speaker": speaker, "class": kind, "certainty": word}


def test_a_lane_per_speaker_and_a_shape_per_kind_of_word() -> None:
    drawn = str(timeline([mark("2020-07-16", "Hale"), mark("2020-07-16", "Hale", "absence", "no evidence"),
                          mark("2021-01-02", "Brandt", "confidence", "high confidence")]))  # fmt: skip
    assert drawn.count("<svg") == 2  # a wide and a narrow page
    for told in ("Hale", "Brandt", "likely", "no evidence", "of confidence", "3 dated statements of 2 speakers"):
        assert told in drawn


def test_coarse_dates_and_single_marks_are_no_timeline() -> None:
    assert timeline([]) == timeline([mark("2020", "Hale"), mark("2020-07-16", "Hale")]) == ""


def test_what_is_left_out_is_told() -> None:
    drawn = str(timeline([mark(f"2020-07-{d:02}", f"<b>Speaker {d}</b>") for d in range(1, MOST + 4)]))
    assert "3 speakers with fewest statements are in the table" in drawn
    assert "<b>" not in drawn
