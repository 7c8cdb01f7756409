"""Commits a large transaction in a thread while the next lines are counted.

SQLite releases Python's lock (the GIL) during a statement, so statements of many rows run in parallel with
the counting. The batch was checked before, so only the disk can still fail.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from threading import Thread
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from flask_status_cli.store.database.connection import Postponed

WORTH: Final = 40_000
"""With fewer values than this, a thread saves no time."""

SWITCH_SECONDS: Final = 0.0005
"""Python's switch interval while the thread runs. With the usual 5 ms, it would mostly wait for the GIL."""


def worth_it(rows: Iterable[Postponed]) -> bool:
    """Return whether there are so many rows that a thread saves time."""
    return sum(len(each[1]) if isinstance(each, tuple) else each.values for each in rows) >= WORTH


class BackgroundCommit:
    """A thread that calls `add`, commits, calls `then`, and releases the lock.

    Closing `within` ends the transaction, and closing `lock` releases the lock. The connection must not be
    used until `wait` has returned.
    """

    def __init__(
        self,
        add: Callable[[], None],
        *,
        within: ExitStack,
        lock: ExitStack,
        then: Callable[[], None],
    ) -> None:
        self._add = add
        self._within = within
        self._lock = lock
        self._then = then
        self._error: BaseException | None = None
        self._usual = sys.getswitchinterval()
        self._thread = Thread(target=self._run, name="commit")
        sys.setswitchinterval(SWITCH_SECONDS)
        try:
            self._thread.start()
        except RuntimeError:  # the system refuses another thread
            self._run()

    def _run(self) -> None:
        try:
            with self._lock:
                with self._within:
                    self._add()
                self._then()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            self._error = error

    @property
    def is_running(self) -> bool:
        """Whether the thread is still at work."""
        return self._thread.is_alive()

    def wait(self) -> None:
        """Wait until all is committed; raise the error if that failed."""
        if self._thread.ident is not None:
            self._thread.join()
        sys.setswitchinterval(self._usual)
        if self._error is not None:
            raise self._error
