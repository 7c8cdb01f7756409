"""What incidents are made of: judged minutes, whose they are, and where they come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from flask_status_cli.incidents.thresholds import FAILING_PART


class Who(NamedTuple):
    """Whose minutes: a route as it is shown, or the site."""

    label: str
    rule: str


SITE = Who("", "*")
"""The sum of all routes; no rule is called so."""


class Judged(NamedTuple):
    """The judged requests of one epoch minute, at least one; `failed` are the failures by status code."""

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
        """Whether failures are at least a fifth."""
        return self.failure > 0 and fails(self.failure, self.success)


class Known(NamedTuple):
    """What is known early of a minute with failures: all of these, and at least so many successes."""

    minute: int
    failure: int
    success: int


class Source(Protocol):
    """Where judged minutes come from, read as they are needed; all answers are of one moment."""

    @property
    def newest(self) -> int:
        """The epoch minute of the newest entry."""

    @property
    def until(self) -> int:
        """The epoch minute up to which the log is known to be read, not before `newest`."""

    def everyone(self) -> Collection[Who]:
        """Return all that had failures, and the site if anything had."""

    def known(self, who: Who) -> Sequence[Known]:
        """Return every minute with failures, in order."""

    def exact(self, who: Who) -> bool:
        """Return whether all the successes of those minutes are known."""

    def at(self, who: Who, minutes: Iterable[int]) -> Sequence[Judged]:
        """Return the judged ones of these minutes, in order."""

    def answered(self, who: Who, start: int, end: int) -> bool:
        """Return whether there is surely a success in [start, end); where that is not known, it says no."""

    def each(self, minute: int) -> Mapping[Who, tuple[int, int]]:
        """Return the successes and failures of every route that was asked for in a minute."""

    def quarters(self, who: Who, quarters: Sequence[int]) -> Iterable[tuple[int, int]]:
        """Yield successes and failures of each of these epoch quarters."""


def fails(failure: int, success: int) -> bool:
    """Return whether so many failures are at least a fifth of all."""
    return failure * FAILING_PART >= failure + success
