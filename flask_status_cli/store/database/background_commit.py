"""Ends a large transaction in a thread while the next lines are counted.

SQLite releases Python's lock during a statement, so statements of many rows run in parallel with the
counting. Every reason to refuse a batch is checked before. After that, only the disk can fail.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from threading import Thread
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from flask_status_cli.store.database.connection import Connection, HeldRows

WORTH: Final = 40_000
"""With fewer values than this nothing is won."""

SWITCH_SECONDS: Final = 0.0005
"""The thread asks for Python's lock between two statements: with the usual 5 ms it would mostly wait."""


def worth_it(rows: Sequence[HeldRows]) -> bool:
    """Return whether there are so many rows that a thread is worth it."""
    return sum(len(flat) for _, flat in rows) >= WORTH


class BackgroundCommit:
    """Adds rows, commits, calls `then`, and releases the lock.

    `within` holds the transaction, and `lock` the lock that was taken before it. The connection must not be
    used until `wait` has returned.
    """

    def __init__(
        self,
        connection: Connection,
        rows: Sequence[HeldRows],
        *,
        within: ExitStack,
        lock: ExitStack,
        then: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._rows = rows
        self._within = within
        self._lock = lock
        self._then = then
        self._error: BaseException | None = None
        self._usual = sys.getswitchinterval()
        self._thread = Thread(target=self._run, name="commit")
        sys.setswitchinterval(SWITCH_SECONDS)
        try:
            self._thread.start()
        except RuntimeError:  # no thread can be had
            self._run()

    def _run(self) -> None:
        try:
            with self._lock:
                with self._within:
                    self._connection.add_held(self._rows)
                self._then()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            self._error = error

    def wait(self) -> None:
        """Wait until all is committed; raise what went wrong instead."""
        if self._thread.ident is not None:
            self._thread.join()
        sys.setswitchinterval(self._usual)
        if self._error is not None:
            raise self._error
