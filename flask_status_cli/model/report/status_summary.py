"""The result that every medium shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from flask_status_cli.model.condition import Condition, NoData
from flask_status_cli.model.counts import Counts
from flask_status_cli.model.log.entries import UNMATCHED, Origin

if TYPE_CHECKING:
    from flask_status_cli.model.incident.incidents import Incident, Maintenance
    from flask_status_cli.model.policy import Policy
    from flask_status_cli.model.report.error_budget import ErrorBudget
    from flask_status_cli.model.report.problems import Hint, Problem
    from flask_status_cli.model.report.route_detail import RouteDetail


@dataclass(frozen=True, slots=True)
class Window:
    """The calendar days of a report, both ends included, in the report's zone."""

    days: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DataSpan:
    """What the figures of a report rest on.

    `first` and `last` are the oldest and the newest entry of the whole database (the newest not from the
    future), `ingested_at` the end of the last run without problems; `entries`, `noise` and `refused` are
    the window's; `future` entries lie later than `now` + 5 minutes, up to `future_until`; `stale` says
    that the log has not been read lately; `problems` are for people to know. `as_of` is the instant that now
    is judged at, `None` without an entry. `not_understood` says since when nothing in some log has been
    understood, `None` where every log is; `kept_from` before when requests were deleted, if they ever were.
    `by_app` says that an app counted its own requests at some time in the window.
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


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One day square of a route; `availability` is floored text, `None` with nothing to judge."""

    date: date
    condition: Condition
    no_data: NoData | None
    counts: Counts
    availability: str | None


@dataclass(frozen=True, slots=True)
class RouteSummary:
    """One row of the report: the state now (`no_data`: why it is none), and the window's figures.

    `statuses` are requests per status code, ascending; `days` one per day of the window, oldest first;
    `budget` is that of the window where the route has an objective; `group` the name of its group, `None`
    for a row that is in none. `shown` says whether the row is among the first ones, which a medium shows at
    once; the others stand behind one line. `since` is when it failed first in the incident that it is in,
    `None` in none.
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


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """Routes that belong together: the sum of `members`, in the state of the worst of them, by day too.

    `name` is the blueprint's or the prefix; it is empty for the routes of a label that belong to no group.
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


@dataclass(frozen=True, slots=True)
class TotalSummary:
    """The sum of the routes shown, `<unmatched>` included, each judged as in its row.

    `budget` is that of the window where there is an objective for all routes.
    """

    now: Condition
    no_data: NoData | None
    condition: Condition
    counts: Counts
    availability: str | None
    statuses: Mapping[int, int]
    budget: ErrorBudget | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of one row now, and since when it is in an open incident, if it is."""

    rule: str
    state: Condition
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """How many routes are in which state, as of the time up to which the log was read.

    `down`, `degraded`, `operational` and `quiet` are numbers of routes; `<unmatched>` is no route, `stray` is
    its state if that is an outage. `since` is when the first outage began of the rows in the worst state,
    `None` where none of them is in an open incident.
    """

    down: int = 0
    degraded: int = 0
    operational: int = 0
    quiet: int = 0
    stray: Condition | None = None
    since: datetime | None = None

    @classmethod
    def of(cls, rows: Iterable[Standing]) -> Headline:
        """Return the headline of some rows, whatever their order."""
        listed = list(rows)
        states = [row.state for row in listed if row.rule != UNMATCHED]
        outages = [Condition.MAJOR_OUTAGE, Condition.PARTIAL_OUTAGE]
        stray = {row.state for row in listed if row.rule == UNMATCHED}
        worst = next((state for state in outages if any(r.state is state for r in listed)), None)
        since = (row.since for row in listed if row.state is worst and row.since is not None)
        return cls(
            down=states.count(Condition.MAJOR_OUTAGE),
            degraded=states.count(Condition.PARTIAL_OUTAGE),
            operational=states.count(Condition.OPERATIONAL),
            quiet=states.count(Condition.NO_DATA),
            stray=next((state for state in outages if state in stray), None),
            since=min(since, default=None),
        )

    @property
    def routes(self) -> int:
        """All routes."""
        return self.down + self.degraded + self.operational + self.quiet

    @property
    def worst(self) -> Condition:
        """The worst state that anything is in."""
        if self.down or self.stray is Condition.MAJOR_OUTAGE:
            return Condition.MAJOR_OUTAGE
        if self.degraded or self.stray is Condition.PARTIAL_OUTAGE:
            return Condition.PARTIAL_OUTAGE
        return Condition.OPERATIONAL if self.operational else Condition.NO_DATA


@dataclass(frozen=True, slots=True)
class StatusSummary:
    """The one result that every medium shows: what fails first, then the busiest; `summary.order` says it.

    `zone` is that of the days and of all times shown, `timezone` what it is called; `hints`
    help to read the figures: for the terminal, not for files. `incidents` are those that touch the
    window, newest first, and `maintenance` likewise with what is to come; `details` are those of routes
    that had failures, in the order of `routes`, where they were asked for. `groups` are those of the
    report, worst first; then `routes` is in their order. `headline` is how everything is.
    """

    generated_at: datetime
    zone: tzinfo
    timezone: str
    window: Window
    policy: Policy
    data: DataSpan
    total: TotalSummary
    routes: tuple[RouteSummary, ...]
    hints: tuple[Hint, ...] = ()
    incidents: tuple[Incident, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    details: tuple[RouteDetail, ...] = ()
    groups: tuple[GroupSummary, ...] = ()
    headline: Headline = Headline()
