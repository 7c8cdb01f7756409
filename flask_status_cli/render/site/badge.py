"""Badges: the state of a site or a route as a small image, and as data for shields.io."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from html import escape

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Condition, RouteSummary, StatusSummary
from flask_status_cli.render.escape import encodable, printable
from flask_status_cli.render.html.condition_icons import LOOKS
from flask_status_cli.render.text import headline, sentences
from flask_status_cli.render.text.words import Words

MARK = '<svg xmlns="http://www.w3.org/2000/svg" class="flask-status-badge"'
"""The beginning of every badge that flask-status writes. Only files that begin like this are removed."""

LABEL_COLOR = "#24292f"
LABEL_LIMIT = 40
"""The longest name in a badge, in characters."""

HEIGHT, PADDING = 20, 6

SIZE = 11
"""The size of the letters in pixels."""

VERDANA: Mapping[str, float] = {
    letter: width / 1000
    for width, letters in (
        (274, "il'"), (352, "f "), (364, ".,·"), (394, "jt"), (427, "rI"), (454, "/:;-()[]!|\\J"),
        (521, "csz"), (562, "LF"), (597, "eaokvxyPTY{}"), (627, "bdghnpqu0123456789_E"),
        (690, "ABCKRSVXZ"), (750, "HNU"), (780, "DGOQ"), (818, "w<>=+"), (843, "M"), (980, "mW"),
        (1076, "%@—"),
    )
    for letter in letters
}  # fmt: skip
"""The widths of letters in Verdana, in multiples of `SIZE`. With another font, a browser fits the text."""

OTHER, FULL = 0.69, 1.0
"""The widths of other letters, and of full-width letters, in multiples of `SIZE`."""


@frozen
class Badge:
    """The texts of a badge. `detail` is shown when a reader points at the badge."""

    label: str
    message: str
    state: Condition
    detail: str

    def svg(self) -> str:
        """Return the badge as an image that needs no font, no script and no other file."""
        left, right = _width(self.label), _width(self.message)
        spoken = escape(f"{self.label}: {self.message}")
        corner = "a3 3 0 0 0-3 3v14a3 3 0 0 0 3 3"
        return (
            f'{MARK} width="{left + right}" height="{HEIGHT}" role="img" aria-label="{spoken}">'
            f"<title>{escape(self.detail)}</title>"
            f'<path fill="{LABEL_COLOR}" d="M{left} 0h{3 - left}{corner}h{left - 3}z"/>'
            f'<path fill="{LOOKS[self.state].color}" '
            f'd="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{right - 3}z"/>'
            f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="{SIZE}" '
            f'text-anchor="middle" aria-hidden="true">{_text(self.label, 0, left)}'
            f"{_text(self.message, left, right)}</g></svg>\n"
        )

    def endpoint(self) -> str:
        """Return the badge for the `endpoint` of shields.io: one line of JSON in ASCII."""
        document = {
            "schemaVersion": 1,
            "label": encodable(self.label),
            "message": encodable(self.message),
            "color": LOOKS[self.state].color.removeprefix("#"),
        }
        return json.dumps(document) + "\n"


def site_badge(summary: StatusSummary, words: Words, *, title: str) -> Badge:
    """Return the badge of the site: the worst present state of any route."""
    message = _with(headline.in_brief(summary, words), summary.total.availability)
    return Badge(
        label=printable(title, LABEL_LIMIT),
        message=message,
        state=headline.worst(summary),
        detail=_detail(headline.headline(summary, words), summary, words),
    )


def route_badge(route: RouteSummary, summary: StatusSummary, words: Words) -> Badge:
    """Return the badge of one route: its present state."""
    state = words.condition(route.now)
    return Badge(
        label=printable(route.name or route.rule, LABEL_LIMIT),
        message=_with(state, route.availability),
        state=route.now,
        detail=_detail(f"{printable(route.rule)}: {state}", summary, words),
    )


def _with(state: str, availability: str | None) -> str:
    return f"{state} · {availability}" if availability else state


def _detail(state: str, summary: StatusSummary, words: Words) -> str:
    """Return the state, and the period of the availability."""
    return f"{state}. {words.say('column.availability')}: {sentences.window_line(summary, words)}"


def _text(text: str, start: int, width: int) -> str:
    center, length = start + width / 2, width - 2 * PADDING
    return f'<text x="{center:g}" y="14" textLength="{length}">{escape(text)}</text>'


def _width(text: str) -> int:
    return round(sum(map(_cell, text))) + 2 * PADDING


def _cell(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    wide = unicodedata.east_asian_width(letter) in {"W", "F"}
    return SIZE * VERDANA.get(letter, FULL if wide else OTHER)
