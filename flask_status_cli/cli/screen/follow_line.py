"""The line that shows the progress of `ingest --follow` on a terminal."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.live import Live

    from flask_status_cli.model import FollowStatus

OVER = 10.0
"""The rate of lines is an average over this many seconds."""

WIDE = 100
"""On a terminal of at least this many columns, the line has full words and numbers."""


class LiveLine:
    """Shows the progress of `--follow` in one line that is updated."""

    def __init__(self) -> None:
        self._live: Live | None = None
        self._seen: deque[tuple[float, int]] = deque()

    def show(self, status: Callable[[], FollowStatus]) -> None:
        """Draw the line, or update it."""
        from rich.text import Text

        now, found = time.monotonic(), status()
        self._seen.append((now, found.lines))
        while len(self._seen) > 2 and self._seen[0][0] < now - OVER:
            self._seen.popleft()
        if self._live is None:
            self._live = _begin()
        sentence = _sentence(found, self._rate(), width=self._live.console.width)
        self._live.update(Text(sentence, no_wrap=True, overflow="ellipsis"))
        self._live.refresh()

    def _rate(self) -> float:
        (begin, before), (end, after) = self._seen[0], self._seen[-1]
        return max(0, after - before) / (end - begin) if end > begin else 0.0

    def stop(self) -> None:
        """Clear the line. The next `show()` draws it again."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def _sentence(status: FollowStatus, rate: float, *, width: int) -> str:
    from flask_status_cli.render.text.words import compact, grouped

    files = f"{status.files} log" + ("" if status.files == 1 else "s")
    stored = "-" if status.stored_at is None else f"{status.stored_at.astimezone():%H:%M:%S}"
    if width < WIDE:
        return (
            f"{files}: {compact(round(rate))} lines/s, {compact(status.entries)} entries, "
            f"404: {compact(status.not_found)}, 5xx: {compact(status.server_errors)}; stored {stored}"
        )
    return (
        f"following {files}: {grouped(round(rate))} lines/s, {grouped(status.entries)} entries, "
        f"{grouped(status.not_found)} with 404, {grouped(status.server_errors)} with 5xx; "
        f"stored at {stored}"
    )


def _begin() -> Live:
    from rich.console import Console
    from rich.live import Live

    live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
    live.start()
    return live
