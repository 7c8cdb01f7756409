"""Requests, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MINUTES_PER_QUARTER = 15
"""Quarters of an hour are counted beside minutes: every time zone's midnight falls on one."""


@dataclass(frozen=True, slots=True)
class MinuteCounts:
    """Requests per minute, path and status code, in columns: made by the tally, added up by the store.

    `keys[code]` is `(rule, status)`: the path with its ids folded away, or `UNMATCHED` where it can be no
    route;
    `minutes[minute][code]` is a number of requests.
    """

    label: str
    keys: Sequence[tuple[str, int]]
    minutes: Mapping[int, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class MinuteCount:
    """One cell of `flask-status counts`: the requests of one stretch of time, route and status code.

    `time` is the epoch minute at which the stretch begins.
    """

    time: int
    label: str
    rule: str
    status: int
    requests: int


@dataclass(frozen=True, slots=True)
class LifetimeCount:
    """All requests that were ever counted of one route and status code, those that were pruned included.

    `rule` is `None` for all routes together. The number never falls.
    """

    label: str
    rule: str | None
    status: int
    requests: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Added-up requests by outcome.

    `minor` of the failures are no server errors (no `incident_failure` of the policy): a 404 is minor.
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
