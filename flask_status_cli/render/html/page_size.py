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

SHELL, ROW, RUN, NAMED, FIGURE, SECTION, DAY, EPISODE = 24_500, 503, 8, 19, 16, 700, 490, 450
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
    incidents: Iterable[Incident] = (),
    spent: int = 0,
    a_day: int = 0,
) -> FittingDetails:
    """Return which details fit on a page with these rows.

    `spent` is the size of everything else. `a_day` is the additional size of a day by hours.
    """
    further = max(len(rows) - ROWS, 0)
    room = max(min(PAGE + A_ROW_MORE * further, LONG), A_ROW * len(rows)) - SHELL - spent
    room -= sum(ROW + RUN * _runs(row) + _text(row) + min(len(row.doc), LIMIT) for row in rows)
    failed = [sum(1 for day in row.days if day.counts.failure) for row in rows]
    worst = WORST
    while room < 0 < worst:
        worst -= 1
        room += NAMED * sum(each > worst for each in failed)
    episodes = Counter(
        (each.label, each.rule) for incident in incidents for each in incident.routes
    )
    listed = {
        key: SECTION + _text(row) + EPISODE * episodes[key]
        for row in rows
        for key in [(row.label, row.rule)]
    }
    keys = [key for each in details if (key := (each.label, each.rule)) in listed]
    failing = {(row.label, row.rule) for row in rows if row.now in OUTAGES}
    sections = dict.fromkeys([key for key in keys if key in failing][:ALWAYS], 0)
    room -= sum(listed[key] for key in sections)
    figures = next(
        most
        for most in range(max(failed, default=0), -1, -1)
        if not most or FIGURE * sum(min(each, most) for each in failed) <= room // 2
    )
    room -= FIGURE * sum(min(each, figures) for each in failed)
    for key in keys:
        if key not in sections and len(sections) < MOST and listed[key] <= room:
            sections[key] = 0
            room -= listed[key]
    return FittingDetails(
        _with_days(sections, details, room, DAY + a_day), StripLimits(figures, worst)
    )


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


def _runs(row: RouteSummary) -> int:
    return 1 + sum(day.condition is not after.condition for day, after in pairwise(row.days))


def _text(row: RouteSummary) -> int:
    texts = sum(len(escape(text[:LIMIT])) for text in (row.label, row.name, row.rule))
    return texts + BREAK * (len(breakable(row.rule[:LIMIT])) - 1)
