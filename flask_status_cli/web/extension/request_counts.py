"""Counts requests and their durations in memory until they are stored."""

from __future__ import annotations

import threading
import time
from dataclasses import field
from typing import Final, TypeAlias

from flask_status_cli.frozen import frozen
from flask_status_cli.model import OTHER
from flask_status_cli.model.duration_buckets import bucket_of

Requests: TypeAlias = dict[tuple[int, str, int], int]
"""The number of requests, by epoch minute, rule and status code."""

Durations: TypeAlias = dict[tuple[int, str, int, int], int]
"""The number of requests, by epoch hour, rule, status code and duration bucket."""

DURATIONS_BOUND: Final = 50_000
"""`Durations` has at most this many items. The durations of further requests are lost."""

BOUND: Final = 20_000
"""`Requests` has at most this many items, if the database cannot be written. Further requests are counted
in the route `<other>`.
"""

MINUTES_PER_HOUR: Final = 60

SERVER_WAIT: Final = 0.5
"""At the end of the process, wait at most this many seconds for a request that is being counted."""


@frozen
class CountsToStore:
    """Counts that are stored together. Each duration has a rule and status that `requests` has, too."""

    requests: Requests = field(default_factory=dict)
    durations: Durations = field(default_factory=dict)


class RequestCounts:
    """Counts requests. It may be used from many threads.

    `beyond` is how many requests were counted in the route `<other>`, by the hour, because of `BOUND`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Requests = {}
        self._durations: Durations = {}
        self.beyond = 0

    def add(self, rule: str, status: int) -> None:
        """Count a request in the present minute."""
        key = (int(time.time()) // 60, rule, status)
        with self._lock:
            counts = self._counts
            if key in counts:
                counts[key] += 1
            elif len(counts) < BOUND:
                counts[key] = 1
            else:
                self._add_beyond(*key)

    def add_duration(self, rule: str, status: int, nanoseconds: int) -> None:
        """Count the duration of a request in the present hour."""
        key = (int(time.time()) // 3600, rule, status, bucket_of(nanoseconds // 1000))
        with self._lock:
            durations = self._durations
            if key in durations:
                durations[key] += 1
            elif len(durations) < DURATIONS_BOUND:
                durations[key] = 1

    def take(self) -> CountsToStore:
        """Return the counts, and start again at zero. `beyond` is not reset.

        A duration whose rule and status have no request now is returned later, with the next such request:
        the response may have ended after its request was stored.
        """
        # If a signal interrupted this thread while it was counting, the lock is never released.
        locked = self._lock.acquire(timeout=SERVER_WAIT)
        try:
            taken, self._counts = self._counts, {}
            durations, self._durations = self._durations, {}
            answered = {(rule, status) for _, rule, status in taken}
            for key in [key for key in durations if key[1:3] not in answered]:
                self._durations[key] = durations.pop(key)
        finally:
            if locked:
                self._lock.release()
        return CountsToStore(taken, durations)

    def now(self) -> Requests:
        """Return a copy of the counts that are not stored yet."""
        with self._lock:
            return dict(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def _add_beyond(self, minute: int, _rule: str, status: int) -> None:
        hour = minute // MINUTES_PER_HOUR * MINUTES_PER_HOUR
        key = (hour, OTHER, status)
        self._counts[key] = self._counts.get(key, 0) + 1
        self.beyond += 1
