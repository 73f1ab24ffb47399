"""The colours, once: Okabe and Ito's set, which people with any colour vision tell apart, light and dark.

Charts are drawn in the light colours; the style sheet maps each of them to its dark twin, so one drawing serves both.
Source: M. Okabe, K. Ito, "Color Universal Design" (2008), jfly.uni-koeln.de/color. Orange and green are darkened for
the light page until they reach the contrast that WCAG 2.2 asks of graphics (3 : 1).
"""

from __future__ import annotations

INK, MUTED, RULE, PAPER = "#1c2127", "#57606a", "#dcd8ce", "#fffefb"
BLUE, VERMILLION, GREEN, PURPLE, AMBER, SKY, GREY = (
    "#0060a0", "#b84a00", "#00755c", "#a0447c", "#946200", "#3a7ca5", "#6b7078",
)  # fmt: skip

DARK: dict[str, str] = {
    INK: "#e9e6df",
    MUTED: "#a7afb8",
    RULE: "#363d46",
    PAPER: "#14181d",
    BLUE: "#6cb8f0",
    VERMILLION: "#f59a5f",
    GREEN: "#44c9a4",
    PURPLE: "#e39ac5",
    AMBER: "#e8bb4d",
    SKY: "#9bd0ee",
    GREY: "#9aa1a9",
}
"""Light colour -> dark colour."""

SERIES = (BLUE, VERMILLION, GREEN, PURPLE, AMBER, SKY, GREY)
"""Colours of categories, in the order in which they are given out."""

MEASURED, ARGUED, COUNTED, BOUND = BLUE, VERMILLION, GREY, PURPLE
"""One colour per basis of a number; shape and word always say it too."""


def dark_rules(scope: str) -> str:
    """Style rules that turn the charts inside ``scope`` to their dark colours."""
    rules = []
    for light, dark in DARK.items():
        for attribute in ("fill", "stroke"):
            rules.append(f'{scope} svg [{attribute}="{light}"]{{{attribute}:{dark}}}')
    return "\n".join(rules)
