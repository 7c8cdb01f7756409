"""The table of a report as lines of text: a heading, one row for each route, and the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from rich.text import Text

from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    DaySummary,
    GroupSummary,
    RouteSummary,
    StatusSummary,
    TotalSummary,
)
from flask_status_cli.render.terminal.cell_text import CellWriter
from flask_status_cli.render.terminal.column_layout import (
    ROOMY,
    Column,
    layout,
    number,
    shown_days,
)
from flask_status_cli.render.terminal.route_cell import (
    MIDDLE,
    distinct_cells,
    label_cell,
    route_cell,
)
from flask_status_cli.render.text import hidden_routes, latency
from flask_status_cli.render.text.group_rows import with_groups
from flask_status_cli.render.text.words import Words

LONGEST_ROUTE = 200
"""The widest column of routes, in cells, even on a wide screen."""

INDENT = "  "
"""The indentation of a route below its group."""

Entry: TypeAlias = RouteSummary | GroupSummary


@frozen
class Table:
    """The rows of a report with its groups, and the columns that fit into `width` cells.

    `left_out` has the headings of the columns that do not fit.
    """

    rows: tuple[Entry, ...]
    columns: tuple[Column, ...]
    left_out: tuple[str, ...]
    width: int
    ink: CellWriter
    words: Words

    @classmethod
    def of(cls, summary: StatusSummary, width: int, *, ink: CellWriter, words: Words) -> Table:
        """Return the table of the shown rows of a summary."""
        rows = tuple(with_groups(summary, (row for row in summary.routes if row.shown)))
        cells = (_entry(row, LONGEST_ROUTE, ink, words) for row in rows)
        longest = max((cell.cell_len for cell in cells), default=0)
        chosen = layout(summary, width, longest_route=longest, words=words)
        return cls(rows, chosen.columns, chosen.left_out, width, ink, words)

    def lines(self, summary: StatusSummary) -> Iterator[Text]:
        """Yield the lines of the table."""
        yield self._line({each.key: Text(each.heading, "dim") for each in self.columns})
        for row, name, days in zip(self.rows, self._names(), self.strips(), strict=True):
            cells = {"route": name, "days": self.ink.strip(days)}
            yield self._line({**self._figures(row), **cells})
        others = hidden_routes.line(summary, self.words)
        if others:
            many = len(hidden_routes.hidden(summary))
            yield self.ink.text(self.words.many("rest.all", many, rest=others), "dim", limit=1000)
        yield Text(self.ink.line() * sum(each.cells for each in self.columns), "dim")
        total = {"route": Text(self.words.say("total"), "bold")}
        yield self._line({**self._figures(summary.total), **total})

    def strips(self) -> Iterator[Sequence[DaySummary]]:
        """Yield the days that are shown in each row, oldest first."""
        for row in self.rows:
            yield row.days[len(row.days) - shown_days(self.columns, len(row.days)) :]

    def _names(self) -> list[Text]:
        width = self._width("route")
        return distinct_cells(
            self.rows, lambda row, part: _entry(row, width, self.ink, self.words, part=part)
        )

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

    def _took(self, row: Entry | TotalSummary) -> Text:
        """Return the 95th percentile of a row."""
        if row.latency.p95 is None:
            return Text(self.ink.no_value(), "dim")
        mark = latency.ASCII_MARK if self.ink.ascii_only else latency.MARK
        text = latency.p95(row, self.words, mark=mark, short=self.width < ROOMY)
        return self.ink.text(text, "warning" if row.slow else "")

    def _width(self, key: str) -> int:
        return next(column.width for column in self.columns if column.key == key)

    def _figures(self, row: Entry | TotalSummary) -> dict[str, Text]:
        failures = row.counts.failure
        return {
            "now": self.ink.state(row.now, self.words.now(row.now, row.no_data)),
            "availability": Text(row.availability or self.ink.no_value(), _weight(row)),
            "requests": Text(number(row.counts.requests, self.width, self.words)),
            "failures": Text(number(failures, self.width, self.words), "" if failures else "dim"),
            "p95": self._took(row),
        }


def _entry(row: Entry, width: int, ink: CellWriter, words: Words, *, part: float = MIDDLE) -> Text:
    """Return the route or the group of a row in at most `width` cells. Routes of a group are indented.

    If a rule is cut, its end gets this `part` of the cells.
    """
    if isinstance(row, GroupSummary):
        return _group(row, width, ink, words)
    if row.group is None:
        return route_cell(row, width, ink, part)
    return Text.assemble(INDENT, route_cell(row, width - len(INDENT), ink, part))


def _group(group: GroupSummary, width: int, ink: CellWriter, words: Words) -> Text:
    name = group.name or words.say("group.none")
    label = label_cell(group.label, name, width, ink)
    return Text.assemble(label, ink.cut(name, width - label.cell_len, "bold"))


def _weight(row: Entry | TotalSummary) -> str:
    """Return the style of an availability. It is colored if the period was not fully operational."""
    return f"figure.{row.condition.value}"
