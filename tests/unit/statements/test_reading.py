from __future__ import annotations

from unfog.statements import unwrapped


def test_hard_wrapped_lines_become_paragraphs() -> None:
    text = (
        "The minister said on Thursday that the harbour would\nstay closed for the whole of the win-\nter.\n"
        "The crews went home, and nobody was seen in the port\nuntil the evening."
    )
    assert unwrapped(text) == (
        "The minister said on Thursday that the harbour would stay closed for the whole of the winter.\n\n"
        "The crews went home, and nobody was seen in the port until the evening."
    )


def test_lines_that_are_paragraphs_stay() -> None:
    text = "\n\n".join("word " * 60 for _ in range(6))
    assert unwrapped(text) == text
