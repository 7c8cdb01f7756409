"""What people must know about the figures of a report; the media put it into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class NoEntries:
    """No entry lies in the window; `newest` and `oldest` are those of the database, `None` if it has none."""

    newest: datetime | None
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class RunProblems:
    """The last ingest had problems, so many. They name files, so which ones is not for every reader."""

    problems: int


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Of `read` entries and refused lines in the window so many were refused that it matters."""

    refused: int
    read: int


@dataclass(frozen=True, slots=True)
class InTheFuture:
    """Entries lie later than the clock, up to `until`."""

    entries: int
    until: datetime


@dataclass(frozen=True, slots=True)
class AfterTheReport:
    """Entries lie later than the instant of the report, which is in the past; the last one at `until`."""

    entries: int
    until: datetime


@dataclass(frozen=True, slots=True)
class ClockDoubted:
    """The clock of the last ingest, `doubted`, is far ahead of the one before: pruning does not go by it."""

    doubted: datetime
    believed: datetime


@dataclass(frozen=True, slots=True)
class MostlyNotFound:
    """A hint: more than half of the failures shown are 404s, `percent` of them, floored."""

    percent: int


@dataclass(frozen=True, slots=True)
class NoBlueprints:
    """A hint: groups by blueprint were asked for, and no route that is shown belongs to one."""


@dataclass(frozen=True, slots=True)
class UnmatchedErrors:
    """A hint: so many server errors are in `<unmatched>`; `synced` where an app's routes are known."""

    requests: int
    synced: bool


Problem: TypeAlias = (
    NoEntries | RunProblems | NotUnderstood | InTheFuture | AfterTheReport | ClockDoubted
)
"""What is wrong with the data of a report."""

Hint: TypeAlias = MostlyNotFound | NoBlueprints | UnmatchedErrors
"""What helps to read the figures."""
