"""The exit statuses, as the README lists them."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """What the shell is told."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    OPEN = 3
    INTERRUPTED = 130
