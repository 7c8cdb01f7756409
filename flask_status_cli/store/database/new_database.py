"""Makes a new database in a transaction that the first counts are stored in, too."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime

from flask_status_cli.model.database_url import Database
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.lock import LockBusy
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.schema import version


def begin(connection: Connection, path: Database, now: datetime) -> ExitStack | None:
    """Make the tables of a new file in a transaction that goes on; return its lock.

    Return `None` if another program has made them meanwhile, or if an ingest has the lock.
    """
    with ExitStack() as lock:
        try:
            lock.enter_context(connection.lock(path, wait=0))
        except LockBusy:
            return None
        with translated(path):
            connection.begin(writing=True)
            try:
                if not version.make_new(connection, path, create=True, now=now):
                    connection.rollback()
                    return None
                connection.keep_open()
            except BaseException:
                connection.rollback()
                raise
        return lock.pop_all()
