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
"""Numbers of requests by epoch minute, rule and status code."""

Durations: TypeAlias = dict[tuple[int, str, int, int], int]
"""Numbers of requests by epoch hour, rule, status code and bucket of the duration."""

DURATIONS_BOUND: Final = 50_000
"""At most this many numbers of durations are kept. Of further requests only the duration is lost."""

BOUND: Final = 20_000
"""At most this many numbers are kept while the database cannot be written.

Further requests go to `<other>`.
"""

MINUTES_PER_HOUR: Final = 60

PATIENCE: Final = 0.5
"""How many seconds to wait at the end of the process for a request that is being counted."""


@frozen
class Counted:
    """What is stored at once. Every duration is of a rule and status of the requests."""

    requests: Requests = field(default_factory=dict)
    durations: Durations = field(default_factory=dict)


class RequestCounts:
    """Counts requests from many threads. Beyond `BOUND` numbers, they are added up by hour and status."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Requests = {}
        self._durations: Durations = {}
        self.beyond = 0

    def add(self, rule: str, status: int) -> None:
        """Count a request that is answered now."""
        key = (int(time.time()) // 60, rule, status)
        with self._lock:
            counts = self._counts
            if key in counts:
                counts[key] += 1
            elif len(counts) < BOUND:
                counts[key] = 1
            else:
                self._add_beyond(*key)

    def took(self, rule: str, status: int, nanoseconds: int) -> None:
        """Count how long a request took that has ended now."""
        key = (int(time.time()) // 3600, rule, status, bucket_of(nanoseconds // 1000))
        with self._lock:
            durations = self._durations
            if key in durations:
                durations[key] += 1
            elif len(durations) < DURATIONS_BOUND:
                durations[key] = 1

    def take(self) -> Counted:
        """Return the counts, and begin again at zero. `beyond` is not reset.

        A duration waits until a request of its rule and status is taken, because a long response may end
        later.
        """
        # A signal may have come while this very thread was counting: then nobody lets go of the lock.
        locked = self._lock.acquire(timeout=PATIENCE)
        try:
            taken, self._counts = self._counts, {}
            durations, self._durations = self._durations, {}
            answered = {(rule, status) for _, rule, status in taken}
            for key in [key for key in durations if key[1:3] not in answered]:
                self._durations[key] = durations.pop(key)
        finally:
            if locked:
                self._lock.release()
        return Counted(taken, durations)

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
