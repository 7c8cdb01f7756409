"""Counts of requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Flush:
    """An attempt of a process to store its counts. Another attempt with the same counts has the same number.

    `process` is a random name. `number` grows by one with each flush of the process.
    """

    process: str
    number: int


@dataclass(frozen=True, slots=True)
class MinuteCount:
    """One row of `flask-status counts`: the requests of one period, route and status code.

    `time` is the epoch minute at which the period begins.
    """

    time: int
    label: str
    rule: str
    status: int
    requests: int


@dataclass(frozen=True, slots=True)
class LifetimeCount:
    """All requests of one route and status code that were ever counted, including pruned ones.

    `rule` is `None` for all routes together. The number never decreases.
    """

    label: str
    rule: str | None
    status: int
    requests: int


@dataclass(frozen=True, slots=True)
class ImportedHistory:
    """What was imported from another program: the numbers of requests and rules, from `first` to `last`.

    `skipped` rows were not understood.
    """

    requests: int
    rules: int
    skipped: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums of requests by outcome.

    `minor` is the number of failures that are no server errors, such as 404s.
    """

    success: int = 0
    failure: int = 0
    ignored: int = 0
    minor: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.success + other.success,
            self.failure + other.failure,
            self.ignored + other.ignored,
            self.minor + other.minor,
        )

    @property
    def requests(self) -> int:
        """All requests, judged or not."""
        return self.success + self.failure + self.ignored

    @property
    def valid(self) -> int:
        """The requests that are judged: successes and failures."""
        return self.success + self.failure

    @property
    def server_errors(self) -> int:
        """The failures that make incidents."""
        return self.failure - self.minor
