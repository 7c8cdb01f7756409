"""The looks of a condition on the page: its color, the shape of its days, and its icon."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Condition
from flask_status_cli.render.text.words import GLYPHS


@frozen
class ConditionLook:
    """The looks of one condition, the `state`.

    - `css`: its class in the style sheet.
    - `center`: the vertical position of its days in a strip. 0 is that of an operational day; positive is
      down.
    - `color`, `sign`: the color and the path (in a box of 16 × 16) of the icon.
    - `glyph`: the sign before the words of the state.
    """

    state: Condition
    css: str
    center: int
    color: str
    sign: str
    glyph: str


def _look(state: Condition, css: str, *, center: int, color: str, sign: str) -> ConditionLook:
    return ConditionLook(state, css, center, color, sign, GLYPHS[state])


LOOKS: Mapping[Condition, ConditionLook] = {
    state: _look(state, css, center=center, color=color, sign=sign)
    for state, css, center, color, sign in (
        (Condition.OPERATIONAL, "o", 0, "#1a7f37", "M4.5 8.5l2.5 2.5 4.5-5.5"),
        (Condition.PARTIAL_OUTAGE, "p", 4, "#9a6700", "M8 4v5m0 2v1.6"),
        (Condition.MAJOR_OUTAGE, "m", -2, "#cf222e", "M5.2 5.2l5.6 5.6m0-5.6l-5.6 5.6"),
        (Condition.NO_DATA, "n", 7, "#59636e", "M4.5 8h7"),
    )
}
"""The looks of every condition, in the order of the legend. The style sheet has a rule for each class."""


def icon(look: ConditionLook) -> str:
    """Return the icon of a condition as a `data:` URL."""
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
        f"<circle cx='8' cy='8' r='8' fill='{look.color}'/>"
        f"<path d='{look.sign}' fill='none' stroke='#fff' stroke-width='2'/></svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe=" =:/'")
