"""The base class of `Ledger`, `Store` and `Outbox`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.store.database.connection import BUSY_TIMEOUT, Connection, Mode, connect
from flask_status_cli.store.database.sqlite_errors import translated


@contextmanager
def opening(
    path: Database,
    mode: Mode,
    *,
    busy_timeout: float = BUSY_TIMEOUT,
    wait_limits: ServerWaitLimits | None = None,
    answer_within: float | None = None,
) -> Iterator[Connection]:
    """Open the database at `path` for a block that checks it. If the block raises, close the connection.

    Raises `DatabaseError` if the database cannot be opened, or if the engine fails in the block.
    """
    connection = connect(
        path, mode, busy_timeout=busy_timeout, wait_limits=wait_limits, answer_within=answer_within
    )
    try:
        with translated(path):
            yield connection
    except BaseException:
        connection.close()
        raise


def may_exist(database: Database) -> bool:
    """Return whether there may be a database at this path: not if the file is missing.

    If the path cannot be looked up, opening it raises the error.
    """
    if isinstance(database, DatabaseUrl):
        return True
    try:
        return database.exists()
    except OSError:
        return True


class OpenDatabase:
    """A connection together with the path or URL of its database. A context manager that closes it."""

    def __init__(self, connection: Connection, path: Database) -> None:
        self._opened = connection
        self._path = path

    @property
    def _connection(self) -> Connection:
        return self._opened

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection. A transaction that was not committed is rolled back."""
        self._opened.close()
