"""The report on a screen: headline, table and footnotes, written as the stream can show them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import TextIO

from rich.console import Console
from rich.text import Text

from flask_status_cli.model import Condition, NoData, StatusSummary
from flask_status_cli.render import words
from flask_status_cli.render.terminal.ink import SQUARE_STYLES, Ink
from flask_status_cli.render.terminal.layout import NARROWEST
from flask_status_cli.render.terminal.table import Table

PIPE_WIDTH = 120
"""The width of what no terminal shows, unless COLUMNS says another."""

LEGEND_GAP = "   "

LINE_LIMIT = 1000
"""No sentence is longer, whatever a log or a path put into it."""


def write(
    summary: StatusSummary,
    stream: TextIO,
    *,
    environment: Mapping[str, str],
    show_all: bool = False,
) -> None:
    """Write the report to a stream; `environment` holds the process's variables.

    The width is `COLUMNS`, else the terminal's, else 120. Colours are only for a terminal, not with
    `NO_COLOR` or `TERM=dumb`. A stream that is not UTF-8 gets ASCII.
    """
    plain = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
    encoding = (stream.encoding or "ascii").lower()
    text = render(
        summary,
        width=_width(stream, environment),
        color=stream.isatty() and not plain,
        ascii_only=not encoding.startswith(("utf-8", "utf8")),
        show_all=show_all,
    )
    stream.write(text)


def render(
    summary: StatusSummary,
    *,
    width: int,
    color: bool,
    ascii_only: bool = False,
    show_all: bool = False,
) -> str:
    """Return the report as lines of at most `width` cells (at least 40), each ended by a newline.

    With `color` styles are ANSI sequences, and there are no others; with `ascii_only` all is ASCII.
    Of more than 40 rows the rest is only counted, unless `show_all`.
    """
    width = max(width, NARROWEST)
    console = Console(
        file=StringIO(),
        width=width,
        color_system="standard" if color else None,
        force_terminal=color,
        no_color=not color,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as captured:
        for line in _lines(summary, width, show_all=show_all, ink=Ink(ascii_only)):
            _print(console, line)
    return captured.get()


def _print(console: Console, text: Text) -> None:
    """Print a text, at the blanks between words broken into lines without a blank at their end."""
    for line in text.wrap(console, console.width) if text.cell_len > console.width else (text,):
        line.rstrip()
        console.print(line, end="\n")


def _width(stream: TextIO, environment: Mapping[str, str]) -> int:
    given = environment.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and 0 < len(given) < 6 and int(given):
        return int(given)
    if not stream.isatty():
        return PIPE_WIDTH
    return os.get_terminal_size(stream.fileno()).columns or 80


def _lines(summary: StatusSummary, width: int, *, show_all: bool, ink: Ink) -> Iterator[Text]:
    yield _headline(summary, ink)
    for problem in summary.data.problems:
        yield ink.text(problem, "yellow", limit=LINE_LIMIT)
    yield Text()
    if summary.routes:
        table = Table.of(summary, width, show_all=show_all, ink=ink)
        yield from table.lines(summary)
        yield Text()
        yield from _legend(table, ink)
    for line in words.footnotes(summary):
        yield ink.text(line, "dim", limit=LINE_LIMIT)
    for hint in summary.hints:
        yield ink.text(hint, limit=LINE_LIMIT)


def _headline(summary: StatusSummary, ink: Ink) -> Text:
    worst = words.worst(summary.routes)
    style = "bold yellow" if words.staleness(summary) else "bold"
    return Text.assemble(
        ink.state(worst), " ", ink.text(words.headline(summary), style, limit=LINE_LIMIT)
    )


def _legend(table: Table, ink: Ink) -> Iterator[Text]:
    """Yield what each square of the table means, and why there is nothing to judge."""
    line = Text()
    for square, meaning, style in _meanings(table):
        shape = ink.square(square).strip()
        entry = Text.assemble((shape, style), " " if shape else "", (meaning, "dim"))
        if line and line.cell_len + len(LEGEND_GAP) + entry.cell_len > table.width:
            yield line
            line = Text()
        line = Text.assemble(line, LEGEND_GAP if line else "", entry)
    if line:
        yield line


def _meanings(table: Table) -> Iterator[tuple[Condition | NoData, str, str]]:
    """Yield every kind of square that the table shows, its meaning and its style."""
    seen = {day.no_data or day.condition for days in table.strips() for day in days}
    seen |= {row.no_data for row in table.rows if row.no_data}
    for state in Condition:
        if state in seen:
            yield state, words.condition(state), SQUARE_STYLES[state]
    for reason in NoData:
        if reason in seen:
            yield reason, words.say(f"legend.{reason.value}"), "dim"
