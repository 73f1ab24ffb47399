from __future__ import annotations

from unfog.statements import Slot
from unfog.statements.propositions import map_statement

WIDE = Slot(proposition="P", needs=(("northland*",), ("interfer*", "meddl*")), act=("interfer*",))
NARROW = Slot(proposition="P", scope="broad", needs=(("northland*",), ("interfer*",), ("broad spectrum", "full-scale")))
OTHER_YEAR = Slot(proposition="Q", needs=(("northland*",), ("poison*",)), said_to="2018-12-31")


def test_the_narrower_scope_wins() -> None:
    found = map_statement((WIDE, NARROW), "s", "no evidence of full-scale interference by Northland", "2020-01-01")
    assert (found.propositions, found.scope) == (("P",), "broad")


def test_what_fits_no_slot_is_unmapped() -> None:
    assert map_statement((WIDE, NARROW), "s", "the weather in Northland is fine", "2020-01-01").propositions == ()


def test_a_period_and_a_hand_mapping() -> None:
    assert map_statement((OTHER_YEAR,), "s", "Northland poisoned him", "2018-03-12").propositions == ("Q",)
    assert map_statement((OTHER_YEAR,), "s", "Northland poisoned him", "2020-03-12").propositions == ()
    by_hand = Slot(proposition="Q", ids=("s9",))
    assert map_statement((by_hand,), "s9", "it was them", "2020-03-12").propositions == ("Q",)


def test_negation_of_the_act() -> None:
    assert map_statement((WIDE,), "s", "Northland did not interfere", "2020-01-01").negated
    assert not map_statement((WIDE,), "s", "Northland did interfere", "2020-01-01").negated
    assert not map_statement(
        (WIDE,), "s", "no wonder that after all those years in power Northland does interfere", ""
    ).negated


def test_curly_apostrophes_and_case_do_not_matter() -> None:
    slot = Slot(proposition="P", needs=(("northland's",),))
    assert map_statement((slot,), "s", "NORTHLAND’S ships", "2020").propositions == ("P",)
