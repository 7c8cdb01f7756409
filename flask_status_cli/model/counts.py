"""Counts of requests."""

from __future__ import annotations

from datetime import datetime

from flask_status_cli.frozen import frozen


@frozen
class Flush:
    """Identifies the counts that a process stores at one time, so that a retry does not add them twice.

    `process` is a random name. `number` grows by one with each flush of the process. A retry has the same
    number.
    """

    process: str
    number: int


@frozen
class MinuteCount:
    """One row of `flask-status counts`: the requests of one period, route and status code.

    `time` is the epoch minute at which the period begins.
    """

    time: int
    label: str
    rule: str
    status: int
    requests: int


@frozen
class LifetimeCount:
    """The number of all requests of one route and status code that were ever counted, including pruned ones.

    `rule` is `None` for the sum of all routes. The number never decreases.
    """

    label: str
    rule: str | None
    status: int
    requests: int


@frozen
class ImportedHistory:
    """The result of an import of counts from another program.

    - `requests`, `rules`: the numbers of requests and of rules that were imported.
    - `skipped`: the number of rows that were not understood.
    - `first`, `last`: the first and the last imported minute.
    """

    requests: int
    rules: int
    skipped: int
    first: datetime | None
    last: datetime | None


@frozen
class Counts:
    """Sums of requests by outcome.

    `minor` is the number of failures that are not server errors, such as 404s.
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
        """The number of all requests, judged or not."""
        return self.success + self.failure + self.ignored

    @property
    def valid(self) -> int:
        """The number of judged requests: successes and failures."""
        return self.success + self.failure

    @property
    def server_errors(self) -> int:
        """The number of failures that are server errors. Only they make incidents."""
        return self.failure - self.minor
