"""Text for a terminal: printable, measured in cells, in characters that the stream can show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from rich.text import Text

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Condition, DaySummary, NoData
from flask_status_cli.render.escape import ASCII_ELLIPSIS, ELLIPSIS, printable
from flask_status_cli.render.text.words import ASCII_GLYPHS, GLYPHS, NO_VALUE

WORDS: Mapping[Condition, str] = {Condition.MAJOR_OUTAGE: "bold", Condition.NO_DATA: "dim"}
"""The style of the word of a condition, if it has one. Words keep the color of the terminal."""

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
"""The shape of a day, and its shape in ASCII. It shows the state without color."""


@frozen
class Ink:
    """Makes texts, in ASCII if needed."""

    ascii_only: bool

    def text(self, value: str, style: str = "", *, limit: int = 200) -> Text:
        """Return a text, made printable, in one style."""
        return Text(printable(value, limit, ascii_only=self.ascii_only), style, end="")

    def state(self, state: Condition, word: str = "") -> Text:
        """Return the sign of a condition in its color, with a word if given."""
        glyphs = ASCII_GLYPHS if self.ascii_only else GLYPHS
        sign = Text(glyphs[state], f"sign.{state.value}")
        return Text.assemble(sign, " ", (word, WORDS.get(state, ""))) if word else sign

    def cut(self, value: str, width: int, style: str = "") -> Text:
        """Return a text in at most `width` cells. A text that is too long loses its middle."""
        whole = self.text(value)
        if whole.cell_len <= width:
            return Text(whole.plain, style)
        ellipsis = ASCII_ELLIPSIS if self.ascii_only else ELLIPSIS
        room = max(0, width - len(ellipsis))
        plain = printable(value, 10_000, ascii_only=self.ascii_only)
        tail = _taken(reversed(plain), room // 2)[::-1]
        while tail and not cell_len(tail[0]):  # a mark of the letter before it, which is cut off
            tail = tail[1:]
        return Text(_taken(plain, room - cell_len(tail)) + ellipsis + tail, style)

    def strip(self, days: Iterable[DaySummary]) -> Text:
        """Return the days as squares, oldest first."""
        strip = Text()
        for day in days:
            strip.append(self.square(day.no_data or day.condition), f"square.{day.condition.value}")
        return strip

    def square(self, kind: Condition | NoData) -> str:
        """Return the shape of a day."""
        return SQUARES[kind][1 if self.ascii_only else 0]

    def line(self) -> str:
        """Return the character of a horizontal line."""
        return "-" if self.ascii_only else "─"

    def no_value(self) -> str:
        """Return the sign for an availability without anything to judge."""
        return "-" if self.ascii_only else NO_VALUE


def _taken(characters: Iterable[str], cells: int) -> str:
    taken = ""
    for character in characters:
        cells -= cell_len(character)
        if cells < 0:
            break
        taken += character
    return taken
