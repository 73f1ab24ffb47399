"""The statement: who said what, when, how surely, about which claim, and where it stands to be read."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Span = tuple[int, int]
"""[start, end) in code points of the stored text."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Use(StrEnum):
    """How a word of certainty is used; only an asserted one says how sure the speaker is."""

    ASSERTED = "asserted"
    MENTIONED = "mentioned"
    NESTED = "nested"
    NEGATED = "negated"
    AUTHORIAL = "authorial"


class Stance(StrEnum):
    """What the speaker does with the claim.

    ``absence`` ("no evidence of X") is neither an assertion nor a denial of X: it tells what was found, within a scope.
    """

    ASSERTS = "asserts"
    DENIES = "denies"
    ABSENCE = "reports no evidence"
    DEMANDS_EVIDENCE = "demands evidence"
    DEMANDS_ACTION = "demands action"
    PROMISES = "promises"
    REFUSES = "refuses"
    DEFLECTS = "deflects"
    ASKS = "asks"
    OTHER = "other"


class TermUse(_Document):
    """A word of certainty in a statement.

    Attributes:
        term: Entry of the lexicon.
        text: The words as printed.
        cls: probability, confidence, absence, demand, hearsay, belief or hedge.
        span: Where it stands: in the stored text for articles, in ``content`` for recorded statements.
        use: How it is used.
        standard: Yardstick of ``low`` and ``high``.
        low, high: Percentages that the yardstick gives for the term; None where it gives none (confidence, hedges ...).
        bands: The same for every yardstick that has the term.
        note: What must be said with it.
    """

    term: str
    text: str
    cls: str
    span: Span
    use: Use = Use.ASSERTED
    standard: str = ""
    low: float | None = None
    high: float | None = None
    bands: dict[str, tuple[float, float]] = Field(default_factory=dict)
    note: str = ""


class Quantity(_Document):
    """A figure in a statement.

    Attributes:
        value: The number.
        high: Upper end of a range, where one is given.
        unit: What is counted: accounts, tweets, pounds ...
        of: The words that tell which ones.
        text, span: As printed.
        qualifier: some, about, at least, more than, up to ...
        origin: Whose figure it is: an estimate of the log (its id), a study named in the words, or "".
        steps: Hand-overs between that study and this statement; 0 the study itself, None unknown.
        census: Row of the census that the figure belongs to, "" if none.
    """

    value: float
    high: float | None = None
    unit: str = ""
    of: str = ""
    text: str
    span: Span
    qualifier: str = ""
    origin: str = ""
    steps: int | None = None
    census: str = ""


class Speaker(_Document):
    """Who said it.

    Attributes:
        mention: The words that stand for the speaker in the text.
        mention_span: Where they stand.
        name: Full name or name of the organisation; "" if it could not be told. It is never guessed.
        role: Office or function on the day.
        on_behalf_of: Principal of a spokesperson; the spokesperson stays the speaker.
        side: Camp, where the actor file or the log tells it.
        resolution: How the name was found: full name, surname, pronoun, office, epithet, recorded, unresolved ...
    """

    mention: str = ""
    mention_span: Span | None = None
    name: str = ""
    role: str = ""
    on_behalf_of: str = ""
    side: str = ""
    resolution: str = "unresolved"


class Cue(_Document):
    """The words that attribute: said, denied, according to."""

    text: str = ""
    span: Span | None = None


class Demand(_Document):
    """What a statement asks for, or promises.

    Attributes:
        what: evidence, report, publication, inquiry, answer ... (or the id of a declared demand).
        act: demanded or promised.
        of: Who is asked, where told.
    """

    what: str
    act: Literal["demanded", "promised"]
    of: str = ""


class Statement(_Document):
    """One statement, from an article or from a statement log.

    Attributes:
        id: Stable: id of the log, or hash of article and span.
        article: Article it was found in, "" for recorded ones.
        span: Stretches of the content in the stored text; more than one where the cue stands inside.
        speaker, cue, content: Who, with which verb, what.
        kind: direct (all in quotation marks), indirect (none), mixed.
        said_on: ISO date as coarse as it is known; "" if it is not.
        said_on_precision: day, month, year; "period" for words such as "earlier this week".
        certainty: Words of certainty with their use.
        stance: What the speaker does with the claim.
        stance_recorded: As the log's author put it.
        certainty_recorded: Words that the log's author reads as words of certainty, whether a lexicon knows them or
            not.
        propositions: Ids of declared propositions; empty means unmapped.
        scope: Scope within the proposition ("broad spectrum", "successful"); claims are compared within one scope only.
        quantities: Figures.
        demands: What is asked for or promised.
        nested: Who is reported within the statement as having said it, "" if nobody.
        zone: Zone of the article: headline, body ...
        origin: article, record or observation.
        publisher, url, source_id: Where it was printed, and the file it came from.
        tagger: Which tagger found it.
        review: Why a person should look at it; empty if there is no reason.
    """

    id: str
    article: str = ""
    span: tuple[Span, ...] = ()
    speaker: Speaker = Speaker()
    cue: Cue = Cue()
    content: str
    kind: Literal["direct", "indirect", "mixed"] = "direct"
    said_on: str = ""
    said_on_precision: str = ""
    certainty: tuple[TermUse, ...] = ()
    stance: Stance = Stance.OTHER
    stance_recorded: str = ""
    certainty_recorded: tuple[str, ...] = ()
    propositions: tuple[str, ...] = ()
    scope: str = ""
    quantities: tuple[Quantity, ...] = ()
    demands: tuple[Demand, ...] = ()
    nested: str = ""
    zone: str = ""
    origin: Literal["article", "record", "observation"] = "article"
    publisher: str = ""
    url: str = ""
    source_id: str = ""
    tagger: str = ""
    review: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """Name of the speaker, or the words that stand for it, or "unattributed"."""
        return self.speaker.name or self.speaker.mention or "unattributed"
