"""A session of a server with its advisory locks. A session that replaces a lost one takes them again."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import psycopg

from flask_status_cli.errors import ServerAwayError
from flask_status_cli.model.database_url import DatabaseUrl
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.store.database.lock import LATER
from flask_status_cli.store.database.server_wait import ServerWait
from flask_status_cli.store.postgresql import session
from flask_status_cli.store.postgresql.errors import database_error
from flask_status_cli.store.postgresql.own_statements import END_FORMER, TAKE_LOCK

LOCKS: Final = 0x666C7374
"""The first key of our advisory locks: "flst" in ASCII."""

HURRY: Final = 1.0
"""If a server is waited for in less than this many seconds, a client of the app waits."""

CLIENTS_WAIT: Final = 2.0
"""A client of the app waits this many seconds for an answer."""


class LockedSession:
    """The present session with a server, and the locks that it must have."""

    def __init__(self, url: DatabaseUrl, wait_limits: ServerWaitLimits) -> None:
        self._url = url
        self._wait_limits = wait_limits
        self._held: list[int] = []
        self._process: int | None = None

    def begin(self, wait: ServerWait) -> session.Driver:
        """Connect, and take the locks of the lost session again. Try until the server allows both."""
        while True:
            try:
                driver = session.begin(self._url, answer_within=self._answer_within)
                self._make_ready(driver, wait)
            except psycopg.OperationalError as error:
                wait.pause(_away(self._url, error))
            else:
                self._driver = driver
                return driver

    @property
    def _answer_within(self) -> float | None:
        hurry = CLIENTS_WAIT if self._wait_limits.seconds < HURRY else None
        return self._wait_limits.answer_within or hurry

    def _make_ready(self, driver: session.Driver, wait: ServerWait) -> None:
        try:
            self._end_former(driver)
            for key in self._held:
                while driver.execute(TAKE_LOCK, (LOCKS, key)).fetchone() != (True,):
                    what = "another ingest took the lock when the connection was lost"
                    wait.pause(ServerAwayError(str(self._url), what, LATER))
        except BaseException:
            driver.close()
            raise
        self._process = driver.process

    def _end_former(self, driver: session.Driver) -> None:
        """End the former session, which would keep its locks until the server notices the loss."""
        if self._process is None:
            return
        # this role may have no right to do it, or the server is no PostgreSQL
        with suppress(psycopg.ProgrammingError):
            driver.execute(END_FORMER, (LOCKS, self._process))

    def key(self, *names: str) -> int:
        """Return the second key of an advisory lock of this schema, made from these names."""
        number = zlib.crc32("\0".join((self._url.schema, *names)).encode())
        return number - 2**32 if number >= 2**31 else number

    @contextmanager
    def holding(self, key: int) -> Iterator[None]:
        """Keep a lock that was taken until the block ends, also in a session that replaces this one."""
        self._held.append(key)
        try:
            yield
        finally:
            self._held.remove(key)
            with suppress(psycopg.Error):  # a lost connection has no locks any more
                self._driver.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCKS, key))


def _away(url: DatabaseUrl, error: psycopg.OperationalError) -> ServerAwayError:
    """Return an error that may be over in a moment as `ServerAwayError`; raise any other error."""
    found = database_error(url, error)
    if not isinstance(found, ServerAwayError):
        raise error
    return found
