"""Counts requests in memory until they are stored: by minute, rule and status code."""

from __future__ import annotations

import threading
import time
from typing import Final, TypeAlias

from flask_status_cli.model import OTHER

Requests: TypeAlias = dict[tuple[int, str, int], int]
"""Numbers of requests by epoch minute, rule and status code."""

BOUND: Final = 20_000
"""At most this many numbers are kept while the database cannot be written.

Further requests go to `<other>`.
"""

MINUTES_PER_HOUR: Final = 60

PATIENCE: Final = 0.5
"""How many seconds to wait at the end of the process for a request that is being counted."""


class RequestCounts:
    """Counts requests from many threads. Beyond `BOUND` numbers, they are added up by hour and status."""

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
        """Return the counts, and begin again. `beyond` goes on counting."""
        # A signal may have come while this very thread was counting: then nobody lets go of the lock.
        locked = self._lock.acquire(timeout=PATIENCE)
        try:
            taken, self._counts = self._counts, {}
        finally:
            if locked:
                self._lock.release()
        return taken

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
