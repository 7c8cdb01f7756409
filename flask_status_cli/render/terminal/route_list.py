"""The list of routes as a table. On a terminal it fits the screen. In a pipe nothing is cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TextIO

from rich.text import Text

from flask_status_cli.model import ListedRoute
from flask_status_cli.render.commands.routes import marks
from flask_status_cli.render.terminal.cell_text import CellWriter
from flask_status_cli.render.terminal.route_cell import distinct_cells, route_cell
from flask_status_cli.render.terminal.screen import Screen, printed, screen_of
from flask_status_cli.render.text.words import ENGLISH, Words

GAP = "  "

WIDE = 100
"""From this width on, times are shown to the minute. In a narrower list only the day is shown."""

LONGEST_ROUTE = 10_000
"""The widest column of routes, in cells, even in a pipe."""

NARROWEST_ROUTE = 16

NARROW = 80
"""In a list narrower than this, the time of the first request is left out."""

HEADINGS = ("origin", "first_seen", "last_seen", "requests")
"""The keys of the columns after the routes."""

Cells = tuple[Text, ...]


def write_routes(
    listed: Sequence[ListedRoute],
    stream: TextIO,
    *,
    environment: Mapping[str, str],
    words: Words = ENGLISH,
) -> None:
    """Write the list to a stream, in a form that the stream can show."""
    screen = screen_of(stream, environment)
    fitted = stream.isatty() or "COLUMNS" in environment
    stream.write(render_routes(listed, screen, fitted=fitted, words=words))


def render_routes(
    listed: Sequence[ListedRoute], screen: Screen, *, fitted: bool, words: Words = ENGLISH
) -> str:
    """Return the list as lines. With `fitted` the routes are cut so that they fit the screen."""
    ink = CellWriter(screen.ascii_only)
    words = words.ascii() if screen.ascii_only else words
    wide = screen.width >= WIDE or not fitted
    figures = [_figures(each, ink, words, wide=wide) for each in listed]
    top = tuple(Text(words.say(f"column.{key}"), "dim") for key in HEADINGS)
    if fitted and screen.width < NARROW:
        top, *figures = ((origin, *rest) for origin, _, *rest in (top, *figures))
    widths = [max(cell.cell_len for cell in column) for column in zip(top, *figures, strict=True)]
    room = LONGEST_ROUTE
    if fitted:
        room = max(NARROWEST_ROUTE, screen.width - sum(widths) - len(GAP) * len(widths))
    names = distinct_cells(listed, lambda each, part: route_cell(each.route, room, ink, part))
    first = Text(words.say("column.route"), "dim")
    widest = max((name.cell_len for name in (first, *names)), default=0)
    lines = _lines([first, *names], [top, *figures], [widest, *widths])
    whole = replace(screen, width=2 * LONGEST_ROUTE)
    return printed(lines, screen if fitted else whole)


def _figures(listed: ListedRoute, ink: CellWriter, words: Words, *, wide: bool) -> Cells:
    return (
        Text(", ".join(marks(listed.route, words))),
        _seen(listed.first, ink, wide=wide),
        _seen(listed.last, ink, wide=wide),
        Text(words.grouped(listed.requests)),
    )


def _seen(moment: datetime | None, ink: CellWriter, *, wide: bool) -> Text:
    if moment is None:
        return Text(ink.no_value())
    return Text(f"{moment:%Y-%m-%d %H:%M}" if wide else f"{moment:%Y-%m-%d}")


def _lines(
    names: Sequence[Text], figures: Sequence[Cells], widths: Sequence[int]
) -> Iterator[Text]:
    """Yield a line for each route. The last column has numbers, which are aligned at the right."""
    for name, cells in zip(names, figures, strict=True):
        line = Text()
        for cell, width in zip((name, *cells[:-1]), widths, strict=False):
            line.append_text(cell)
            line.append(" " * (width - cell.cell_len) + GAP)
        line.append(" " * (widths[-1] - cells[-1].cell_len))
        line.append_text(cells[-1])
        yield line
