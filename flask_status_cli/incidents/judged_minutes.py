"""Judged minutes, of which incidents are made: the routes they belong to, and where they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from flask_status_cli.incidents.thresholds import FAILING_PART


class Who(NamedTuple):
    """A route as it is shown, or the site."""

    label: str
    rule: str


SITE = Who("", "*")
"""The rule of the site, the sum of all routes. No route has this rule."""


class Judged(NamedTuple):
    """The judged requests of one epoch minute; there is at least one.

    `failed` are the failures by status code.
    """

    minute: int
    success: int
    failure: int
    failed: Mapping[int, int]

    @property
    def valid(self) -> int:
        """All judged requests."""
        return self.success + self.failure

    @property
    def failing(self) -> bool:
        """Whether at least a fifth of the requests failed."""
        return self.failure > 0 and fails(self.failure, self.success)


class Known(NamedTuple):
    """A minute with failures before it is read in full: all failures, and a lower bound of the successes."""

    minute: int
    failure: int
    success: int


class Source(Protocol):
    """The source of judged minutes, which are read when they are needed. All answers are of one moment."""

    @property
    def newest(self) -> int:
        """The epoch minute of the newest entry."""

    @property
    def until(self) -> int:
        """The epoch minute up to which the log was read; not before `newest`."""

    def everyone(self) -> Collection[Who]:
        """Return all routes that had failures, and the site if any route had."""

    def known(self, who: Who) -> Sequence[Known]:
        """Return every minute with failures, in order."""

    def exact(self, who: Who) -> bool:
        """Return whether all successes of these minutes are known."""

    def at(self, who: Who, minutes: Iterable[int]) -> Sequence[Judged]:
        """Return those of these minutes that have judged requests, in order."""

    def answered(self, who: Who, start: int, end: int) -> bool:
        """Return whether there is certainly a success in [start, end)."""

    def each(self, minute: int) -> Mapping[Who, tuple[int, int]]:
        """Return the successes and failures in a minute of every route that was requested in it."""

    def quarters(self, who: Who, quarters: Sequence[int]) -> Iterable[tuple[int, int]]:
        """Yield the successes and failures of each of these epoch quarters."""


def fails(failure: int, success: int) -> bool:
    """Return whether this many failures are at least a fifth of all."""
    return failure * FAILING_PART >= failure + success
