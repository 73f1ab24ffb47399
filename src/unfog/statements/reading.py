"""Text as pages give it: lines that a layout broke are joined again, so that a sentence is one paragraph's."""

from __future__ import annotations

import re

_ENDS = re.compile(r"[.?!:][”\"’')\]]?$")


def unwrapped(text: str) -> str:
    """Join hard-wrapped lines into paragraphs; a text whose lines are paragraphs already comes back as it is.

    A line is joined to the next where it is nearly as long as the usual line and does not end a sentence, or ends with
    a hyphen before a small letter. Form feeds count as line ends. Offsets of statements are those of the joined
    text, which is what is stored.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    filled = sorted(len(line) for line in lines if line.strip())
    if len(filled) < 2 or filled[len(filled) // 2] > 200:
        return text.replace("\f", "\n")
    usual = filled[int(0.9 * (len(filled) - 1))]
    out: list[str] = []
    current = ""
    for line in lines:
        bare = line.strip()
        if not bare:
            if current:
                out.append(current)
            current = ""
            continue
        if current.endswith("-") and bare[0].islower():
            current = current[:-1] + bare
        elif current:
            current += " " + bare
        else:
            current = bare
        if len(line) < 0.6 * usual or (_ENDS.search(bare) and len(line) < 0.85 * usual):
            out.append(current)
            current = ""
    if current:
        out.append(current)
    return "\n\n".join(out)
