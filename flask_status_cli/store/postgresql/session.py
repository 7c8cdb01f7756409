"""Begins a session of a server: connects as libpq does, and sets what holds for all its statements."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model.database_url import DatabaseUrl

OLDEST: Final = 130000
"""The oldest server that is supported, as libpq writes its version."""

CONNECT_TIMEOUT: Final = "10"
"""Seconds to wait for the server's answer, unless the URL or PGCONNECT_TIMEOUT says otherwise."""

EXAMPLE: Final = "for example postgresql://user@host/db"

LOCK_TIMEOUT: Final = "60s"
"""How long a statement waits for the transaction of another host."""

HURRIED_CONNECT_TIMEOUT: Final = "2"
"""libpq takes no less."""

HURRIED_LOCK_TIMEOUT: Final = "1s"

SESSION: Final = "SET search_path TO {}; SET lock_timeout TO {}"

SERVERS_KEEPALIVES: Final = """
    SET tcp_keepalives_idle TO 30; SET tcp_keepalives_interval TO 10; SET tcp_keepalives_count TO 3
"""
"""The server notices within a minute that a host is gone, and lets go of its locks."""

KEEPALIVES: Final = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
"""A host notices as soon that the server is gone; the URL may say otherwise."""


logging.getLogger("psycopg").addHandler(logging.NullHandler())
# It warns of answers that it does not wait for once a connection is lost, which is told as an error anyway.


class Driver(psycopg.Connection[tuple[Any, ...]]):
    """The driver's connection. Only statements end a transaction: SQLAlchemy rolls back as it joins."""

    def commit(self) -> None:
        """Do nothing."""

    def rollback(self) -> None:
        """Do nothing."""


class _Whole(Loader):
    """Reads a sum: PostgreSQL adds whole numbers up to `numeric`, and all numbers of ours are whole."""

    def load(self, data: Any) -> int:
        return int(bytes(data))


def begin(url: DatabaseUrl, *, hurried: bool) -> Driver:
    """Connect as libpq does: what the URL leaves out comes from the environment, services and ~/.pgpass.

    If it is `hurried`, a client of the app waits.
    """
    try:
        given: dict[str, Any] = conninfo_to_dict(url.conninfo)
    except psycopg.ProgrammingError as error:  # its message may hold the password
        raise DatabaseError(str(url), "is not a URL that libpq understands", EXAMPLE) from error
    if "connect_timeout" not in given and "PGCONNECT_TIMEOUT" not in os.environ:
        given["connect_timeout"] = HURRIED_CONNECT_TIMEOUT if hurried else CONNECT_TIMEOUT
    given.setdefault("application_name", "flask-status")
    given = KEEPALIVES | given
    driver = Driver.connect(**given, client_encoding="UTF8", autocommit=True)
    if driver.info.server_version < OLDEST:
        version = driver.info.server_version // 10000
        driver.close()
        what = f"runs PostgreSQL {version}; {OLDEST // 10000} or later is needed"
        raise DatabaseError(str(url), what, "upgrade the server")
    driver.adapters.register_loader("numeric", _Whole)
    schema = sql.Identifier(url.schema)
    try:
        timeout = HURRIED_LOCK_TIMEOUT if hurried else LOCK_TIMEOUT
        driver.execute(sql.SQL(SESSION).format(schema, timeout))
        if not driver.info.host.startswith("/"):
            with suppress(psycopg.ProgrammingError):  # a server of another make lacks them
                driver.execute(SERVERS_KEEPALIVES)
    except BaseException:
        driver.close()
        raise
    return driver
