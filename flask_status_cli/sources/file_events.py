"""Waits for changes of logs. It uses watchfiles if that is installed and works."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator

LOOK = 1.0
"""A wait ends after this many seconds without an event, because not every change causes one."""

QUIET_MILLISECONDS = 100
"""A change is reported when this many milliseconds have passed without a further change."""

LONGEST_MILLISECONDS = 500
"""A change is reported after this many milliseconds, even if there are further changes."""

_SLICE = 0.1
"""Seconds between two checks whether a wait must end, if watchfiles is not installed."""


class Watch:
    """Waits for changes in directories, each time for at most `LOOK` seconds or until `stopped()` is true."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self.is_set = stopped  # watchfiles calls `stop_event.is_set()`
        self._watched: frozenset[tuple[str, int, int]] = frozenset()
        self._changes: Iterator[object] | None = None

    def wait(self, directories: Iterable[str]) -> None:
        """Wait for a change in these directories, but not in subdirectories. Missing ones are left out."""
        wanted = frozenset(_identity(directory) for directory in directories) - {None}
        if wanted != self._watched:
            self._watched = wanted  # type: ignore[assignment] # None was taken out
            self._changes = self._begin()
        if self._changes is None:
            self._sleep()
            return
        try:
            next(self._changes, None)
        except (OSError, RuntimeError):  # too many watches, or a file system without events
            self._changes = None

    def _begin(self) -> Iterator[object] | None:
        try:
            from watchfiles import watch
        except ImportError:
            return None
        paths = [path for path, _, _ in self._watched]
        if not paths:
            return None
        return watch(
            *paths,
            watch_filter=None,
            debounce=LONGEST_MILLISECONDS,
            step=QUIET_MILLISECONDS,
            stop_event=self,
            rust_timeout=round(LOOK * 1000),
            yield_on_timeout=True,
            recursive=False,
            force_polling=False,  # the caller looks at the logs each second
            ignore_permission_denied=True,
        )

    def _sleep(self) -> None:
        end = time.monotonic() + LOOK
        while not self.is_set() and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE))


def _identity(directory: str) -> tuple[str, int, int] | None:
    """Return a value that differs if the directory was made anew, `None` if it cannot be listed."""
    try:
        stat = os.stat(directory)  # noqa: PTH116 - a str path
    except OSError:
        return None
    return (directory, stat.st_dev, stat.st_ino) if os.access(directory, os.R_OK) else None
