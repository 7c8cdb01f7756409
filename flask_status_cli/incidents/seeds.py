"""Which minutes can be bad at all, told from their failures alone: what the rest is not read for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from flask_status_cli.incidents.minutes import Known, fails
from flask_status_cli.incidents.rule import (
    SILENT_MINUTES,
    STREAK_FAILURES,
    STREAK_MINUTES,
    WINDOW_FAILURES,
    WINDOW_MINUTES,
)


class Seed(NamedTuple):
    """A minute that may be bad, and the one at which its window or its streak may begin."""

    since: int
    minute: int


def seeds(known: Sequence[Known], answered: Callable[[int, int], bool]) -> Iterator[Seed]:
    """Yield every minute that may be bad; none that is bad is left out.

    `known` are all minutes with failures, in order; `answered` tells whether a success lies in [start, end).
    """
    window: deque[Known] = deque()
    streak = _Streak(answered)
    for minute in known:
        while window and window[0].minute <= minute.minute - WINDOW_MINUTES:
            window.popleft()
        window.append(minute)
        streak.take(minute)
        if len(window) == 1 and minute.success and minute.failure < WINDOW_FAILURES:
            continue  # so it is with nearly all failures of a site that is up
        if not fails(minute.failure, minute.success):
            continue
        begins = [window[0].minute] if _rate(window) else []
        if streak.enough():
            begins.append(streak.minutes[0].minute)
        if begins:
            yield Seed(min(begins), minute.minute)


def _rate(window: deque[Known]) -> bool:
    failures = sum(minute.failure for minute in window)
    return failures >= WINDOW_FAILURES and fails(failures, sum(m.success for m in window))


class _Streak:
    """Minutes that may be a streak: no success is known in them, or between them once that was asked for."""

    def __init__(self, answered: Callable[[int, int], bool]) -> None:
        self.minutes: list[Known] = []
        self._answered = answered
        self._failures = 0
        self._asked = 0

    def take(self, minute: Known) -> None:
        silent = self.minutes and minute.minute - self.minutes[-1].minute > SILENT_MINUTES
        if self.minutes and (minute.success or silent):
            self._begin([])
        if not minute.success:
            self.minutes.append(minute)
            self._failures += minute.failure

    def enough(self) -> bool:
        """Tell whether it may make its last minute bad; only then, and once, is asked what lies between."""
        if not self._long():
            return False
        for place in range(len(self.minutes) - 1, self._asked, -1):
            if self._answered(self.minutes[place - 1].minute + 1, self.minutes[place].minute):
                self._begin(self.minutes[place:])
                break
        self._asked = len(self.minutes) - 1
        return self._long()

    def _long(self) -> bool:
        return len(self.minutes) >= STREAK_MINUTES and self._failures >= STREAK_FAILURES

    def _begin(self, minutes: list[Known]) -> None:
        self.minutes = minutes
        self._failures = sum(minute.failure for minute in minutes)
        self._asked = 0
