"""How each kind of finding is drawn. A kind without its own drawing gets a plain and complete one."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from unfog.model import Finding
from unfog.report.data import generic
from unfog.report.kinds import accounts, campaigns, coordination, judgement, spread, statements

Draw = Callable[[Finding], Markup]

DRAW: dict[tuple[str, str], Draw] = {
    **{("spread", kind): draw for kind, draw in spread.KINDS.items()},
    **{("accounts", kind): draw for kind, draw in accounts.KINDS.items()},
    **{("coordination", kind): draw for kind, draw in coordination.KINDS.items()},
    **{("statements", kind): draw for kind, draw in statements.KINDS.items()},
    **{("campaigns", kind): draw for kind, draw in campaigns.KINDS.items()},
    **{("judgement", kind): draw for kind, draw in judgement.KINDS.items()},
}
"""(room, kind) -> drawing."""


def body(finding: Finding) -> Markup:
    """The drawing of one finding: its chart and tables, without sentence and proof.

    Data whose shape the drawing does not know (another version of a room wrote it) is shown plainly and whole; nothing
    is hidden and nothing breaks.
    """
    plain = generic(finding.data, finding.kind.replace("-", " "))
    draw = DRAW.get((finding.room, finding.kind))
    if draw is None:
        return plain
    try:
        return draw(finding) or plain
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return plain


__all__ = ["DRAW", "Draw", "body"]
