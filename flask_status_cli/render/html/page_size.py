"""Limits the size of the page: decides which details fit, the worst routes first.

A page of up to 50 rows may have 60 kB. One of up to 600 rows may have 780 bytes more for each other row, up
to 400 kB, and a longer one 640 bytes for each row. The worst 20 of the routes that
fail now always have a section. Half of the remaining bytes is for the figures of the days, which the tips
show. The rest is for more sections, and then for their days by hours. If even the plain rows are too large,
the labels of their strips name fewer days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise

from flask_status_cli.frozen import frozen
from flask_status_cli.model import OUTAGES, Incident, RouteDetail, RouteSummary
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.render.html.history_strip import WORST, StripLimits
from flask_status_cli.render.html.line_breaks import BREAK, breakable

MOST = 500
"""The largest number of routes with a section."""

ALWAYS = 20
"""The number of routes that fail now, the worst ones, that always have a section."""

PAGE, ROWS, A_ROW_MORE = 60_000, 50, 780
"""The largest size of a page of so many rows in bytes, and what it may have for each further row."""

LONG, A_ROW = 400_000, 640
"""The largest size of a long page in bytes, unless it may have more by its rows: so many bytes for each."""

LIMIT = 200
"""The longest part of a text that is shown, in characters."""

SHELL, ROW, RUN, NAMED, FIGURE, SECTION, DAY, EPISODE = 24_650, 503, 8, 19, 16, 760, 490, 450
"""The estimated sizes of the parts of a page, in bytes.

- `SHELL`: everything except the rows and the sections.
- `ROW`: a row. `RUN`: a run of equal days in it. `NAMED`: a day that its label names. `FIGURE`: the figures
  of a day with failures.
- `SECTION`: a section. `DAY`: a day of it by hours. `EPISODE`: an episode of it by minutes.
"""


@frozen
class FittingDetails:
    """The details that fit on a page.

    `sections` has the number of days that each section shows by hours. `limits` are those of the strips of
    days.
    """

    sections: Mapping[RouteKey, int]
    limits: StripLimits


def fitting_details(
    rows: Sequence[RouteSummary],
    details: Sequence[RouteDetail],
    *,
    incidents: Iterable[Incident],
    spent: int,
    a_day: int,
) -> FittingDetails:
    """Return which details fit on a page with these rows.

    `spent` is the size of everything else. `a_day` is the additional size of a day by hours.
    """
    failed = [sum(1 for day in row.days if day.counts.failure) for row in rows]
    room = _allowed(len(rows)) - SHELL - spent - sum(map(_row_size, rows))
    named = WORST
    while room < 0 < named:
        named -= 1
        room += NAMED * sum(each > named for each in failed)
    sizes = _section_sizes(rows, incidents)
    keys = [key for each in details if (key := (each.label, each.rule)) in sizes]
    failing = {(row.label, row.rule) for row in rows if row.now in OUTAGES}
    sections = dict.fromkeys([key for key in keys if key in failing][:ALWAYS], 0)
    room -= sum(sizes[key] for key in sections)
    figures = max(failed, default=0)
    while figures and _figures_size(failed, figures) > room // 2:
        figures -= 1
    room -= _figures_size(failed, figures)
    for key in keys:
        if key not in sections and len(sections) < MOST and sizes[key] <= room:
            sections[key] = 0
            room -= sizes[key]
    days = _with_days(sections, details, room, DAY + a_day)
    return FittingDetails(days, StripLimits(figures, named))


def _allowed(rows: int) -> int:
    """Return the largest size of a page with so many rows."""
    return max(min(PAGE + A_ROW_MORE * max(rows - ROWS, 0), LONG), A_ROW * rows)


def _row_size(row: RouteSummary) -> int:
    """Return the size of a row without the days that its label names, and without their figures."""
    runs = 1 + sum(day.condition is not after.condition for day, after in pairwise(row.days))
    return ROW + RUN * runs + _text_size(row) + min(len(row.doc), LIMIT)


def _text_size(row: RouteSummary) -> int:
    texts = sum(len(escape(text[:LIMIT])) for text in (row.label, row.name, row.rule))
    return texts + BREAK * (len(breakable(row.rule[:LIMIT])) - 1)


def _section_sizes(
    rows: Iterable[RouteSummary], incidents: Iterable[Incident]
) -> dict[RouteKey, int]:
    """Return the size of the section of each row, without its days by hours."""
    episodes = Counter(
        (each.label, each.rule) for incident in incidents for each in incident.routes
    )
    sizes = {}
    for row in rows:
        key = row.label, row.rule
        sizes[key] = SECTION + _text_size(row) + EPISODE * episodes[key]
    return sizes


def _figures_size(failed: Iterable[int], most: int) -> int:
    """Return the size of the figures if at most so many of each row's failed days have them."""
    return FIGURE * sum(min(days, most) for days in failed)


def _with_days(
    sections: Mapping[RouteKey, int], details: Sequence[RouteDetail], room: int, a_day: int
) -> dict[RouteKey, int]:
    """Return how many days each section shows by hours: as many as fit, the worst routes first."""
    found = dict(sections)
    for detail in details:
        key = (detail.label, detail.rule)
        if key in found:
            found[key] = max(min(len(detail.days), room // a_day), 0)
            room -= a_day * found[key]
    return found
