"""The exit statuses. docs/commands.md says what they mean."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit status that the shell receives."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    OPEN = 3
    INTERRUPTED = 130
