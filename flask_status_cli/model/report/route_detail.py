"""One route in detail: its availability over several periods, its hours, and its bad minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flask_status_cli.frozen import frozen
from flask_status_cli.model.condition import Condition, NoData
from flask_status_cli.model.counts import Counts


@frozen
class StretchSummary:
    """A period that was judged, from `start` to `end` (exclusive).

    `availability` is floored text. It is `None` if there is nothing to judge; `no_data` is the reason.
    """

    start: datetime
    end: datetime
    condition: Condition
    no_data: NoData | None
    counts: Counts
    availability: str | None


@frozen
class SpanSummary:
    """The last `days` days before the instant of the report. One day is the last 96 quarters of an hour."""

    days: int
    condition: Condition
    counts: Counts
    availability: str | None


@frozen
class DayDetail:
    """A day in the zone of the report, with its 23 to 25 hours. Today has only the hours that have begun."""

    date: date
    hours: tuple[StretchSummary, ...]


@frozen
class RouteDetail:
    """The data of the detail section of a route.

    - `spans`: the last 1, 7, 30 and 90 days.
    - `statuses`: requests of the period by status code, ascending.
    - `days`: the days with failures, newest first; only the worst ones if there are too many.
    - `minutes`: the minutes with judged requests, oldest first, of the route's episodes in the incidents that
      are shown. Episodes longer than a day are left out.
    - `paths`: the worst paths behind the route, if the route collects several.
    """

    label: str
    rule: str
    spans: tuple[SpanSummary, ...]
    statuses: Mapping[int, int]
    days: tuple[DayDetail, ...]
    minutes: tuple[StretchSummary, ...]
    paths: tuple[PathFailures, ...] = ()


@frozen
class PathFailures:
    """The requests of one path behind a route, by status code (ascending).

    `path` has its ids folded, as in a rule.
    """

    path: str
    statuses: Mapping[int, int]
