"""The table of routes, in parts. One row sums up the routes that are not listed. `<unmatched>` comes last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypedDict

from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    OUTAGES,
    UNMATCHED,
    Counts,
    DaySummary,
    GroupSummary,
    NoData,
    RouteSummary,
    StatusSummary,
)
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.render.escape import printable
from flask_status_cli.render.html.condition_icons import LOOKS, ConditionLook
from flask_status_cli.render.html.deploy_marks import Marks
from flask_status_cli.render.html.history_strip import Strip, days
from flask_status_cli.render.html.page_size import FittingDetails
from flask_status_cli.render.text import latency, sentences
from flask_status_cli.render.text.group_rows import with_groups
from flask_status_cli.render.text.words import NO_VALUE, Words

Draw = Callable[[Sequence[DaySummary]], Strip]
"""A function that draws the days of a row."""

ROWS_A_TABLE = 100
"""The rows of one part of the table.

A browser lays out a part when it is scrolled to, so long pages are fast.
"""

LINE_BREAKS = re.compile(r"[ \t\r\n]+")
"""Matches the blanks of docstrings. Other blanks are escaped."""


@frozen
class LatencyInWords:
    """How long the requests of a row took.

    - `p95`: the 95th percentile. `tip`: more percentiles.
    - `slow`: a word if the row is slow, else empty.
    - `order`: a number by which rows are sorted.
    """

    p95: str
    tip: str
    slow: str
    order: int


@frozen
class Row:
    """One row of the table: a route, or a group, whose routes follow it.

    - `detail`: the id of the route's section, `""` if it has none.
    - `look`, `now`: the looks and the words of the present state. `reason`: why there is no data, if the
      words do not say it.
    - `trend`: the class of the condition of the period.
    - `mark`: the id of the marks below the days, `""` if there are none.
    """

    detail: str
    label: str
    name: str
    rule: str
    doc: str
    look: ConditionLook
    now: str
    reason: str
    trend: str
    availability: str
    requests: str
    failures: str
    took: LatencyInWords
    strip: Strip
    mark: str
    group: bool = False


@frozen
class RestRow:
    """The row that sums up the routes that are not listed."""

    title: str
    states: str
    requests: str
    failures: str


@frozen
class Table:
    """One part of the route table, such as the routes of one group.

    - `rest`, `unmatched`: the row for the other routes and the row of `<unmatched>`, after the listed routes.
    - `closed`: whether the part is in the closed section, because its rows are not among the first.
    """

    caption: str
    rows: tuple[Row, ...]
    rest: RestRow | None = None
    unmatched: tuple[Row, ...] = ()
    closed: bool = False


@frozen
class RoutePlaces:
    """The routes by their place on the page: `first`, `last`, in the `closed` section, or only summed up."""

    first: tuple[RouteSummary, ...]
    last: tuple[RouteSummary, ...]
    closed: tuple[RouteSummary, ...]
    rest: tuple[RouteSummary, ...]

    @classmethod
    def of(cls, routes: Sequence[RouteSummary], most: int) -> RoutePlaces:
        """Return the places of the routes.

        At most `most` have rows. `<unmatched>` is last unless it fails now.
        """
        stray = [route for route in routes if _stands_last(route)]
        known = [route for route in routes if not _stands_last(route)]
        rows = known[:most]
        return cls(
            tuple(route for route in rows if route.shown),
            tuple(stray),
            tuple(route for route in rows if not route.shown),
            tuple(known[most:]),
        )

    @property
    def rows(self) -> tuple[RouteSummary, ...]:
        """The routes with rows of their own."""
        return (*self.first, *self.closed, *self.last)


def _stands_last(route: RouteSummary) -> bool:
    return route.rule == UNMATCHED and route.now not in OUTAGES


def tables(
    summary: StatusSummary,
    listed: RoutePlaces,
    places: Mapping[RouteKey, str],
    marks: Marks,
    room: FittingDetails,
) -> Iterator[Table]:
    """Yield the parts of the table in order; none without routes.

    Each group comes before its routes. `places` are the ids of the sections. `marks` are the marks of
    deploys. `room` has the limits of the strips.
    """
    if not summary.routes:
        return
    words = marks.words
    draw = partial(days, words=words, limits=room.limits)

    def row(each: RouteSummary | GroupSummary) -> Row:
        if isinstance(each, GroupSummary):
            return _group(each, words, draw, marks.days(each.label))
        return _row(each, places, words, draw, marks.days(each.label))

    total = len(listed.first) + len(listed.closed)
    rest, unmatched = _rest(listed.rest, words), tuple(row(route) for route in listed.last)
    first = [row(each) for each in with_groups(summary, listed.first)]
    ends = (None if listed.closed else rest, unmatched)
    yield from _parts(first, ends, before=0, total=total, words=words)
    if listed.closed:
        closed = [row(each) for each in with_groups(summary, listed.closed)]
        parts = _parts(closed, (rest, ()), before=len(listed.first), total=total, words=words)
        yield from (replace(part, closed=True) for part in parts)


def _parts(
    rows: Sequence[Row],
    ends: tuple[RestRow | None, tuple[Row, ...]],
    *,
    before: int,
    total: int,
    words: Words,
) -> Iterator[Table]:
    """Yield parts of a hundred rows each. The last part also has the `ends`."""
    for start in range(0, max(len(rows), 1), ROWS_A_TABLE):
        part = tuple(rows[start : start + ROWS_A_TABLE])
        routes = sum(1 for row in part if not row.group)
        caption = _caption(before, routes, total=total, words=words)
        before += routes
        if start + ROWS_A_TABLE < len(rows):
            yield Table(caption, part)
        else:
            yield Table(caption, part, *ends)


def _caption(start: int, rows: int, *, total: int, words: Words) -> str:
    if total <= ROWS_A_TABLE:
        return words.say("page.routes")
    first, last = words.grouped(start + 1), words.grouped(start + rows)
    return words.say("page.part", first=first, last=last)


def _row(
    route: RouteSummary, places: Mapping[RouteKey, str], words: Words, draw: Draw, mark: str
) -> Row:
    return Row(
        detail=places.get((route.label, route.rule), ""),
        label=printable(route.label),
        name=printable(route.name),
        rule=printable(route.rule),
        doc=printable(LINE_BREAKS.sub(" ", route.doc).strip()) or _folded(route, words),
        **_judged(route, words, draw, mark),
    )


def _folded(route: RouteSummary, words: Words) -> str:
    """Return how many routes a row stands for, and the busiest of them; empty if it stands for itself."""
    if not route.joined:
        return ""
    return words.many("page.folded", route.joined, busiest=printable(route.busiest))


def _group(group: GroupSummary, words: Words, draw: Draw, mark: str) -> Row:
    return Row(
        detail="",
        label=printable(group.label),
        name=printable(group.name) or words.say("group.none"),
        rule="",
        doc=words.many("routes", len(group.members)),
        group=True,
        **_judged(group, words, draw, mark),
    )


class _Judged(TypedDict):
    """The fields of a row about the state and the figures of a route or a group."""

    look: ConditionLook
    now: str
    reason: str
    trend: str
    availability: str
    requests: str
    failures: str
    took: LatencyInWords
    strip: Strip
    mark: str


def _judged(row: RouteSummary | GroupSummary, words: Words, draw: Draw, mark: str) -> _Judged:
    return _Judged(
        look=LOOKS[row.now],
        now=words.now(row.now, row.no_data),
        reason=_reason(row.no_data, words),
        trend=LOOKS[row.condition].css,
        availability=row.availability or NO_VALUE,
        requests=words.grouped(row.counts.requests),
        failures=words.grouped(row.counts.failure),
        took=_took(row, words),
        strip=draw(row.days),
        mark=mark,
    )


def _reason(reason: NoData | None, words: Words) -> str:
    return "" if reason in {None, NoData.QUIET} else words.no_data(reason)


def _took(row: RouteSummary | GroupSummary, words: Words) -> LatencyInWords:
    known = row.latency
    return LatencyInWords(
        p95=latency.latency_text(known.p95),
        tip=latency.percentiles(known, words) if known.n else "",
        slow=f"{latency.MARK} {words.say('latency.slow')}" if row.slow else "",
        order=-1 if known.p95 is None else known.p95,
    )


def _rest(routes: Sequence[RouteSummary], words: Words) -> RestRow | None:
    if not routes:
        return None
    counts = sum((route.counts for route in routes), Counts())
    return RestRow(
        title=words.many("page.rest", len(routes)),
        states=sentences.counted_states(routes, words),
        requests=words.grouped(counts.requests),
        failures=words.grouped(counts.failure),
    )
