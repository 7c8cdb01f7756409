"""Makes text for a terminal: printable, of a width in cells, in characters that the stream can show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from rich.text import Text

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Condition, DaySummary, NoData
from flask_status_cli.render.escape import ASCII_ELLIPSIS, ELLIPSIS, printable
from flask_status_cli.render.text.words import ASCII_GLYPHS, GLYPHS, NO_VALUE

WORDS: Mapping[Condition, str] = {Condition.MAJOR_OUTAGE: "bold", Condition.NO_DATA: "dim"}
"""The style of the words of a condition, if it has one. Words keep the color of the terminal."""

SQUARES: Mapping[Condition | NoData, tuple[str, str]] = {
    Condition.OPERATIONAL: ("▇", "="),
    Condition.PARTIAL_OUTAGE: ("▄", "!"),
    Condition.MAJOR_OUTAGE: ("✕", "X"),
    Condition.NO_DATA: ("·", "."),
    NoData.NO_TRAFFIC: ("·", "."),
    NoData.NOT_READ: ("?", "?"),
    NoData.QUIET: ("·", "."),
    NoData.IGNORED: ("·", "."),
    NoData.NOT_KEPT: (" ", " "),
    NoData.BEFORE_FIRST: (" ", " "),
}
"""The character of a day in a strip, and the same in ASCII. It shows the state without color."""


_CUT_AT_START = re.compile(r"\A[^</>]*>(?=/.)")
_CUT_AT_END = re.compile(r"(?<=./)<[^</>]*\Z")
"""A piece of a variable at the place where a rule is cut: `:id>` or `<int`."""


@frozen
class CellWriter:
    """Makes texts for one stream, in ASCII if it can show nothing else."""

    ascii_only: bool

    def text(self, value: str, style: str = "", *, limit: int = 200) -> Text:
        """Return a value as printable text in one style."""
        return Text(printable(value, limit, ascii_only=self.ascii_only), style, end="")

    def state(self, state: Condition, word: str = "") -> Text:
        """Return the sign of a condition in its color, and `word` after it."""
        glyphs = ASCII_GLYPHS if self.ascii_only else GLYPHS
        sign = Text(glyphs[state], f"sign.{state.value}")
        return Text.assemble(sign, " ", (word, WORDS.get(state, ""))) if word else sign

    def cut(self, value: str, width: int, style: str = "", *, part: float = 0.5) -> Text:
        """Return a value as text of at most `width` cells. The middle of a longer text is left out.

        The end of the text gets this `part` of the cells. A variable is left out as a whole if there is room
        for more than it.
        """
        whole = self.text(value)
        if whole.cell_len <= width:
            return Text(whole.plain, style)
        ellipsis = ASCII_ELLIPSIS if self.ascii_only else ELLIPSIS
        room = max(0, width - len(ellipsis))
        plain = printable(value, 10_000, ascii_only=self.ascii_only)
        tail = _taken(reversed(plain), int(room * part))[::-1]
        tail = _CUT_AT_START.sub("", tail)
        while tail and not cell_len(tail[0]):  # a combining mark whose letter is left out
            tail = tail[1:]
        head = _taken(plain, room - cell_len(tail))
        return Text(_CUT_AT_END.sub("", head) + ellipsis + tail, style)

    def strip(self, days: Iterable[DaySummary]) -> Text:
        """Return the strip of these days: one character for each, in the given order."""
        strip = Text()
        for day in days:
            strip.append(self.square(day.no_data or day.condition), f"square.{day.condition.value}")
        return strip

    def square(self, kind: Condition | NoData) -> str:
        """Return the character of a day in a strip."""
        return SQUARES[kind][1 if self.ascii_only else 0]

    def line(self) -> str:
        """Return the character of a horizontal line."""
        return "-" if self.ascii_only else "─"

    def no_value(self) -> str:
        """Return the sign for a missing value."""
        return "-" if self.ascii_only else NO_VALUE


def _taken(characters: Iterable[str], cells: int) -> str:
    taken = ""
    for character in characters:
        cells -= cell_len(character)
        if cells < 0:
            break
        taken += character
    return taken
