"""Streams in which nothing is understood any more: lines refused since the last entry."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask_status_cli.model import minute_of
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled

LINES: Final = 100
"""So many refused lines without an entry between them make a log one that is not understood,"""

MINUTES: Final = 15
"""if they came within so many minutes and no entry came for as long."""


def note(
    connection: Connection, stream: int, *, entries: bool, refused: int, now: datetime
) -> bool:
    """Note what a batch of a stream held; return whether the stream is not understood."""
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
    """Return the minute since which a stream is not understood at `now`, the first one's; else `None`."""
    minute = minute_of(now)
    found: int | None = connection.value(
        compiled.MISREAD_SINCE, lines=LINES, until=minute - MINUTES, after=minute - MINUTES
    )
    return found
