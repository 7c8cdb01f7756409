"""Backs up a SQLite database while other programs may write to it."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from flask_status_cli.errors import DatabaseError, OutputError
from flask_status_cli.store.database.connection import BUSY_TIMEOUT
from flask_status_cli.store.database.sqlite_errors import database_error

MAGIC = b"SQLite format 3\0"
"""The first bytes of every SQLite file."""


def copy(source: Path, target: Path) -> int:
    """Copy the database at `source` to `target`, replacing an earlier copy; return its size in bytes.

    The copy is written to another file in the same directory, synced, and then renamed. Raises `OutputError`
    if the target cannot be written or is no copy of a database, and `DatabaseError` if the source cannot be
    read.
    """
    _refuse(source, target)
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise _unwritten(target, error) from error
    os.close(descriptor)
    beside = Path(name)
    try:
        _copy(source, beside, target)
        beside.chmod(source.stat().st_mode & 0o777)
        _sync(beside)
        size = beside.stat().st_size
        beside.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise _unwritten(target, error) from error
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()
    return size


def _refuse(source: Path, target: Path) -> None:
    try:
        if not target.exists():
            return
        if not target.is_file():
            raise OutputError(str(target), "is a directory or a device", "name a file")
        if target.samefile(source):
            raise OutputError(str(target), "is the database itself", "name another file")
        with target.open("rb") as file:
            if file.read(len(MAGIC)) not in (MAGIC, b""):
                raise OutputError(str(target), "exists and is not a database", "name another file")
    except OSError as error:
        raise _unwritten(target, error) from error


def _copy(source: Path, beside: Path, target: Path) -> None:
    uri = f"{source.absolute().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT)) as original,
            closing(sqlite3.connect(beside)) as copied,
        ):
            original.backup(copied)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            raise OutputError(
                str(target), f"cannot be written: {error}", "nothing was copied"
            ) from error
        known: DatabaseError | None = database_error(source, error)
        if known is None:
            raise
        raise known from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritten(target: Path, error: OSError) -> OutputError:
    return OutputError(str(target), f"cannot be written: {error.strerror}", "name another file")
