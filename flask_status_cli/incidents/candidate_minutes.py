"""Selects the minutes that may be bad, by their failures alone. Only these minutes are read in full."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from flask_status_cli.incidents.background_failures import LEAST, is_high
from flask_status_cli.incidents.judged_minutes import PartlyReadMinute, fails
from flask_status_cli.incidents.thresholds import (
    LONG_WINDOW_MINUTES,
    SILENT_MINUTES,
    STREAK_FAILURES,
    STREAK_MINUTES,
    WINDOW_FAILURES,
    WINDOW_MINUTES,
)


class CandidateMinute(NamedTuple):
    """A minute that may be bad.

    - `since`: the minute in which its short window or its streak begins, `None` if neither can make it bad.
    - `long`: the minute in which its long window begins, with the window's failures and the lower bound of
      its successes, `None` if it cannot make the minute bad.
    """

    minute: int
    since: int | None
    long: PartlyReadMinute | None


def candidate_minutes(
    known: Sequence[PartlyReadMinute], answered: Callable[[int, int], bool]
) -> Iterator[CandidateMinute]:
    """Yield every minute that may be bad. Every bad minute is among them.

    `known` are all minutes with failures, in order. `answered(start, end)` returns whether a success is known
    in the minutes [start, end).
    """
    short, long = _Window(WINDOW_MINUTES), _Window(LONG_WINDOW_MINUTES)
    streak = _Streak(answered)
    for minute in known:
        short.take(minute)
        long.take(minute)
        streak.take(minute)
        if long.failures < WINDOW_FAILURES and minute.success:
            continue  # nearly all failures of a site that is up are here
        if not fails(minute.failure, minute.success):
            continue
        begins = [short.begin] if short.high() else []
        if streak.enough():
            begins.append(streak.minutes[0].minute)
        rate = PartlyReadMinute(long.begin, long.failures, long.successes) if long.high() else None
        if begins or rate:
            yield CandidateMinute(minute.minute, min(begins, default=None), rate)


class _Window:
    """The minutes with failures in the last `length` minutes, and their sums."""

    __slots__ = ("_length", "_minutes", "failures", "successes")

    def __init__(self, length: int) -> None:
        self._length = length
        self._minutes: deque[PartlyReadMinute] = deque()
        self.failures = 0
        self.successes = 0

    @property
    def begin(self) -> int:
        return self._minutes[0].minute

    def take(self, minute: PartlyReadMinute) -> None:
        minutes, first = self._minutes, minute.minute - self._length
        while minutes and minutes[0].minute <= first:
            gone = minutes.popleft()
            self.failures -= gone.failure
            self.successes -= gone.success
        minutes.append(minute)
        self.failures += minute.failure
        self.successes += minute.success

    def high(self) -> bool:
        """Return whether the rate is high compared with the lowest background that a route can have."""
        return is_high(self.failures, self.successes, LEAST)


class _Streak:
    """Minutes that may be a streak: no success is known in them or, if that was checked, between them."""

    def __init__(self, answered: Callable[[int, int], bool]) -> None:
        self.minutes: list[PartlyReadMinute] = []
        self._answered = answered
        self._failures = 0
        self._checked = 0

    def take(self, minute: PartlyReadMinute) -> None:
        silent = self.minutes and minute.minute - self.minutes[-1].minute > SILENT_MINUTES
        if self.minutes and (minute.success or silent):
            self._begin([])
        if not minute.success:
            self.minutes.append(minute)
            self._failures += minute.failure

    def enough(self) -> bool:
        """Return whether the streak may make its last minute bad.

        If it is long enough, the gaps between its minutes are checked for successes, each gap once.
        """
        if not self._long():
            return False
        for place in range(len(self.minutes) - 1, self._checked, -1):
            if self._answered(self.minutes[place - 1].minute + 1, self.minutes[place].minute):
                self._begin(self.minutes[place:])
                break
        self._checked = len(self.minutes) - 1
        return self._long()

    def _long(self) -> bool:
        return len(self.minutes) >= STREAK_MINUTES and self._failures >= STREAK_FAILURES

    def _begin(self, minutes: list[PartlyReadMinute]) -> None:
        self.minutes = minutes
        self._failures = sum(minute.failure for minute in minutes)
        self._checked = 0
