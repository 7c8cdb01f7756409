"""The table `misread`: streams whose lines were all refused since the last entry."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask_status_cli.model import minute_of
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled

LINES: Final = 100
"""A log is not understood if at least this many lines in a row, and for `MINUTES`, were refused."""

MINUTES: Final = 15
"""A log is not understood if `LINES` lines in a row, and for at least this many minutes, were refused."""


def any_noted(connection: Connection) -> bool:
    """Return whether refused lines are recorded for any stream."""
    return connection.value(compiled.ANY_MISREAD) is not None


def record_refused(
    connection: Connection, stream: int, *, entries: bool, refused: int, now: datetime
) -> bool:
    """Record the refused lines of a batch; return whether its stream is not understood any more.

    `entries` says whether the batch has entries: then the refused lines of the stream are forgotten.
    """
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
    """Return the first minute since which a stream is not understood, `None` if all are understood `now`."""
    minute = minute_of(now)
    found: int | None = connection.value(
        compiled.MISREAD_SINCE, lines=LINES, until=minute - MINUTES, after=minute - MINUTES
    )
    return found
