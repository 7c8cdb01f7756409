"""The table of a report as lines of text: a heading, a row a route, and the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.text import Text

from flask_status_cli.model import (
    UNMATCHED,
    Condition,
    DaySummary,
    RouteSummary,
    StatusSummary,
    TotalSummary,
)
from flask_status_cli.render import sentences
from flask_status_cli.render.terminal.ink import STYLES, Ink
from flask_status_cli.render.terminal.layout import Column, columns, number, shown_days, state
from flask_status_cli.render.terminal.who import who
from flask_status_cli.render.words import Words

MAX_ROWS = 40
"""How many rows are shown unless all are asked for."""

LONGEST_ROUTE = 200
"""No route is wider, however wide the screen."""

Rows: TypeAlias = tuple[RouteSummary, ...]


def split(routes: Rows, *, show_all: bool) -> tuple[Rows, Rows]:
    """Return the rows to show and the others: all, or 40 with `<unmatched>` as the last of them."""
    if show_all or len(routes) <= MAX_ROWS:
        return routes, ()
    known = tuple(route for route in routes if route.rule != UNMATCHED)
    stray = tuple(route for route in routes if route.rule == UNMATCHED)[:MAX_ROWS]
    room = MAX_ROWS - len(stray)
    return known[:room] + stray, known[room:]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a report, and the columns that a screen of `width` cells has for them."""

    rows: Rows
    hidden: Rows
    columns: tuple[Column, ...]
    width: int
    ink: Ink
    words: Words

    @classmethod
    def of(
        cls, summary: StatusSummary, width: int, *, show_all: bool, ink: Ink, words: Words
    ) -> Table:
        """Return the table of a summary."""
        rows, hidden = split(summary.routes, show_all=show_all)
        longest = max((who(row, LONGEST_ROUTE, ink).cell_len for row in rows), default=0)
        chosen = columns(summary, width, longest_route=longest, words=words)
        return cls(rows, hidden, chosen, width, ink, words)

    def lines(self, summary: StatusSummary) -> Iterator[Text]:
        """Yield the lines, none wider than the table."""
        yield self._line({each.key: Text(each.heading, "dim") for each in self.columns})
        for row, days in zip(self.rows, self.strips(), strict=True):
            cells = {
                "route": who(row, self._width("route"), self.ink),
                "days": self.ink.strip(days),
            }
            yield self._line({**self._figures(row), **cells})
        if self.hidden:
            states = sentences.counted_states(self.hidden, self.words)
            more = self.words.many("more", len(self.hidden), states=states)
            yield self.ink.text(more, "dim")
        yield Text(self.ink.line() * sum(each.cells for each in self.columns), "dim")
        total = {"route": Text(self.words.say("total"), "bold")}
        yield self._line({**self._figures(summary.total), **total})

    def strips(self) -> Iterator[Sequence[DaySummary]]:
        """Yield the days that each row has room for, oldest first."""
        for row in self.rows:
            yield row.days[len(row.days) - shown_days(self.columns, len(row.days)) :]

    def _line(self, cells: Mapping[str, Text]) -> Text:
        line = Text()
        for column in self.columns:
            cell = cells.get(column.key, Text())
            pad = " " * (column.width - cell.cell_len)
            line.append(" " * column.gap + (pad if column.right else ""))
            line.append_text(cell)
            line.append("" if column.right else pad)
        line.rstrip()
        return line

    def _width(self, key: str) -> int:
        return next(column.width for column in self.columns if column.key == key)

    def _figures(self, row: RouteSummary | TotalSummary) -> dict[str, Text]:
        failures = row.counts.failure
        return {
            "now": self.ink.state(row.now, state(row.now, self.width, self.words)),
            "availability": Text(row.availability or self.ink.no_value(), _weight(row)),
            "requests": Text(number(row.counts.requests, self.width, self.words)),
            "failures": Text(number(failures, self.width, self.words), "" if failures else "dim"),
        }


def _weight(row: RouteSummary | TotalSummary) -> str:
    """Return the style of an availability: coloured where the window was not fully operational."""
    return "" if row.condition is Condition.OPERATIONAL else STYLES[row.condition]
