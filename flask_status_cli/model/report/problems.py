"""Problems of the data, which a reader of the report must know. Each output format puts them into words."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from flask_status_cli.frozen import frozen
from flask_status_cli.model.report.route_detail import PathFailures


@frozen
class NoEntries:
    """There are no entries in the period of the report.

    `newest` and `oldest` are the times of the newest and the oldest entry of the database, if it has any.
    """

    newest: datetime | None
    oldest: datetime | None


@frozen
class RunProblems:
    """The last ingest had problems: this many. Their texts name files, so reports do not show them."""

    problems: int


@frozen
class NotUnderstood:
    """A large part of the lines in the period was refused: `refused` of `read` lines, without noise."""

    refused: int
    read: int


@frozen
class InTheFuture:
    """Some entries are later than the present time. The last one is at `until`."""

    entries: int
    until: datetime


@frozen
class AfterTheReport:
    """Some entries are later than the instant of the report, which is in the past.

    The last one is at `until`.
    """

    entries: int
    until: datetime


@frozen
class ClockDoubted:
    """The clock of the last ingest was far ahead of the ingest before, so pruning does not trust it.

    `doubted` is the time of the last ingest. `trusted` is the time of the last trusted one.
    """

    doubted: datetime
    trusted: datetime


@frozen
class HostSilent:
    """No logs of a host were read lately. Its last run without problems was at `since`, `None` if none."""

    host: str
    since: datetime | None


@frozen
class MostlyNotFound:
    """A hint: `percent` of the failures shown (more than half, floored) are 404s."""

    percent: int


@frozen
class NoBlueprints:
    """A hint: groups by blueprint were asked for, but no route shown belongs to a blueprint."""


@frozen
class UnjudgedRoutes:
    """A hint: routes on which most requests succeeded have had only ignored codes in the last hour.

    `routes` are the rules of the busiest, with these codes. `more` is how many others there are.
    """

    routes: tuple[PathFailures, ...]
    more: int


@frozen
class UnmatchedErrors:
    """A hint: requests in `<unmatched>` had server errors: this many.

    `synced` says whether an app has declared its routes.
    """

    requests: int
    synced: bool


@frozen
class UnmatchedPaths:
    """A hint: some paths in `<unmatched>` have many requests. Here are the busiest of them.

    `share` is the part of `<unmatched>` in all requests, in percent.
    """

    paths: tuple[PathFailures, ...]
    share: int


Problem: TypeAlias = (
    NoEntries
    | RunProblems
    | NotUnderstood
    | InTheFuture
    | AfterTheReport
    | ClockDoubted
    | HostSilent
)
"""Problems with the data of a report."""

Hint: TypeAlias = MostlyNotFound | NoBlueprints | UnjudgedRoutes | UnmatchedErrors | UnmatchedPaths
"""Hints that help to read the figures."""
