"""Finds the episodes of one route, minute by minute.

- A minute is *failing* if at least a fifth of its judged requests failed.
- A *streak* is a series of judged minutes without a success.
- A failing minute is *bad* if the rate of failures in the window up to it is high, or if it ends a
  long streak.
- An *episode* begins with the first failing minute of that window or streak. It ends with its last failing
  minute before enough successes or silence.

Requests without a route hardly ever succeed. Enough signs of work end their streaks and episodes, too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flask_status_cli.frozen import frozen
from flask_status_cli.incidents.background_failures import (
    LEAST,
    FailureShare,
    is_high,
    is_rare_streak,
)
from flask_status_cli.incidents.judged_minutes import JudgedMinute
from flask_status_cli.incidents.thresholds import (
    LONG_WINDOW_MINUTES,
    OVER_MINUTES,
    OVER_SUCCESSES,
    SILENT_MINUTES,
    STREAK_FAILURES,
    STREAK_MINUTES,
    WINDOW_MINUTES,
)

Background: TypeAlias = Callable[[int], FailureShare]
"""A function that returns the background of a route: its share of failures in the 24 hours before."""


@frozen
class Episode:
    """An episode of one route. All minutes are epoch minutes.

    - `start`, `last`: its first and its last failing minute.
    - `bad`: its first bad minute.
    - `recovered`: true if successes ended it, false if silence did, `None` while it is open.
    - `decided`: the last minute that was needed to see that it is over.
    - `pieces`: (first, last failing minute) of each episode that it was joined from, empty for a single one.
    """

    start: int
    last: int
    bad: int
    recovered: bool | None
    decided: int
    pieces: tuple[tuple[int, int], ...] = ()

    @property
    def open(self) -> bool:
        """Whether the episode is not over."""
        return self.recovered is None

    @property
    def stretches(self) -> tuple[tuple[int, int], ...]:
        """(first, last failing minute) of each piece. A single episode is one piece."""
        return self.pieces or ((self.start, self.last),)

    def holds(self, minute: int) -> bool:
        """Return whether a minute lies between the first and the last failing minute."""
        return self.start <= minute <= self.last


@dataclass(slots=True)
class _OpenEpisode:
    """An episode that is not over."""

    start: int
    bad: int
    last: int

    def ended(self, *, recovered: bool | None, decided: int) -> Episode:
        return Episode(self.start, self.last, self.bad, recovered, decided)


@dataclass(slots=True)
class _SinceFailing:
    """The sums of what came since the failing minute `last`.

    `decided` is the minute in which they became enough.
    """

    last: int
    success: int = 0
    absent: int = 0
    others: int = 0
    decided: int = 0

    @property
    def signs(self) -> bool:
        """Whether there were enough signs of work."""
        return self.absent >= OVER_SUCCESSES and self.others >= OVER_SUCCESSES

    @property
    def enough(self) -> bool:
        """Whether there were enough successes or signs of work."""
        return self.success >= OVER_SUCCESSES or self.signs

    def add(self, minute: JudgedMinute) -> None:
        if not self.enough:
            self.decided = minute.minute
        self.success += minute.success
        self.absent += minute.absent
        self.others += minute.others


@dataclass(slots=True)
class _Streak:
    """Consecutive judged minutes without a success."""

    start: int
    failures: int = 0
    minutes: int = 0

    def bad(self, background: Background) -> bool:
        return (
            self.failures >= STREAK_FAILURES
            and self.minutes >= STREAK_MINUTES
            and is_rare_streak(self.failures, background(self.start))
        )


class Detector:
    """Finds the episodes of one route in its judged minutes, which are given in order with `take`.

    Minutes in maintenance are not given, nor those with neither judged requests nor signs of work.
    `background` returns the background of the route before a minute. Without `long`, the long window is not
    used. `streak` are the last minutes of an earlier episode if no request succeeded since. They count in the
    first streak, which begins after them.
    """

    def __init__(
        self,
        background: Background = lambda _: LEAST,
        *,
        long: bool = True,
        streak: Sequence[JudgedMinute] = (),
    ) -> None:
        self._background = background
        self._long = long
        self._before = tuple(streak)
        self._window: deque[JudgedMinute] = deque()
        self._streak: _Streak | None = None
        self._going: _OpenEpisode | None = None
        self._previous: int | None = self._before[-1].minute if self._before else None
        self._since: _SinceFailing | None = None

    @property
    def going(self) -> bool:
        """Whether an episode is open."""
        return self._going is not None

    def take(self, minute: JudgedMinute) -> Episode | None:
        """Take the next minute; return the episode that was over before it, `None` if none was."""
        over = self.over(minute.minute - 1)
        self.remember(minute)
        if self._going is not None:
            self._going.last = minute.minute if minute.failing else self._going.last
        elif minute.failing and (start := self._start()) is not None:
            self._going = _OpenEpisode(start, bad=minute.minute, last=minute.minute)
        return over

    def remember(self, minute: JudgedMinute) -> None:
        """Take a minute that cannot be bad itself, but lies in the window or streak of later minutes."""
        if minute.valid:
            self._remember_judged(minute)
        if minute.failing:
            self._since = _SinceFailing(minute.minute)
        elif self._since is not None:
            self._since.add(minute)

    def _remember_judged(self, minute: JudgedMinute) -> None:
        while self._window and self._window[0].minute <= minute.minute - LONG_WINDOW_MINUTES:
            self._window.popleft()
        self._window.append(minute)
        silent = self._previous is not None and minute.minute - self._previous > SILENT_MINUTES
        if silent or minute.success or self._worked(minute.minute - 1):
            self._streak, self._before = None, ()
        if not minute.success:
            self._streak = self._streak or self._begin_of_streak(minute.minute)
            self._streak.failures += minute.failure
            self._streak.minutes += 1
        self._previous = minute.minute

    def _worked(self, now: int) -> bool:
        """Return whether there were enough signs of work between the last failing minute and `now`."""
        since = self._since
        return since is not None and since.signs and now - since.last >= OVER_MINUTES

    def _begin_of_streak(self, minute: int) -> _Streak:
        failures = sum(each.failure for each in self._before)
        return _Streak(minute, failures, len(self._before))

    def over(self, now: int) -> Episode | None:
        """Return the episode that is over at the end of the minute `now`, `None` if none is.

        There must be no judged minute between the last one taken and `now`.
        """
        going, since, previous = self._going, self._since, self._previous
        if going is None or since is None or previous is None:
            return None
        if since.enough and now - going.last >= OVER_MINUTES:
            self._going = None
            decided = max(since.decided, going.last + OVER_MINUTES)
            return going.ended(recovered=True, decided=decided)
        if now - previous >= SILENT_MINUTES:
            self._going = None
            return going.ended(recovered=False, decided=previous)
        return None

    def end(self, newest: int) -> Episode | None:
        """Return the last episode, open or over, after the last minute `newest`; `None` if there is none."""
        over = self.over(newest)
        if over is None and self._going is not None:
            return self._going.ended(recovered=None, decided=newest)
        return over

    def _start(self) -> int | None:
        """Return the first failing minute of the window or streak that makes the last minute bad.

        Return `None` if the last minute is not bad. The long window is used only if neither the short window
        nor a streak makes the minute bad, because its first failure may have nothing to do with the outage.
        """
        starts = [self._begin_of_rate(WINDOW_MINUTES)]
        if self._streak is not None and self._streak.bad(self._background):
            starts.append(self._streak.start)
        known = [start for start in starts if start is not None]
        if known or not self._long:
            return min(known, default=None)
        return self._begin_of_rate(LONG_WINDOW_MINUTES)

    def _begin_of_rate(self, length: int) -> int | None:
        """Return the first failing minute of the last `length` minutes, `None` if their rate is not high."""
        window = [m for m in self._window if m.minute > self._window[-1].minute - length]
        failures = sum(minute.failure for minute in window)
        successes = sum(minute.success for minute in window)
        if not is_high(failures, successes, LEAST):
            return None
        start = next(minute.minute for minute in window if minute.failing)
        return start if is_high(failures, successes, self._background(start)) else None
