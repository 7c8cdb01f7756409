"""Which flushes of the extension are stored.

The number of a flush is stored together with its counts. If a connection is lost during a commit, the
extension cannot know whether its counts are stored. It tries again with the same number, and a flush that is
stored is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select

from flask_status_cli.model.times import MINUTES_PER_DAY
from flask_status_cli.store.schema.tables import extension_flush

if TYPE_CHECKING:
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
