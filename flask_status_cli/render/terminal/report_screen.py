"""The report on a terminal: headline, table and footnotes, in a form that the stream can show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TextIO

from rich.text import Text

from flask_status_cli.model import StatusSummary
from flask_status_cli.render.terminal import legend
from flask_status_cli.render.terminal.cell_text import CellWriter
from flask_status_cli.render.terminal.column_layout import NARROWEST, WIDE
from flask_status_cli.render.terminal.incidents import latest, opened
from flask_status_cli.render.terminal.report_table import Table
from flask_status_cli.render.terminal.screen import Screen, printed, screen_of
from flask_status_cli.render.text import (
    budgets,
    deploys,
    headline,
    hidden_routes,
    latency,
    sentences,
)
from flask_status_cli.render.text.problems import hints, problems
from flask_status_cli.render.text.words import ENGLISH, Words

FEWEST_ROWS = 5
"""The fewest rows that are shown on a screen with few lines."""

LINE_LIMIT = 1000
"""The longest sentence, in characters. A text from a log in it may be long."""


def write(
    summary: StatusSummary,
    stream: TextIO,
    *,
    environment: Mapping[str, str],
    words: Words = ENGLISH,
) -> None:
    """Write the report to a stream. `environment` has the variables of the process.

    If the report has more lines than the terminal, the headline is written again at the end, where it can be
    seen.
    """
    screen = screen_of(stream, environment)
    text = render(
        summary,
        width=screen.width,
        color=screen.color,
        ascii_only=screen.ascii_only,
        many_colors=screen.many_colors,
        words=words,
    )
    stream.write(text)
    if screen.height is not None and text.count("\n") >= screen.height:
        words = words.ascii() if screen.ascii_only else words
        sentence = headline.headline(summary, words)
        last = _headline(summary, CellWriter(screen.ascii_only), words, sentence)
        stream.write(printed([Text(), last], screen))


def render(  # noqa: PLR0913 - these are the choices of one screen, all but the summary by name
    summary: StatusSummary,
    *,
    width: int,
    color: bool,
    ascii_only: bool = False,
    many_colors: bool = False,
    height: int | None = None,
    words: Words = ENGLISH,
) -> str:
    """Return the report as lines of at most `width` cells (at least 40), each with a newline.

    - `color`: the text has styles as ANSI sequences, and no other sequences. `many_colors`: there are 256
      colors.
    - `ascii_only`: all text is ASCII.
    - `height`: the last rows are left out if the table and the incidents would have more lines than this. The
      notes below are not counted.

    One line sums up the rows that are not shown.
    """
    screen = Screen(max(width, NARROWEST), color, ascii_only, many_colors=many_colors)
    words = words.short() if screen.width < WIDE else words
    words = words.ascii() if ascii_only else words
    ink = CellWriter(ascii_only)
    text = printed(_lines(summary, screen.width, ink=ink, words=words), screen)
    shown = sum(row.shown for row in summary.routes)
    while height is not None and shown > FEWEST_ROWS and (over := text.count("\n") - height) > 0:
        shown = max(shown - over, FEWEST_ROWS)
        fewer = hidden_routes.fewer(summary, shown)
        text = printed(_lines(fewer, screen.width, ink=ink, words=words), screen)
    return text + printed(_notes(summary, ink=ink, words=words), screen)


def _lines(summary: StatusSummary, width: int, *, ink: CellWriter, words: Words) -> Iterator[Text]:
    first = headline.headline(summary, words)
    said = list(problems(summary, words))
    if said and said[0].startswith(first):
        first = said.pop(0)
    yield _headline(summary, ink, words, first)
    if summary.data.stale and summary.data.last is not None:
        yield ink.text(words.say("hint.read_again"), "warning", limit=LINE_LIMIT)
    for problem in said:
        yield ink.text(problem, "warning", limit=LINE_LIMIT)
    yield from opened(summary, ink, words)
    if deployed := deploys.line(summary, words):
        yield ink.text(deployed, limit=LINE_LIMIT)
    yield Text()
    if summary.routes:
        table = Table.of(summary, width, ink=ink, words=words)
        yield from table.lines(summary)
        yield Text()
        yield from legend.lines(table, ink)
    over = list(latest(summary, width, ink=ink, words=words))
    yield from over or ([Text()] if summary.routes else [])


def _notes(summary: StatusSummary, *, ink: CellWriter, words: Words) -> Iterator[Text]:
    """Yield the notes below the table: slow routes, error budgets, footnotes, hints."""
    slow = latency.slow_routes(summary, words)
    if slow:
        yield ink.text(slow, "warning", limit=LINE_LIMIT)
    for line in budgets.lines(summary, words):
        yield ink.text(line, limit=LINE_LIMIT)
    for line in sentences.footnotes(summary, words):
        yield ink.text(line, "dim", limit=LINE_LIMIT)
    for hint in hints(summary, words):
        yield ink.text(hint, limit=LINE_LIMIT)


def _headline(summary: StatusSummary, ink: CellWriter, words: Words, sentence: str) -> Text:
    worst = headline.worst(summary)
    style = "warning" if headline.staleness(summary, words) else "bold"
    return Text.assemble(ink.state(worst), " ", ink.text(sentence, style, limit=LINE_LIMIT))
