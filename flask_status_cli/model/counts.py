"""Counts of requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

MINUTES_PER_QUARTER = 15
"""Minutes in a quarter of an hour. Quarters are counted, too, because midnight in every zone begins one."""


def quarter_start(minute: int) -> int:
    """Return the first minute of the quarter of an hour that an epoch minute is in."""
    return minute // MINUTES_PER_QUARTER * MINUTES_PER_QUARTER


@dataclass(frozen=True, slots=True)
class MinuteCounts:
    """Requests by minute, path and status code, as columns. The tally makes them, and the store adds them up.

    `keys[code]` is `(rule, status)`. The rule is the path with its ids folded, or `UNMATCHED` if it cannot be
    a route. `minutes[minute][code]` is a number of requests. `durations[hour][bucket * CODES + code]` is how
    many requests of an hour since the epoch took so long: see `model.duration_buckets`.
    """

    label: str
    keys: Sequence[tuple[str, int]]
    minutes: Mapping[int, Mapping[int, int]]
    durations: Mapping[int, Mapping[int, int]] = field(default_factory=dict)


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
