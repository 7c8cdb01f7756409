"""Incidents: since when, until when, which routes, which codes; and what people add to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_status_cli.model.report.route_detail import PathFailures


class IncidentKind(Enum):
    """What an incident is made of: requests that failed, or none where some were expected."""

    FAILING = "failing"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Expectation:
    """Traffic that was promised: a request every so many minutes, since an epoch minute.

    It is for the routes whose rule matches the glob `rule`; an empty one means the site.
    """

    rule: str
    minutes: int
    since: int = 0


@dataclass(frozen=True, slots=True)
class IncidentNote:
    """What the owner wrote of an incident; `false_alarm` says that it was none."""

    title: str = ""
    cause: str = ""
    post_mortem: str = ""
    false_alarm: bool = False


@dataclass(frozen=True, slots=True)
class WorstMinute:
    """The minute of an incident with the highest share of failures, then the most of them, then the first."""

    start: datetime
    failures: int
    valid: int


@dataclass(frozen=True, slots=True)
class IncidentAnchor:
    """What finds an incident again when late lines have moved it: its id, a bad epoch minute, and whose.

    The site, the sum of all routes, has the rule `*`.
    """

    id: str
    label: str
    rule: str
    minute: int


@dataclass(frozen=True, slots=True)
class AffectedRoute:
    """A route's part in an incident: `end` is exclusive, `None` while its episode is open.

    `failures` and `valid` are its failed and judged requests from `start` on, up to `end` or the newest
    entry; `statuses` are the failed ones by code, ascending.
    """

    label: str
    rule: str
    name: str
    start: datetime
    end: datetime | None
    failures: int
    valid: int
    statuses: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Incident:
    """A stretch of time in which routes failed together.

    `start` is the first failing minute, `end` the end of the last one (exclusive), `None` while it is
    open; `recovered` tells whether successes followed, `None` while open; `last_request` is the newest
    minute with a judged request of its routes; an open one lasts up to the newest entry of the database.
    `aliases` are ids by which it was known before. `statuses` are the failed requests by code, ascending.
    `last_request` of one that is over lies before its end. All figures are those of its routes. Whoever
    remembers the incident stores `anchor`. `merged_into` is the rule of the crowd that its route became part
    of while it was open, which ended it.

    `stretches` is in how many pieces the route failed that had the most of them; two or more are an incident
    that comes and goes. `last_known` is set where the log is not read: it was open at this instant, and as
    nothing is known since, it has no `duration_minutes`. `final` says that no route can go on failing in it.
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

    @property
    def open(self) -> bool:
        """Whether it is not over, as far as the log was read."""
        return self.end is None

    @property
    def going(self) -> bool:
        """Whether it goes on now: it is open, and the log is read."""
        return self.open and self.last_known is None


@dataclass(frozen=True, slots=True)
class FrozenIncident:
    """An incident as it was told when its route, `label` and `rule`, became part of the crowd `into`.

    Times are epoch minutes, `end` is exclusive; `was_open`: the merging ended it. `statuses` are the failed
    requests by code, `worst` is the worst minute with its failures and judged requests, `minute` a bad one.
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


@dataclass(frozen=True, slots=True)
class Frozen:
    """What becomes of told incidents when routes are merged: some are frozen, some found by another route."""

    incidents: tuple[FrozenIncident, ...] = ()
    anchors: tuple[IncidentAnchor, ...] = ()


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A window that counts neither for nor against anybody, in whole quarters of an hour.

    `rules` are globs on the rule, none of them meaning all routes; `end` is exclusive.
    """

    id: int
    start: datetime
    end: datetime
    rules: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class IncidentList:
    """Incidents outside of a report, the one that began last first, as of `generated_at`.

    `last` is the newest entry of the database that is not from the future; times are shown in `zone`. Of a
    single incident `paths` names those behind its routes, by label and rule.
    """

    generated_at: datetime
    zone: tzinfo
    timezone: str
    last: datetime | None
    incidents: tuple[Incident, ...]
    paths: Mapping[tuple[str, str], tuple[PathFailures, ...]] = field(default_factory=dict)
