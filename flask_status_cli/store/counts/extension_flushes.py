"""Which flushes of the extension are stored, and which transactions of a connection to a server.

The number of a flush is stored together with its counts. If a connection is lost during a commit, the
extension cannot know whether its counts are stored. It tries again with the same number, and a flush that is
stored is left out. A connection to PostgreSQL does the same with each of its transactions.
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
"""A process that has stored nothing for this many minutes is forgotten."""


def is_stored(connection: Connection, flush: Flush) -> bool:
    """Return whether the counts of a flush are stored."""
    mine = extension_flush.c.process == flush.process
    number = connection.scalar(select(extension_flush.c.number).where(mine))
    return number is not None and number >= flush.number


def note(connection: Connection, flush: Flush, *, minute: int) -> None:
    """Record a flush that is stored in this transaction, and forget old processes."""
    process, last = extension_flush.c.process, extension_flush.c.minute
    connection.execute(
        delete(extension_flush).where((process == flush.process) | (last < minute - KEPT))
    )
    values = {"process": flush.process, "number": flush.number, "minute": minute}
    connection.execute(insert(extension_flush).values(values))


def forget_old(connection: Connection, *, now: datetime) -> None:
    """Forget the processes and connections that have stored nothing for long. They were killed."""
    before = minute_of(now) - KEPT
    connection.execute(delete(extension_flush).where(extension_flush.c.minute < before))
