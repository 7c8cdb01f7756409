"""Waits for changes of logs, with watchfiles if it is installed and works."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator

LOOK = 1.0
"""After this many seconds the logs are looked at in any case, because not every change causes an event."""

TOLD_AFTER = 100
TOLD_AT_MOST = 500
"""Milliseconds without a further change after which changes are reported, and the longest time to wait."""

_SLICE = 0.1
"""Without watchfiles, a wait sees after this many seconds that it must end."""


class Watch:
    """Returns when something changes in directories, after a second at the latest, or when `stopped`."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self.is_set = stopped  # the name by which watchfiles asks
        self._watched: frozenset[tuple[str, int, int]] = frozenset()
        self._changes: Iterator[object] | None = None

    def wait(self, directories: Iterable[str]) -> None:
        """Wait for a change in these directories (not deeper). Missing directories are left out."""
        wanted = frozenset(_identity(directory) for directory in directories) - {None}
        if wanted != self._watched:
            self._watched = wanted  # type: ignore[assignment] # None was taken out
            self._changes = self._begin()
        if self._changes is None:
            self._sleep()
            return
        try:
            next(self._changes, None)
        except (OSError, RuntimeError):  # no watches left, or a file system without
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
            debounce=TOLD_AT_MOST,
            step=TOLD_AFTER,
            stop_event=self,
            rust_timeout=round(LOOK * 1000),
            yield_on_timeout=True,
            recursive=False,
            force_polling=False,  # the look each second is our polling
            ignore_permission_denied=True,
        )

    def _sleep(self) -> None:
        end = time.monotonic() + LOOK
        while not self.is_set() and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE))


def _identity(directory: str) -> tuple[str, int, int] | None:
    """Return what tells a directory from one that was made anew; `None` for one that cannot be listed."""
    try:
        stat = os.stat(directory)  # noqa: PTH116 - a str path
    except OSError:
        return None
    return (directory, stat.st_dev, stat.st_ino) if os.access(directory, os.R_OK) else None
