"""Checks and copies a database."""

from __future__ import annotations

from pathlib import Path

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.model.times import Clock
from flask_status_cli.store import Ledger


def check(database: Database) -> tuple[str, ...]:
    """Return a sentence for each problem of a database. Raises `DatabaseError` if it cannot be opened."""
    with Ledger.open(database, damaged=True) as ledger:
        return ledger.problems()


def size(database: Database) -> int:
    """Return the size of a database in bytes, 0 if there is none yet."""
    if isinstance(database, DatabaseUrl):
        with Ledger.open(database) as ledger:
            return ledger.size()
    try:
        return database.stat().st_size
    except OSError:  # opening it raises an error that says more
        return 0


def copy_to(database: Database, target: Database, *, host: str, clock: Clock) -> int:
    """Copy a database into an empty one, also from one engine to the other. Return the number of rows.

    Logs without a host become logs of `host`.
    """
    from flask_status_cli.store.copies.copy_rows import copy_rows

    return copy_rows(database, target, host=host, clock=clock)


def back_up(database: Database, target: Path) -> int:
    """Copy a database to the file `target`, whole or not at all. Return the size of the copy in bytes."""
    if isinstance(database, DatabaseUrl):
        what = "a PostgreSQL database is backed up by the server's own tools"
        hint = f"pg_dump -n {database.schema} -Fc -f FILE URL"
        raise DatabaseError(str(database), what, hint)
    from flask_status_cli.store.copies.backup import copy

    with Ledger.open(database):  # raises an error if it is not a database of ours
        return copy(database, target)
