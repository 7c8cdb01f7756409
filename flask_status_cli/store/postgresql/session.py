"""Begins a session of a server: connects as libpq does, and sets the parameters of the session."""

from __future__ import annotations

import logging
import os
import re
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model.database_url import DatabaseUrl
from flask_status_cli.store.postgresql.pooler import shares_sessions

OLDEST: Final = 130000
"""The oldest supported version of the server, as libpq writes it."""

CONNECT_TIMEOUT: Final = "10"
"""Seconds to wait for a connection, unless the URL or PGCONNECT_TIMEOUT says otherwise."""

EXAMPLE: Final = "for example postgresql://user@host/db"

MISTAKEN: Final = re.compile(
    r"""invalid URI query parameter: "([a-z_]+)"|bad value for ([a-z_]+)"""
)
"""What libpq says of a parameter of a URL."""

LOCK_TIMEOUT: Final = "60s"
"""How long a statement waits for the transaction of another host."""

HURRIED_CONNECT_TIMEOUT: Final = "2"
"""Seconds to wait for a connection while somebody waits. It is the smallest value of libpq."""

LOCK_SHARE: Final = 0.5
"""While somebody waits, a statement waits for another transaction for this share of that time."""

SESSION: Final = """
    SET search_path TO {}; SET lock_timeout TO {};
    SELECT extract(epoch FROM clock_timestamp())::float8, pg_backend_pid()
"""

CLOCKS_AGREE: Final = 300.0
"""Clocks that differ by fewer seconds are not compared: the answer needs time, too."""

POOLER: Final = (
    "a pooler gives each transaction another session (pool_mode = transaction)",
    "use the address of the server, or pool_mode = session",
)

SERVERS_KEEPALIVES: Final = """
    SET tcp_keepalives_idle TO 30; SET tcp_keepalives_interval TO 10; SET tcp_keepalives_count TO 3
"""
"""With these, the server notices within a minute that a host is gone, and releases its locks."""

KEEPALIVES: Final = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
"""With these, a host notices within a minute that the server is gone. The URL may say otherwise."""


logging.getLogger("psycopg").addHandler(logging.NullHandler())
# psycopg warns of unread answers of a lost connection, but the loss is reported as an error already.


class Driver(psycopg.Connection[tuple[Any, ...]]):
    """psycopg's connection. Only statements end a transaction; SQLAlchemy would roll it back.

    - `process`: the number of the server's process. A pooler tells the client another number.
    """

    process: int = 0

    clock_ahead: timedelta = timedelta(0)

    def commit(self) -> None:
        """Do nothing."""

    def rollback(self) -> None:
        """Do nothing."""


class _Whole(Loader):
    """Decodes `numeric` as a whole number. PostgreSQL's sums of whole numbers have that type."""

    def load(self, data: Any) -> int:
        return int(bytes(data))


def begin(url: DatabaseUrl, *, answer_within: float | None) -> Driver:
    """Connect as libpq does: parts missing in the URL come from the environment, services and ~/.pgpass.

    If somebody waits, for `answer_within` seconds, timeouts are short.
    """
    try:
        given = _parameters(url, is_waited_for=answer_within is not None)
        driver = Driver.connect(**given, client_encoding="UTF8", autocommit=True)
    except psycopg.ProgrammingError as error:
        raise _misunderstood(url, error) from error
    try:
        _refuse_old(url, driver)
        _set_up(driver, url.schema, answer_within=answer_within)
        _refuse_pooler(url, driver, given)
        if not driver.info.host.startswith("/"):
            with suppress(psycopg.ProgrammingError):  # servers that are no PostgreSQL lack them
                driver.execute(SERVERS_KEEPALIVES)
    except BaseException:
        driver.close()
        raise
    return driver


def _parameters(url: DatabaseUrl, *, is_waited_for: bool) -> dict[str, Any]:
    """Return the parameters of a URL, and those that it does not give. Raises `ProgrammingError`."""
    given: dict[str, Any] = {
        **KEEPALIVES,
        "application_name": "flask-status",
        **conninfo_to_dict(url.conninfo),
    }
    if "PGCONNECT_TIMEOUT" not in os.environ:
        given.setdefault(
            "connect_timeout", HURRIED_CONNECT_TIMEOUT if is_waited_for else CONNECT_TIMEOUT
        )
    return given


def _refuse_old(url: DatabaseUrl, driver: Driver) -> None:
    if driver.info.server_version < OLDEST:
        version = driver.info.server_version // 10000
        what = f"runs PostgreSQL {version}; {OLDEST // 10000} or later is needed"
        raise DatabaseError(str(url), what, "upgrade the server")


def _set_up(driver: Driver, schema: str, *, answer_within: float | None) -> None:
    """Set the parameters of a new session, and ask for the server's clock and the number of its process."""
    driver.adapters.register_loader("numeric", _Whole)
    timeout = LOCK_TIMEOUT
    if answer_within is not None:
        timeout = f"{1000 * LOCK_SHARE * answer_within:.0f}ms"
    statements = sql.SQL(SESSION).format(sql.Identifier(schema), timeout)
    server, driver.process = _last_row(driver.execute(statements))
    driver.clock_ahead = _ahead(server)


def _last_row(answers: psycopg.Cursor[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Return the row of the last of some answers."""
    while answers.nextset():
        pass
    (row,) = answers.fetchall()
    return row


def _ahead(server: float) -> timedelta:
    """Return how far the clock of this host is ahead of the server's, which has just told its time."""
    seconds = time.time() - server
    return timedelta(seconds=seconds if abs(seconds) >= CLOCKS_AGREE else 0)


def _refuse_pooler(url: DatabaseUrl, driver: Driver, given: dict[str, Any]) -> None:
    if shares_sessions(driver, driver.process, given):
        raise DatabaseError(str(url), *POOLER)


def _misunderstood(url: DatabaseUrl, error: psycopg.ProgrammingError) -> DatabaseError:
    """Return the error for a URL with a mistake. The driver's message may hold the password."""
    if named := MISTAKEN.search(str(error)):
        what = f"the parameter {named[1] or named[2]} is not known, or has a wrong value"
        return DatabaseError(str(url), what, "check what follows the ? in the URL")
    return DatabaseError(str(url), "is not a URL that libpq understands", EXAMPLE)
