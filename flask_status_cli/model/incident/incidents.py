"""Incidents: their times, routes and status codes, and the notes that people add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, tzinfo
from enum import Enum
from typing import TYPE_CHECKING

from flask_status_cli.frozen import frozen

if TYPE_CHECKING:
    from flask_status_cli.model.deploys import Deploy
    from flask_status_cli.model.report.route_detail import PathFailures


class IncidentKind(Enum):
    """The kind of an incident: requests failed, or expected requests did not come."""

    FAILING = "failing"
    SILENT = "silent"


@frozen
class Expectation:
    """Expected traffic: at least one request in `minutes` minutes, from the epoch minute `since` on.

    It is expected of each route whose rule matches the glob `rule`. An empty rule means the whole site.
    """

    rule: str
    minutes: int
    since: int = 0


@frozen
class IncidentNote:
    """What the owner wrote about an incident. `false_alarm` says that there was no real incident."""

    title: str = ""
    cause: str = ""
    post_mortem: str = ""
    false_alarm: bool = False


@frozen
class WorstMinute:
    """The minute of an incident with the highest share of failures.

    Among equal minutes it is the one with the most failures, then the first.
    """

    start: datetime
    failures: int
    valid: int


@frozen
class IncidentAnchor:
    """Identifies an incident by one bad minute of a route, even after late lines have changed its times.

    `id` is the id of the incident. `minute` is an epoch minute. The rule `*` means the site, the sum of all
    routes.
    """

    id: str
    label: str
    rule: str
    minute: int


@frozen
class AffectedRoute:
    """The part of one route in an incident. `end` is exclusive, and `None` while the route's episode is open.

    `failures` and `valid` are the numbers of failed and of judged requests from `start` to `end`, or to the
    newest entry. `statuses` has the failed requests by status code, ascending.
    """

    label: str
    rule: str
    name: str
    start: datetime
    end: datetime | None
    failures: int
    valid: int
    statuses: Mapping[int, int]


@frozen
class Incident:
    """A period in which one or more routes failed together. All figures are sums over these routes.

    - `start`, `end`: the first failing minute, and the end of the last one (exclusive). `end` is `None` while
      the incident is open.
    - `recovered`: whether successes followed; `None` while it is open.
    - `last_request`: the newest minute with a judged request of its routes, up to `end`.
    - `duration_minutes`: the minutes from `start` to `end`, or to the newest entry of the database while the
      incident is open. It is `None` if the log is not read.
    - `aliases`: earlier ids of the incident.
    - `statuses`: the failed requests by status code, ascending.
    - `anchor`: is stored in notes and messages to find the incident again.
    - `merged_into`: the rule of the crowd, if the incident ended because its route became part of a crowd; an
      empty text, if it ended because its route was deleted; else `None`.
    - `stretches`: the number of separate times that a route failed; the highest of any route. With two or
      more, the incident comes and goes.
    - `last_known`: if the log is not read, the instant at which the incident was last known to be open.
    - `final`: whether later failures cannot continue the incident any more.
    - `deploy`: the latest deploy in the 15 minutes before the incident began. It need not be the cause.
    """

    id: str
    aliases: tuple[str, ...]
    start: datetime
    end: datetime | None
    recovered: bool | None
    last_failure: datetime
    last_request: datetime
    duration_minutes: int | None
    failures: int
    valid: int
    statuses: Mapping[int, int]
    worst: WorstMinute
    routes: tuple[AffectedRoute, ...]
    anchor: IncidentAnchor
    note: IncidentNote | None = None
    merged_into: str | None = None
    kind: IncidentKind = IncidentKind.FAILING
    stretches: int = 1
    last_known: datetime | None = None
    final: bool = True
    deploy: Deploy | None = None

    @property
    def minutes_after_deploy(self) -> int | None:
        """The minutes from the deploy to the start of the incident, `None` without a deploy."""
        if self.deploy is None:
            return None
        return int((self.start - self.deploy.at).total_seconds()) // 60

    @property
    def open(self) -> bool:
        """Whether the incident has no end in the part of the log that was read."""
        return self.end is None

    @property
    def going(self) -> bool:
        """Whether the incident is open now: it has not ended, and the log is being read."""
        return self.open and self.last_known is None


@frozen
class FrozenIncident:
    """An announced incident whose route became part of a crowd, or was deleted. It is stored as announced.

    - `label`, `rule`: the route. `into`: the rule of the crowd, empty if the route was deleted.
    - `start`, `end`, `last_request`: epoch minutes; `end` is exclusive.
    - `was_open`: whether it was open until then.
    - `statuses`: the failed requests by status code.
    - `worst`: the worst minute, its failures and its judged requests.
    - `minute`: a bad minute.
    """

    id: str
    label: str
    rule: str
    name: str
    into: str
    start: int
    end: int
    was_open: bool
    recovered: bool
    last_request: int
    failures: int
    valid: int
    statuses: Mapping[int, int]
    worst: tuple[int, int, int]
    minute: int


@frozen
class IncidentsToFreeze:
    """The incidents to freeze when routes are merged, and the anchors of others, which get another route."""

    incidents: tuple[FrozenIncident, ...] = ()
    anchors: tuple[IncidentAnchor, ...] = ()


@frozen
class Maintenance:
    """A maintenance window, in whole quarters of an hour. Requests in it are not judged.

    `rules` are globs on the rule; without any, the window applies to all routes. `end` is exclusive.
    """

    id: int
    start: datetime
    end: datetime
    rules: tuple[str, ...] = ()
    note: str = ""


@frozen
class IncidentList:
    """The incidents that `incidents list` or `incidents show` prints, the latest first, as of `generated_at`.

    `last` is the newest entry of the database that is not in the future. Times are shown in `zone`. `paths`
    is filled for a single incident only: it has the paths behind each route, by label and rule.
    """

    generated_at: datetime
    zone: tzinfo
    timezone: str
    last: datetime | None
    incidents: tuple[Incident, ...]
    paths: Mapping[tuple[str, str], tuple[PathFailures, ...]] = field(default_factory=dict)
