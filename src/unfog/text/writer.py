"""The sentence writer: no word without its percentage, no percentage without its word.

Research found that only a number *in the sentence* is understood as meant (Wintle et al. 2019, n = 924: 66 % against
32 % correspondence); a legend or tooltip hardly helps. Likelihood and confidence are two sentences, always.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from unfog.text.yardstick import Word, Yardstick


class Wording(BaseModel):
    """A probability in words.

    Attributes:
        standard: Id of the yardstick.
        word: The word at the central value.
        low_word: The word at the lower end of the interval.
        high_word: The word at the upper end.
        between: Whether the central value lies between two bands.
        phrase: What is printed: one word, or two where the interval spans bands.
        percent: Central value as printed.
        interval: Interval as printed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    standard: str
    word: str
    low_word: str
    high_word: str
    between: bool
    phrase: str
    percent: str
    interval: str


def percent_text(percent: float) -> str:
    """A percentage as printed: whole numbers from 1 to 99, one decimal outside, never 0 or 100.

    >>> percent_text(84.4), percent_text(99.62), percent_text(99.99), percent_text(0.01)
    ('84', '99.6', 'more than 99.9', 'less than 0.1')
    """
    if percent > 99.9:
        return "more than 99.9"
    if percent < 0.1:
        return "less than 0.1"
    if percent < 1.0 or percent > 99.0:
        return f"{percent:.1f}"
    return f"{percent:.0f}"


def wording(scale: Yardstick, percent: float, low: float, high: float) -> Wording:
    """Put a probability with its 90 % interval (all in percent) into the words of a standard.

    The words are those of the exact values, never of the rounded ones.
    """
    middle = scale.word_at(percent)
    first, last = scale.span(low, high)
    if first.term == last.term:
        phrase = middle.term
    elif first.form == last.form == "adjective" and not low < 50.0 < high:  # "unlikely to likely" reads as neither
        phrase = f"{first.term} to {last.term}"
    else:
        phrase = f"between “{first.term}” and “{last.term}”"
    return Wording(
        standard=scale.id,
        word=middle.term,
        low_word=first.term,
        high_word=last.term,
        between=middle.between,
        phrase=phrase,
        percent=percent_text(percent),
        interval=f"{percent_text(low)} to {percent_text(high)}",
    )


def likelihood_sentence(scale: Yardstick, says: str, percent: float, low: float, high: float) -> str:
    """One sentence of likelihood about a proposition.

    >>> from unfog.text.yardstick import yardstick
    >>> likelihood_sentence(yardstick("phia"), "The papers are genuine", 84, 81, 88)
    'It is highly likely (84 %; 90 % interval 81 to 88 %) that the papers are genuine.'
    """
    w = wording(scale, percent, low, high)
    numbers = f"({w.percent} %; 90 % interval {w.interval} %"
    numbers += "; between bands, the weaker word is used)" if w.between else ")"
    body = clause(says)
    first, last = scale.span(low, high)
    if first.term != last.term:
        head = "The chance lies" if w.phrase.startswith("between") else "It is"
        return f"{head} {w.phrase} {numbers} that {body}."
    return f"{_frame(scale.word_at(percent))} {numbers} that {body}."


def _frame(word: Word) -> str:
    if word.form == "noun":
        if word.term.startswith("chances"):
            return f"The {word.term}"
        article = "" if word.term.startswith("almost no") else ("an " if word.term[0] in "aeiou" else "a ")
        return f"There is {article}{word.term}"
    if word.form == "adverb":
        return f"It is {word.term} so"
    return f"It is {word.term}"


def clause(says: str) -> str:
    """The statement as a clause: an article or pronoun at its head loses its capital, a name keeps it."""
    says = says.rstrip(". ")
    head, _, rest = says.partition(" ")
    small = {
        "The",
        "A",
        "An",
        "These",
        "Those",
        "This",
        "That",
        "One",
        "Some",
        "No",
        "All",
        "Somebody",
        "Someone",
        "It",
    }
    return f"{head.lower()} {rest}" if head in small else says


def confidence_sentence(level: str, because: str) -> str:
    """One sentence of confidence, without any word or number of likelihood."""
    return f"Analytic confidence is {level}: {because}."
