"""Turns errors of SQLite into messages that a user can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model.database_url import Database, DatabaseUrl

CHECK_RIGHTS = "check who owns it and its directory, and their permissions"

DAMAGED: Final = ("is damaged", "restore a backup, or move it away and ingest the logs again")
"""The message and hint for a damaged database."""

NO_UTF8: Final = "Could not decode to UTF-8"
"""The beginning of the message of Python's sqlite3 for text that is not UTF-8. It has no result code."""

NO_COLUMN: Final = "no such column: "
"""The beginning of SQLite's message if the stored definition of a table lacks a column: it is damaged."""

WORDS: Final = (
    ("SQLITE_NOTADB", "is not an SQLite database", "name another file with --db"),
    ("SQLITE_CORRUPT", *DAMAGED),
    ("SQLITE_BUSY", "is locked by another program", "try again when that has finished"),
    ("SQLITE_LOCKED", "is locked by another program", "try again when that has finished"),
    (
        "SQLITE_READONLY_ROLLBACK",
        "was left half written by an ingest that was killed",
        "the next flask-status ingest repairs it",
    ),
    ("SQLITE_READONLY_DBMOVED", "was moved or replaced while it was written", "run it again"),
    ("SQLITE_READONLY", "cannot be written", CHECK_RIGHTS),
    ("SQLITE_CANTOPEN", "cannot be opened", CHECK_RIGHTS),
    ("SQLITE_PERM", "cannot be opened", CHECK_RIGHTS),
    (
        "SQLITE_FULL",
        "the disk is full",
        "nothing of this batch was stored; make room, run it again",
    ),
    (
        "SQLITE_IOERR",
        "the disk could not be read or written",
        "nothing of this batch was stored; look at the disk, its quota and the system log",
    ),
)
"""Messages by the beginning of SQLite's result code (https://sqlite.org/rescode.html), longer ones first."""


class DamagedValue(ValueError):  # noqa: N818 - the value is damaged
    """A stored value is none that flask-status writes."""


def database_error(path: Path, error: sqlite3.Error) -> DatabaseError | None:
    """Return the error for the user that a SQLite error means, `None` if it can only be a bug of ours."""
    if str(error).startswith((NO_UTF8, NO_COLUMN)):
        return DatabaseError(str(path), *DAMAGED)
    name = getattr(error, "sqlite_errorname", "")
    for beginning, what, hint in WORDS:
        if name.startswith(beginning):
            return DatabaseError(str(path), what, hint)
    return None


def _known(where: Database, error: BaseException) -> DatabaseError | None:
    if isinstance(error, sqlite3.Error) and not isinstance(where, DatabaseUrl):
        return database_error(where, error)
    if isinstance(where, DatabaseUrl) and not isinstance(error, DatabaseError | ImportError):
        from flask_status_cli.store.postgresql import errors

        return errors.database_error(where, error)
    return None


@contextmanager
def translated(path: Database) -> Iterator[None]:
    """Turn errors of the engine within the block into `DatabaseError`. Bugs of ours keep their traceback.

    Text that is not UTF-8, or a `DamagedValue`, means that the file is damaged: flask-status never writes
    such text.
    """
    try:
        yield
    except (UnicodeDecodeError, DamagedValue) as error:
        raise DatabaseError(str(path), *DAMAGED) from error
    except Exception as error:
        original = getattr(error, "orig", error)  # SQLAlchemy's errors wrap the driver's
        known = _known(path, original)
        if known is None:
            raise
        raise known from error
