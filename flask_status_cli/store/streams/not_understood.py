"""Streams in which nothing is understood any more: lines refused since the last entry."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask_status_cli.model import minute_of
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled

LINES: Final = 100
"""A log is not understood after this many refused lines without an entry, if `MINUTES` have passed, too."""

MINUTES: Final = 15
"""A log is not understood if no entry came for this many minutes, and `LINES` refused lines came."""


def any_noted(connection: Connection) -> bool:
    """Return whether refused lines are recorded of any stream."""
    return connection.value(compiled.ANY_MISREAD) is not None


def note(
    connection: Connection, stream: int, *, entries: bool, refused: int, now: datetime
) -> bool:
    """Record the lines of a batch of a stream; return whether the stream is not understood."""
    minute = minute_of(now)
    if entries:
        connection.change(compiled.FORGET_MISREAD, number=stream)
        return False
    if not refused:
        return False
    since, lines = connection.row(compiled.MISREAD, number=stream) or (minute, 0)
    slow = lines < LINES and minute - since >= MINUTES
    if slow or minute < since:
        since, lines = minute, 0
    lines += refused
    connection.change(compiled.PUT_MISREAD, stream=stream, since=since, updated=minute, lines=lines)
    return bool(lines >= LINES and minute - since >= MINUTES)


def since(connection: Connection, *, now: datetime) -> int | None:
    """Return the first minute since which a stream is not understood at `now`, `None` if all are."""
    minute = minute_of(now)
    found: int | None = connection.value(
        compiled.MISREAD_SINCE, lines=LINES, until=minute - MINUTES, after=minute - MINUTES
    )
    return found
