"""Recognizes a pooler that gives each transaction another session of the server.

Such a pooler (PgBouncer with `pool_mode = transaction`) cannot be used: the schema and the lock of an ingest
belong to a session. A pooler is known by the process number that it invents for the client.
"""

from __future__ import annotations

import select
import time
from contextlib import suppress
from typing import Any, Final

import psycopg

ASKED: Final = b"SELECT pg_backend_pid()"

NONE: Final = (0, -1)
"""The process numbers of engines that have no processes, such as CockroachDB."""

TRIES: Final = 3
"""Another client may get the session between two questions, so they are asked this many times."""

ANSWER_TIMEOUT: Final = 1.0
"""Seconds to wait for the second connection. A pooler that keeps sessions may have none left for it."""


def shares_sessions(driver: psycopg.Connection[Any], process: int, given: dict[str, Any]) -> bool:
    """Return whether another client can get the session of a connection, whose server process is `process`.

    Connects a second time with the parameters `given` if there is a pooler. Engines without processes give
    no number above 0.
    """
    if process in (driver.info.backend_pid, *NONE):
        return False
    with suppress(psycopg.OperationalError), psycopg.connect(**given, autocommit=True) as other:
        for _ in range(TRIES):
            ours = driver.execute(ASKED, prepare=False).fetchone()
            theirs = _process(other.pgconn)
            if ours != (process,) or theirs == process:
                return True
            if theirs is None:
                break
    return False


def _process(connection: psycopg.pq.abc.PGconn) -> int | None:
    """Return the server process of a connection, `None` if it has none within `ANSWER_TIMEOUT`."""
    connection.send_query(ASKED)
    connection.flush()
    end = time.monotonic() + ANSWER_TIMEOUT
    value: bytes | None = None
    while _answered(connection, end):
        result = connection.get_result()
        if result is None:
            return None if value is None else int(value)
        value = result.get_value(0, 0)
    return None


def _answered(connection: psycopg.pq.abc.PGconn, end: float) -> bool:
    """Wait for the next result until `end`; return whether it can be read without waiting."""
    while connection.is_busy():
        ready, _, _ = select.select([connection.socket], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return False
        connection.consume_input()
    return True
