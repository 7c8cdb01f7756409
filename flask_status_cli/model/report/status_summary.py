"""The result that every format shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from flask_status_cli.frozen import frozen
from flask_status_cli.model.condition import OUTAGES, Condition, NoData
from flask_status_cli.model.counts import Counts
from flask_status_cli.model.latency import NOT_LOGGED, Latency
from flask_status_cli.model.log.entries import UNMATCHED, Origin

if TYPE_CHECKING:
    from flask_status_cli.model.deploys import DeploySummary
    from flask_status_cli.model.incident.incidents import Incident, Maintenance
    from flask_status_cli.model.policy import Policy
    from flask_status_cli.model.report.error_budget import ErrorBudget
    from flask_status_cli.model.report.problems import Hint, Problem
    from flask_status_cli.model.report.route_detail import RouteDetail


@frozen
class ReportDays:
    """The calendar days of a report, including both ends, in the zone of the report."""

    days: int
    first: date
    last: date


@frozen
class DataSpan:
    """The data on which the figures of a report are based.

    - `first`, `last`: the oldest and the newest entry of the whole database, without entries in the future.
    - `ingested_at`: the end of the last run without problems. `stale` says that this is too long ago.
    - `entries`, `noise`, `refused`: numbers of lines in the period of the report.
    - `future`: the number of entries later than `now` + 5 minutes, up to `future_until`.
    - `problems`: the problems of the data that a reader must know.
    - `as_of`: the instant at which the present state is judged, `None` without entries.
    - `not_understood`: the time since which nothing in some log was understood, `None` if all logs are.
    - `kept_from`: the instant before which requests were deleted, `None` if none were.
    - `by_app`: the extension counted requests in an app at some time in the period.
    """

    first: datetime | None
    last: datetime | None
    ingested_at: datetime | None
    entries: int
    noise: int
    refused: int
    future: int
    future_until: datetime | None
    stale: bool
    problems: tuple[Problem, ...]
    as_of: datetime | None = None
    not_understood: datetime | None = None
    kept_from: datetime | None = None
    by_app: bool = False


@frozen
class DaySummary:
    """One day square of a route. `availability` is floored text, `None` if there is nothing to judge."""

    date: date
    condition: Condition
    no_data: NoData | None
    counts: Counts
    availability: str | None


@frozen
class RouteSummary:
    """One row of the report: the present state, and the figures of the period.

    - `no_data`: why there is no state.
    - `statuses`: requests by status code, ascending. `days`: one for each day, oldest first.
    - `budget`: the error budget, if the route has an objective. `group`: the name of its group, if any.
    - `shown`: whether the row is shown. The others are summed up in one line.
    - `since`: when the route first failed in its open incident, `None` if it is in none.
    - `latency`: how long its requests took. `slow`: whether this is longer than the policy allows.
    - `joined`: the number of stored routes that the report folds into this row, 0 if it folds none.
      `busiest`: the rule of the one with the most requests, empty if it folds none.
    """

    label: str
    rule: str
    name: str
    doc: str
    origin: Origin
    now: Condition
    no_data: NoData | None
    condition: Condition
    counts: Counts
    availability: str | None
    statuses: Mapping[int, int]
    days: tuple[DaySummary, ...]
    budget: ErrorBudget | None = None
    group: str | None = None
    shown: bool = True
    since: datetime | None = None
    latency: Latency = NOT_LOGGED
    slow: bool = False
    joined: int = 0
    busiest: str = ""


@frozen
class GroupSummary:
    """A group of routes. Its numbers are the sums of its `members`, its states those of the worst member.

    `name` is the blueprint or the prefix. It is empty for the routes of a label that belong to no group.
    """

    label: str
    name: str
    now: Condition
    no_data: NoData | None
    condition: Condition
    counts: Counts
    availability: str | None
    days: tuple[DaySummary, ...]
    members: tuple[RouteSummary, ...]
    latency: Latency = NOT_LOGGED
    slow: bool = False


@frozen
class TotalSummary:
    """The sum of the routes shown, including `<unmatched>`, each judged by its own policy.

    `budget` is the error budget, if there is an objective for all routes. `slow` is always false: only routes
    can be slow.
    """

    now: Condition
    no_data: NoData | None
    condition: Condition
    counts: Counts
    availability: str | None
    statuses: Mapping[int, int]
    budget: ErrorBudget | None = None
    latency: Latency = NOT_LOGGED
    slow: bool = False


@frozen
class RowState:
    """The present state of one row, and when its open incident began, if there is one.

    `successes` is how many of the requests by which it is judged succeeded.
    """

    rule: str
    state: Condition
    since: datetime | None = None
    successes: int = 0


@frozen
class Headline:
    """The number of routes in each state, at the time up to which the log was read.

    `down`, `degraded`, `operational` and `quiet` are numbers of routes, without `<unmatched>`. `stray` is the
    state of `<unmatched>` if it is an outage. `since` is when the first open incident of the rows in the
    worst state began, `None` if none of them is in an open incident. `nothing_works` says that the total is
    in a major outage, and that no request by which a row is judged succeeded.
    """

    down: int = 0
    degraded: int = 0
    operational: int = 0
    quiet: int = 0
    stray: Condition | None = None
    since: datetime | None = None
    nothing_works: bool = False

    @classmethod
    def of(cls, rows: Iterable[RowState], *, total: Condition = Condition.NO_DATA) -> Headline:
        """Return the headline of these rows, which may have any order. `total` is their common state."""
        listed = list(rows)
        states = [row.state for row in listed if row.rule != UNMATCHED]
        stray = {row.state for row in listed if row.rule == UNMATCHED}
        worst = next((state for state in OUTAGES if any(r.state is state for r in listed)), None)
        since = (row.since for row in listed if row.state is worst and row.since is not None)
        return cls(
            down=states.count(Condition.MAJOR_OUTAGE),
            degraded=states.count(Condition.PARTIAL_OUTAGE),
            operational=states.count(Condition.OPERATIONAL),
            quiet=states.count(Condition.NO_DATA),
            stray=next((state for state in OUTAGES if state in stray), None),
            since=min(since, default=None),
            nothing_works=total is Condition.MAJOR_OUTAGE and not any(r.successes for r in listed),
        )

    @property
    def routes(self) -> int:
        """The number of all routes."""
        return self.down + self.degraded + self.operational + self.quiet

    @property
    def worst(self) -> Condition:
        """The worst state of any route, including `<unmatched>`; a major outage if nothing works."""
        if self.nothing_works or self.down or self.stray is Condition.MAJOR_OUTAGE:
            return Condition.MAJOR_OUTAGE
        if self.degraded or self.stray is Condition.PARTIAL_OUTAGE:
            return Condition.PARTIAL_OUTAGE
        return Condition.OPERATIONAL if self.operational else Condition.NO_DATA


@frozen
class StatusSummary:
    """The result that every format shows. Failing routes come first, then busy ones; see `summary.order`.

    - `zone`, `timezone`: the zone of the days and times shown, and its name.
    - `hints`: help to read the figures, for the terminal only.
    - `incidents`: those in the period, newest first. `maintenance`: the windows in the period and later.
    - `deploys`: those in the period and later, the latest first.
    - `details`: if they were asked for, those of the routes with failures, in the order of `routes`.
    - `groups`: the worst first. With groups, `routes` is sorted by group.
    - `headline`: the number of routes in each state.
    - `given`: whether the user chose the instant of the report, which may then be in another year.
    """

    generated_at: datetime
    zone: tzinfo
    timezone: str
    window: ReportDays
    policy: Policy
    data: DataSpan
    total: TotalSummary
    routes: tuple[RouteSummary, ...]
    hints: tuple[Hint, ...] = ()
    incidents: tuple[Incident, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    deploys: tuple[DeploySummary, ...] = ()
    details: tuple[RouteDetail, ...] = ()
    groups: tuple[GroupSummary, ...] = ()
    headline: Headline = Headline()
    given: bool = False
