"""The number of the last flush that each process with the extension has stored.

A flush is one transaction, which stores its number together with its counts. If the connection is lost during
the commit, the extension cannot know whether the counts are stored. So it tries again with the same number,
and a number that is stored already is left out. Connections to PostgreSQL number all their transactions in
the same table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select

from flask_status_cli.model.times import MINUTES_PER_DAY, minute_of
from flask_status_cli.store.schema.tables import extension_flush

if TYPE_CHECKING:
    from datetime import datetime

    from flask_status_cli.model import Flush
    from flask_status_cli.store.database.connection import Connection

KEPT: Final = 7 * MINUTES_PER_DAY
"""The number of a process that has stored nothing for this many minutes is deleted."""


def is_stored(connection: Connection, flush: Flush) -> bool:
    """Return whether the counts of a flush are stored."""
    mine = extension_flush.c.process == flush.process
    number = connection.scalar(select(extension_flush.c.number).where(mine))
    return number is not None and number >= flush.number


def record_flush(connection: Connection, flush: Flush, *, minute: int) -> None:
    """Record a flush in the transaction that stores it, and delete the numbers of old processes."""
    process, last = extension_flush.c.process, extension_flush.c.minute
    connection.execute(
        delete(extension_flush).where((process == flush.process) | (last < minute - KEPT))
    )
    values = {"process": flush.process, "number": flush.number, "minute": minute}
    connection.execute(insert(extension_flush).values(values))


def forget_old(connection: Connection, *, now: datetime) -> None:
    """Delete the numbers of processes and connections that have stored nothing for long: they were killed."""
    before = minute_of(now) - KEPT
    connection.execute(delete(extension_flush).where(extension_flush.c.minute < before))
