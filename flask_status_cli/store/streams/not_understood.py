"""Streams in which nothing is understood any more: lines refused since the last entry."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from flask_status_cli.model import minute_of
from flask_status_cli.store.schema.tables import misread

LINES: Final = 100
"""So many refused lines without an entry between them make a log one that is not understood,"""

MINUTES: Final = 15
"""if they came within so many minutes and no entry came for as long."""


def note(
    connection: Connection, stream: int, *, entries: bool, refused: int, now: datetime
) -> bool:
    """Note what a batch of a stream held; return whether the stream is not understood."""
    mine, minute = misread.c.stream == stream, minute_of(now)
    if entries:
        connection.execute(delete(misread).where(mine))
        return False
    if not refused:
        return False
    row = connection.execute(select(misread).where(mine)).one_or_none()
    since, lines = (minute, 0) if row is None else (row.since, row.lines)
    slow = lines < LINES and minute - since >= MINUTES
    if slow or minute < since:
        since, lines = minute, 0
    lines += refused
    statement = insert(misread).values(stream=stream, since=since, updated=minute, lines=lines)
    changed = {"since": since, "updated": minute, "lines": lines}
    connection.execute(
        statement.on_conflict_do_update(index_elements=[misread.c.stream], set_=changed)
    )
    return lines >= LINES and minute - since >= MINUTES


def since(connection: Connection, *, now: datetime) -> int | None:
    """Return the minute since which a stream is not understood at `now`, the first one's; else `None`."""
    minute = minute_of(now)
    found: int | None = connection.scalar(
        select(func.min(misread.c.since)).where(
            misread.c.lines >= LINES,
            misread.c.since <= minute - MINUTES,
            misread.c.updated > minute - MINUTES,
        )
    )
    return found
