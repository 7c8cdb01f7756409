"""Requests counted in memory until they are stored: by minute, rule and status code."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Final, TypeAlias

from flask_status_cli.model import OTHER

Requests: TypeAlias = dict[tuple[int, str, int], int]
"""Numbers of requests by epoch minute, rule and status code."""

BOUND: Final = 20_000
"""So many numbers are kept while the database cannot be written; what comes then is added up to `<other>`."""

MINUTES_PER_HOUR: Final = 60

PATIENCE: Final = 0.5
"""Seconds to wait for a request that is being counted when the process ends."""


class RequestCounts:
    """Counts requests from many threads. Beyond `BOUND` numbers, requests are added up by hour and status."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Requests = {}
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

    def take(self) -> Requests:
        """Return what was counted, and begin anew."""
        # A signal may have come while this very thread was counting: then nobody lets go of the lock.
        locked = self._lock.acquire(timeout=PATIENCE)
        try:
            taken, self._counts = self._counts, {}
        finally:
            if locked:
                self._lock.release()
        return taken

    def put_back(self, taken: Mapping[tuple[int, str, int], int]) -> None:
        """Keep what could not be stored, for the next time."""
        with self._lock:
            for key, requests in taken.items():
                self._counts[key] = self._counts.get(key, 0) + requests

    def now(self) -> Requests:
        """Return a copy of what is counted and not stored yet."""
        with self._lock:
            return dict(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def _add_beyond(self, minute: int, _rule: str, status: int) -> None:
        hour = minute // MINUTES_PER_HOUR * MINUTES_PER_HOUR
        key = (hour, OTHER, status)
        self._counts[key] = self._counts.get(key, 0) + 1
        self.beyond += 1
