from __future__ import annotations

import pytest

from unfog.statements import Stance
from unfog.statements.stance import demands_of, recorded_stance, stance_of


@pytest.mark.parametrize(
    ("content", "cue", "expected"),
    [
        ("the accounts were run from abroad", "said", Stance.ASSERTS),
        ("We categorically deny any involvement", "", Stance.DENIES),
        ("any link to the group", "denied", Stance.DENIES),
        ("the claim is nonsense", "said", Stance.DENIES),
        ("nobody until yesterday denied the correctness of the papers", "", Stance.ASSERTS),
        ("that does not mean these stories are false", "said", Stance.ASSERTS),
        ("we have seen no evidence of successful interference", "said", Stance.ABSENCE),
        ("I haven’t seen any evidence of it", "said", Stance.ABSENCE),
        ("we need to see more evidence of what is being talked about", "said", Stance.DEMANDS_EVIDENCE),
        ("If you do say it, then produce the facts", "said", Stance.DEMANDS_EVIDENCE),
        ("The long-overdue report must now be made public", "", Stance.DEMANDS_EVIDENCE),
        ("to comment on the leak", "declined", Stance.REFUSES),
        ("it would be inappropriate to comment further", "said", Stance.REFUSES),
        ("the report will be published before the summer", "said", Stance.PROMISES),
        ("it is an attempt to divert attention from the threat", "said", Stance.DEFLECTS),
        ("calm", "called for", Stance.DEMANDS_ACTION),
        ("Why would anyone do that?", "", Stance.ASKS),
    ],
)
def test_stance(content: str, cue: str, expected: Stance) -> None:
    assert stance_of(content, cue) is expected


def test_a_negated_act_of_the_slot_is_a_denial() -> None:
    assert stance_of("they were not involved", "said", negated_claim=True) is Stance.DENIES


def test_the_words_of_a_log_are_mapped_or_left_alone() -> None:
    assert recorded_stance("attributes, hedged") is Stance.ASSERTS
    assert recorded_stance("no evidence of success") is Stance.ABSENCE
    assert recorded_stance("defends use") is None


def test_what_is_demanded_or_promised() -> None:
    (demand,) = demands_of("the report must be published", Stance.DEMANDS_EVIDENCE)
    assert (demand.what, demand.act) == ("report", "demanded")
    assert demands_of("the report is long", Stance.ASSERTS) == ()
