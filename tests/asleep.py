"""Measures how long a thread sleeps: a machine that others use makes all slow, and puts nothing to sleep."""

from __future__ import annotations

import time
from pathlib import Path


class Asleep:
    """The seconds, since this was made, in which its thread neither ran nor waited for a processor."""

    def __init__(self) -> None:
        self._began = _now_and_awake()

    def seconds(self) -> float:
        """Return them; only its own thread may ask."""
        now, awake = _now_and_awake()
        return now - self._began[0] - (awake - self._began[1])


def _now_and_awake() -> tuple[float, float]:
    ran, queued, _ = Path("/proc/thread-self/schedstat").read_text().split()
    return time.monotonic(), (int(ran) + int(queued)) / 1e9
