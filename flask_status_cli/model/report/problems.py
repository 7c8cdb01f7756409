"""Problems of the data that a reader of the report must know. Each format puts them into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class NoEntries:
    """There are no entries in the period of the report.

    `newest` and `oldest` are those of the database, if any.
    """

    newest: datetime | None
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class RunProblems:
    """The number of problems of the last ingest. They name files, so reports do not show their text."""

    problems: int


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A large part of the `read` entries and refused lines in the period was refused."""

    refused: int
    read: int


@dataclass(frozen=True, slots=True)
class InTheFuture:
    """Some entries are later than the clock, up to `until`."""

    entries: int
    until: datetime


@dataclass(frozen=True, slots=True)
class AfterTheReport:
    """Some entries are later than the instant of the report, which is in the past.

    The last one is at `until`.
    """

    entries: int
    until: datetime


@dataclass(frozen=True, slots=True)
class ClockDoubted:
    """The clock of the last ingest, `doubted`, is far ahead of the one before. Pruning does not trust it."""

    doubted: datetime
    believed: datetime


@dataclass(frozen=True, slots=True)
class HostSilent:
    """The logs of a host were last read without problems at `since`, `None` if they never were."""

    host: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class MostlyNotFound:
    """A hint: `percent` of the failures shown (more than half, floored) are 404s."""

    percent: int


@dataclass(frozen=True, slots=True)
class NoBlueprints:
    """A hint: groups by blueprint were asked for, but no route shown belongs to a blueprint."""


@dataclass(frozen=True, slots=True)
class UnmatchedErrors:
    """A hint: `<unmatched>` has this many server errors.

    `synced` says whether the routes of an app are known.
    """

    requests: int
    synced: bool


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

Hint: TypeAlias = MostlyNotFound | NoBlueprints | UnmatchedErrors
"""Hints that help to read the figures."""
