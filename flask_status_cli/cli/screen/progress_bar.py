"""The progress bar of a long ingest, on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

SHOWN_AFTER = 0.7
"""The bar appears after this many seconds, because importing it takes 0.1 seconds."""

PACE = 0.1
"""The number of seconds between two updates. No thread updates the bar, because workers are forked."""


@contextmanager
def progress_bar(*, wanted: bool) -> Iterator[Callable[[str, int, int | None], None]]:
    """Yield a function that shows the progress. It takes a path, the bytes read, and the size if known."""
    bar = _Bar(wanted=wanted and sys.stderr.isatty())
    try:
        yield bar.show
    finally:
        bar.stop()


class _Bar:
    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._start = time.monotonic()
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._drawn = 0.0

    def show(self, path: str, read: int, size: int | None) -> None:
        if not self._wanted or time.monotonic() - self._start < SHOWN_AFTER:
            return
        if self._progress is None:
            self._progress = _begin()
        if path not in self._tasks:
            from flask_status_cli.render.escape import printable

            name = printable(PurePath(path).name, 40)
            self._tasks[path] = self._progress.add_task(name, total=size)
        self._progress.update(self._tasks[path], completed=read)
        if time.monotonic() - self._drawn >= PACE:
            self._progress.refresh()
            self._drawn = time.monotonic()

    def stop(self) -> None:
        if self._progress is not None:
            self._progress.stop()


def _begin() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TransferSpeedColumn,
    )

    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
    )
    progress.start()
    return progress
