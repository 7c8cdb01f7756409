"""Commits a transaction later: a large one in a thread, while the next lines are counted.

SQLite releases Python's lock (the GIL) during a statement, so statements of many rows run in parallel with
the counting. The batch was checked before, so only the disk can still fail.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from threading import Thread
from typing import TYPE_CHECKING, Final

from flask_status_cli.frozen import frozen

if TYPE_CHECKING:
    from flask_status_cli.store.database.connection import Postponed

WORTH: Final = 40_000
"""With fewer values than this, a thread saves no time."""

SWITCH_SECONDS: Final = 0.0005
"""Python's switch interval while the thread runs. With the usual 5 ms, it would mostly wait for the GIL."""


def worth_it(rows: Iterable[Postponed]) -> bool:
    """Return whether there are so many rows that a thread saves time."""
    return sum(len(each[1]) if isinstance(each, tuple) else each.values for each in rows) >= WORTH


@frozen
class OpenTransaction:
    """A transaction that was begun under the lock.

    - `within`: its end commits the transaction.
    - `lock`: its end releases the lock.
    - `then`: is called after the commit, still under the lock.
    """

    within: ExitStack
    lock: ExitStack
    then: Callable[[], None]

    def end(self, last: Callable[[], None]) -> None:
        """Call `last` in the transaction, commit it, and release the lock."""
        with self.lock:
            with self.within:
                last()
            self.then()


class BackgroundCommit:
    """A thread that calls `add`, and ends the transaction.

    The connection must not be used until `wait` has returned. If it is not `beside`, there is no thread. If
    the transaction is `left_open`, `wait` ends it, so that more can be stored in it.
    """

    def __init__(
        self,
        add: Callable[[], None],
        transaction: OpenTransaction,
        *,
        beside: bool = True,
        left_open: bool = False,
    ) -> None:
        self.left_open = left_open
        self._add = add
        self._transaction = transaction
        self._error: BaseException | None = None
        self._usual = sys.getswitchinterval()
        self._thread = Thread(target=self._run, name="commit")
        if not beside:
            self._run()
            return
        sys.setswitchinterval(SWITCH_SECONDS)
        try:
            self._thread.start()
        except RuntimeError:  # the system refuses another thread
            self._run()

    def _run(self) -> None:
        try:
            if self.left_open:
                self._add()
            else:
                self._transaction.end(self._add)
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            self._error = error

    @property
    def is_running(self) -> bool:
        """Whether the thread is still at work."""
        return self._thread.is_alive()

    def wait(self, last: Callable[[], None] | None = None) -> None:
        """Wait until all is committed; raise the error if that failed.

        `last` is called in a transaction that was `left_open`, before its end.
        """
        if self._thread.ident is not None:
            self._thread.join()
        sys.setswitchinterval(self._usual)

        def end() -> None:
            if self._error is not None:
                raise self._error
            if last is not None:
                last()

        self._transaction.end(end) if self.left_open else end()
