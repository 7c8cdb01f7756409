"""One route looked at closely: its availability over several spans, its hours, its bad minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_status_cli.model.condition import Condition, NoData
from flask_status_cli.model.counts import Counts


@dataclass(frozen=True, slots=True)
class StretchSummary:
    """A judged stretch of time: it begins at `start`, `end` is exclusive.

    `availability` is floored text, `None` with nothing to judge, of which `no_data` tells the reason.
    """

    start: datetime
    end: datetime
    condition: Condition
    no_data: NoData | None
    counts: Counts
    availability: str | None


@dataclass(frozen=True, slots=True)
class SpanSummary:
    """The last `days` days up to the instant of the report: 1 are the 96 quarters that end with its own."""

    days: int
    condition: Condition
    counts: Counts
    availability: str | None


@dataclass(frozen=True, slots=True)
class DayDetail:
    """A day of the report's zone by its hours, 23 to 25 of them; of today those that have begun."""

    date: date
    hours: tuple[StretchSummary, ...]


@dataclass(frozen=True, slots=True)
class RouteDetail:
    """What a route's own section shows.

    `spans` are 1, 7, 30 and 90 days; `statuses` the window's requests per status code, ascending; `days`
    those of the window that had failures, newest first, the worst of them where there are too many for one
    report; `minutes` the minutes with judged requests of the route's episodes of at most a day in the
    incidents shown, oldest first.
    """

    label: str
    rule: str
    spans: tuple[SpanSummary, ...]
    statuses: Mapping[int, int]
    days: tuple[DayDetail, ...]
    minutes: tuple[StretchSummary, ...]
    paths: tuple[PathFailures, ...] = ()


@dataclass(frozen=True, slots=True)
class PathFailures:
    """What one of the paths behind a route has had: requests by status code, the failed ones among them.

    `path` is as rules write it, its ids folded. `statuses` is ascending.
    """

    path: str
    statuses: Mapping[int, int]
