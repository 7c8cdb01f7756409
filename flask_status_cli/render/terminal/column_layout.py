"""How the columns of the table share the width of the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_status_cli.model import Condition, StatusSummary
from flask_status_cli.render.text import latency
from flask_status_cli.render.text.sentences import days_heading
from flask_status_cli.render.text.words import Words, compact

GAP = 2
"""The blanks between columns. Figures in a wide table have more."""

WIDE = 100
"""From this width on: conditions in full, numbers in full, 30 days."""

ROOMY = 120
"""From this width on: headings in full, and more room between figures."""

NARROWEST = 40
"""The table is never narrower than this."""

ROUTE_NEEDS = 16
"""The column of routes keeps this many cells. Days, and then whole columns, are given up for them."""

ROUTE_WANTS = 32
"""The column of routes gets up to this many cells before more than 30 days are shown."""

FEWEST_DAYS = 7
"""A strip shorter than this is left out."""

DAYS_BESIDE, ROUTE_BESIDE = 14, 20
"""Response times are left out where so many days and cells of the routes do not fit beside them."""

GIVEN_UP = ("p95", "days", "failures", "requests")
"""The columns that a narrow table leaves out, in this order."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of `width` cells after `gap` blanks. Figures are aligned at its right."""

    key: str
    heading: str
    width: int
    gap: int = GAP
    right: bool = False

    @property
    def cells(self) -> int:
        """The cells that the column takes."""
        return self.gap + self.width


def number(value: int, width: int, words: Words) -> str:
    """Return a number as a table of this width shows it."""
    return words.grouped(value) if width >= WIDE else compact(value)


def state(condition: Condition, width: int, words: Words) -> str:
    """Return the words of a condition as a table of this width shows them."""
    return words.condition(condition) if width >= WIDE else words.short_condition(condition)


def columns(
    summary: StatusSummary, width: int, *, longest_route: int, words: Words
) -> tuple[Column, ...]:
    """Return the columns of the table, together no wider than `width` (at least `NARROWEST`).

    The routes get the cells that the other columns leave, up to `longest_route`.
    """
    others = _figures(summary, width, words)
    room = width - _sum(others) - 2 * GAP
    days = _days(summary, width, room=room, longest_route=longest_route, words=words)
    took = _p95(summary, width, words)
    if took is not None:
        routes = max(min(longest_route, ROUTE_BESIDE) - ROUTE_NEEDS, 0)
        left = room - took.cells - routes
        fewer = _days(summary, width, room=left, longest_route=longest_route, words=words)
        if fewer.width >= min(days.width, DAYS_BESIDE):
            others, days = [*others, took], fewer
    chosen = [column for column in (*others, days) if column.width]
    for key in GIVEN_UP:
        if width - _sum(chosen) - GAP >= ROUTE_NEEDS:
            break
        chosen = [column for column in chosen if column.key != key]
    route = min(longest_route, width - _sum(chosen) - GAP)
    heading = words.say("column.route")
    chosen.insert(1, Column("route", heading, max(route, len(heading))))
    return tuple(chosen)


def shown_days(chosen: Sequence[Column], days: int) -> int:
    """Return how many of `days` days fit into the strip."""
    return next((min(days, column.width) for column in chosen if column.key == "days"), 0)


def _figures(summary: StatusSummary, width: int, words: Words) -> list[Column]:
    counts = [*(route.counts for route in summary.routes), summary.total.counts]
    roomy = width >= ROOMY
    availability = words.say("column.availability" if roomy else "column.availability.short")
    now = 2 + max(len(state(condition, width, words)) for condition in Condition)
    requests = [number(each.requests, width, words) for each in counts]
    failures = [number(each.failure, width, words) for each in counts]
    return [
        Column("now", words.say("column.now"), now, gap=0),
        _fit("availability", availability, ["99.99%"], gap=GAP),
        _fit("requests", words.say("column.requests"), requests, gap=GAP if roomy else 1),
        _fit("failures", words.say("column.failures"), failures, gap=GAP if roomy else 1),
    ]


def _p95(summary: StatusSummary, width: int, words: Words) -> Column | None:
    """Return the column of response times, `None` where none were logged."""
    if not latency.logged(summary):
        return None
    rows: tuple[latency.Timed, ...] = (*summary.routes, *summary.groups, summary.total)
    cells = [latency.p95(row, words, short=width < ROOMY) for row in rows]
    return _fit("p95", words.say("column.p95"), cells, gap=GAP)


def _fit(key: str, heading: str, cells: Sequence[str], *, gap: int) -> Column:
    return Column(key, heading, max(map(len, (heading, *cells))), gap, right=True)


def _days(
    summary: StatusSummary, width: int, *, room: int, longest_route: int, words: Words
) -> Column:
    """Return the strip: 14 days; in a wide table 30, and more where the routes do not need the room."""
    usual = 30 if width >= WIDE else 14
    spare = room - min(longest_route, ROUTE_WANTS) if width >= WIDE else 0
    days = min(summary.window.days, max(usual, spare), room - ROUTE_NEEDS)
    if days < min(summary.window.days, FEWEST_DAYS):
        return Column("days", "", 0)
    heading = days_heading(days, words)
    return Column("days", heading, max(days, len(heading)))


def _sum(chosen: Sequence[Column]) -> int:
    return sum(column.cells for column in chosen)
