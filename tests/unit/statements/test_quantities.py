from __future__ import annotations

from unfog.statements.quantities import Estimate, find_quantities, link_quantities


def test_value_unit_and_of() -> None:
    (q,) = find_quantities("some 150,000 fake accounts based in Northland had been used")
    assert (q.value, q.unit, q.qualifier) == (150000, "accounts", "some")
    assert q.of == "fake based in Northland"
    assert q.text == "some 150,000 fake accounts based in Northland"


def test_money_ranges_scales_and_shares() -> None:
    assert [(q.value, q.unit) for q in find_quantities("£500 million a week, 97 cents, 0.6 % of links")] == [
        (5e8, "pounds"),
        (97, "cents"),
        (0.6, "per cent"),
    ]
    (q,) = find_quantities("between 20 and 30-40 accounts")
    assert (q.value, q.high) == (30, 40)


def test_dates_ages_and_bare_numbers_are_no_figures() -> None:
    assert find_quantities("on 23 June 2016 the 27 saw 12, in 2016 elections, aged 45") == ()


ESTIMATES = {
    "E1": Estimate("E1", 156252, "accounts", "Swansea study", "2017-11-15"),
    "E2": Estimate("E2", 156252, "accounts", "Committee", "2018-07", links=("E1",)),
    "E3": Estimate("E3", 49, "accounts", "Bluebird (A. Person)", "2018-02-08"),
}


def linked(text: str, said_on: str, speaker: str) -> list[tuple[str, int | None]]:
    found = link_quantities(find_quantities(text), ESTIMATES, said_on, speaker, text)
    return [(q.origin, q.steps) for q in found]


def test_own_count_is_no_step_away() -> None:
    assert linked("just 49 accounts", "2018-02-08", "A. Person") == [("E3", 0)]


def test_a_rounded_figure_needs_a_word_of_rounding_and_a_date_after_the_study() -> None:
    assert linked("some 150,000 accounts, the Swansea study says", "2017-11-16", "X") == [("E1", 1)]
    assert linked("150,000 accounts", "2017-11-16", "X") == [("", None)]
    assert linked("some 150,000 accounts", "2016-11-16", "X") == [("", None)]


def test_an_unnamed_study_leaves_the_steps_unknown() -> None:
    assert linked("some 150,000 accounts", "2017-11-16", "X") == [("E1", None)]
