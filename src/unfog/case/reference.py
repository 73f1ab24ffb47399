"""Where the cases that ship with unfog lie: in a checkout beside ``src``, in an installed package inside it."""

from __future__ import annotations

from pathlib import Path

from unfog.errors import UsageError

REFERENCE = "uk-trade-leaks-2019"


def shipped_case(name: str = REFERENCE) -> Path:
    """Folder of a case that ships with unfog.

    Raises:
        UsageError: if there is none of that name; lists those that are.
    """
    package = Path(__file__).resolve().parent.parent
    for root in (package / "_cases", package.parent.parent / "cases"):
        if (root / name / "case.toml").is_file():
            return root / name
    roots = [r for r in (package / "_cases", package.parent.parent / "cases") if r.is_dir()]
    known = sorted({p.parent.name for r in roots for p in r.glob("*/case.toml")})
    raise UsageError(f"no case {name!r} ships with unfog; there are {', '.join(known) or 'none'}")
