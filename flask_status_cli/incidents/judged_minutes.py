"""Judged minutes: the numbers of successes and failures in which incidents are found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from flask_status_cli.incidents.thresholds import FAILING_PART


class RouteOrSite(NamedTuple):
    """The label and the rule of a route as a report shows it, or `SITE`."""

    label: str
    rule: str


SITE = RouteOrSite("", "*")
"""The whole site, which is the sum of all routes. No route has the rule `*`."""


class JudgedMinute(NamedTuple):
    """The judged requests of one epoch minute.

    `success` and `failure` are their numbers, `failed` the numbers of failures by status code. `absent` and
    `others` are those of `SignsOfWork`.
    """

    minute: int
    success: int
    failure: int
    failed: Mapping[int, int]
    absent: int = 0
    others: int = 0

    @property
    def valid(self) -> int:
        """The number of all judged requests."""
        return self.success + self.failure

    @property
    def failing(self) -> bool:
        """Whether at least a fifth of the requests failed."""
        return self.failure > 0 and fails(self.failure, self.success)


class PartlyReadMinute(NamedTuple):
    """A minute with failures that was not read in full. `success` is a lower bound of the successes."""

    minute: int
    failure: int
    success: int


class SignsOfWork(NamedTuple):
    """Signs in one epoch minute that requests without a route are answered. They are not judged.

    `absent` such requests were told that there is no such page. `others` are successes of routes.
    """

    minute: int
    absent: int
    others: int


class MinuteSource(Protocol):
    """Reads judged minutes when they are needed. All its methods see the same snapshot."""

    @property
    def newest(self) -> int:
        """The epoch minute of the newest entry."""

    @property
    def until(self) -> int:
        """The epoch minute up to which the log was read. It is `newest` or later."""

    def everyone(self) -> Collection[RouteOrSite]:
        """Return all routes that had failures, and the site if there are any."""

    def known(self, who: RouteOrSite) -> Sequence[PartlyReadMinute]:
        """Return every minute of a route with failures, in order."""

    def exact(self, who: RouteOrSite) -> bool:
        """Return whether `known` has the exact numbers of successes for a route."""

    def at(self, who: RouteOrSite, minutes: Iterable[int]) -> Sequence[JudgedMinute]:
        """Return those of some minutes in which a route has judged requests, in order, without signs."""

    def signs(self, who: RouteOrSite, minutes: Sequence[int]) -> Sequence[SignsOfWork]:
        """Return the signs of work of a route in some minutes, in order.

        Only `<unmatched>`, and paths that never answered, have any.
        """

    def answered(self, who: RouteOrSite, start: int, end: int) -> bool:
        """Return whether a success of a route is known in the minutes [start, end)."""

    def each(self, minute: int) -> Mapping[RouteOrSite, tuple[int, int]]:
        """Return (successes, failures) of every route that was requested in a minute."""

    def quarters(self, who: RouteOrSite, quarters: Sequence[int]) -> Iterable[tuple[int, int]]:
        """Yield (successes, failures) of a route in each of these epoch quarters."""


def fails(failure: int, success: int) -> bool:
    """Return whether failures are at least a fifth of all judged requests."""
    return failure * FAILING_PART >= failure + success
