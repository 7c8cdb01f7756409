"""Divides the width of the terminal among the columns of the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Condition, StatusSummary
from flask_status_cli.render.text import latency
from flask_status_cli.render.text.sentences import days_heading
from flask_status_cli.render.text.words import Words, compact

GAP = 2
"""The blanks between columns. Figures in a wide table have more."""

WIDE = 100
"""From this width on, conditions and numbers are written in full, and up to 30 days are shown."""

ROOMY = 120
"""From this width on, headings are written in full, with more room between figures."""

NARROWEST = 40
"""The table is never narrower than this."""

ROUTE_NEEDS = 16
"""The least cells of the column of routes. If there are fewer, days are left out, then whole columns."""

ROUTE_WANTS = 32
"""The column of routes gets up to this many cells before more than 30 days are shown.

In a table of less than `ROOMY` cells it gets them before more than 14 days are shown.
"""

USUAL_DAYS, WIDE_DAYS = 14, 30
"""The days of a strip in a narrow and in a wide table.

A wide table shows fewer days, down to `USUAL_DAYS`, before it leaves out a column.
"""

ROUTE_BESIDE = 20
"""A column of figures is left out if the column of routes would get fewer cells than this."""

LEFT_OUT: Mapping[str, int] = {
    "requests": ROUTE_BESIDE,
    "failures": ROUTE_BESIDE,
    "p95": ROUTE_BESIDE,
    "days": ROUTE_NEEDS,
}
"""The columns that a narrow table leaves out, in this order.

Each is left out if the column of routes would get fewer cells than the number.
"""


@frozen
class Column:
    """A column of `width` cells after `gap` blanks.

    With `right`, its cells are aligned at the right. The column of strips shows so many `days`; its heading
    may be wider.
    """

    key: str
    heading: str
    width: int
    gap: int = GAP
    right: bool = False
    days: int = 0

    @property
    def cells(self) -> int:
        """The cells of the column, with the gap before it."""
        return self.gap + self.width


@frozen
class Layout:
    """The columns of a table, and the headings of the columns that are left out."""

    columns: tuple[Column, ...]
    left_out: tuple[str, ...] = ()


def number(value: int, width: int, words: Words) -> str:
    """Return a number as a table of this width shows it, in full or shortened."""
    return words.grouped(value) if width >= WIDE else compact(value)


def layout(summary: StatusSummary, width: int, *, longest_route: int, words: Words) -> Layout:
    """Return the columns of the table. Together they are at most `width` cells wide (at least `NARROWEST`).

    The column of routes gets all remaining cells, up to `longest_route`.
    """
    strip = _strip(summary, min(_begun(summary), USUAL_DAYS), words)
    every = chosen = [*_figures(summary, width, words), strip]
    for key, cells in LEFT_OUT.items():
        needs = min(longest_route, ROUTE_NEEDS if width >= WIDE and not _timed(chosen) else cells)
        if _left(chosen, width) >= needs:
            break
        chosen = [column for column in chosen if column.key != key]
    left_out = tuple(each.heading for each in every if each not in chosen)
    if strip in chosen and width >= WIDE:
        chosen[-1] = _more_days(summary, chosen, width, longest_route, words)
    route = min(longest_route, _left(chosen, width))
    heading = words.say("column.route")
    chosen.insert(1, Column("route", heading, max(route, len(heading))))
    return Layout(tuple(chosen), left_out)


def shown_days(chosen: Sequence[Column], days: int) -> int:
    """Return how many of `days` days the column of strips can show."""
    return min(days, max(column.days for column in chosen))


def _figures(summary: StatusSummary, width: int, words: Words) -> list[Column]:
    counts = [*(route.counts for route in summary.routes), summary.total.counts]
    roomy = width >= ROOMY
    availability = words.say("column.availability" if roomy else "column.availability.short")
    now = 2 + max(len(words.condition(condition)) for condition in Condition)
    requests = [number(each.requests, width, words) for each in counts]
    failures = [number(each.failure, width, words) for each in counts]
    return [
        Column("now", words.say("column.now"), now, gap=0),
        _fit("availability", availability, ["99.99%"], gap=GAP),
        _fit("requests", words.say("column.requests"), requests, gap=GAP if roomy else 1),
        _fit("failures", words.say("column.failures"), failures, gap=GAP if roomy else 1),
        *_p95(summary, width, words),
    ]


def _p95(summary: StatusSummary, width: int, words: Words) -> Iterator[Column]:
    """Yield the column of response times if any were logged."""
    if latency.any_duration(summary):
        rows: tuple[latency.RowWithLatency, ...] = (*summary.routes, *summary.groups, summary.total)
        cells = [latency.p95(row, words, short=width < ROOMY) for row in rows]
        yield _fit("p95", words.say("column.p95"), cells, gap=GAP)


def _timed(chosen: Sequence[Column]) -> bool:
    return any(column.key == "p95" for column in chosen)


def _fit(key: str, heading: str, cells: Sequence[str], *, gap: int) -> Column:
    return Column(key, heading, max(map(len, (heading, *cells))), gap, right=True)


def _strip(summary: StatusSummary, days: int, words: Words) -> Column:
    heading = days_heading(summary, days, words)
    return Column("days", heading, max(days, len(heading)), days=days)


def _begun(summary: StatusSummary) -> int:
    """Return the number of days of the period from the first entry on; all of them without entries.

    The days before are blank, and the routes can use their cells.
    """
    if summary.data.first is None:
        return summary.window.days
    first = summary.data.first.astimezone(summary.zone).date()
    return max(min(summary.window.days, (summary.window.last - first).days + 1), 1)


def _more_days(
    summary: StatusSummary, chosen: Sequence[Column], width: int, longest_route: int, words: Words
) -> Column:
    """Return the column of strips of a wide table.

    It has 30 days, or more if the routes do not need the cells. Below `ROOMY` cells the routes come first: a
    rule that is cut to 20 cells does not say which page it is.
    """
    room = _left(chosen[:-1], width) - GAP
    wants = min(longest_route, ROUTE_WANTS)
    needs = ROUTE_BESIDE if _timed(chosen) else ROUTE_NEEDS
    wanted = max(WIDE_DAYS, room - wants)
    left = room - (needs if width >= ROOMY else wants)
    days = min(_begun(summary), wanted, max(left, USUAL_DAYS))
    return _strip(summary, days, words)


def _left(chosen: Sequence[Column], width: int) -> int:
    """Return the cells that remain for the routes beside these columns."""
    return width - sum(column.cells for column in chosen) - GAP
