"""A text as the taggers see it: tokens, quote states, paragraphs, sentences."""

from __future__ import annotations

from dataclasses import dataclass

from unfog.statements.quotes import Quotation, quote
from unfog.statements.tokens import Tokens, paragraphs, sentences, tokenize


@dataclass(slots=True)
class Prepared:
    """A text as the taggers see it."""

    tokens: Tokens
    states: list[int]
    quotations: list[Quotation]
    paras: list[tuple[int, int]]
    sents: list[tuple[int, int]]


def prepare(text: str, skip: set[int] | None = None) -> Prepared:
    """Tokens, quote states, paragraphs and sentences of a text.

    Args:
        text: The stored text.
        skip: Paragraphs that interrupt the running text (captions, related links).
    """
    tokens = tokenize(text)
    paras = paragraphs(tokens)
    states, quotations = quote(tokens, paras, skip)
    return Prepared(tokens, states, quotations, paras, sentences(tokens, states))
