"""The lock of a SQLite database: a lock file, which the kernel releases when the process ends."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from flask_status_cli.errors import DatabaseError
from flask_status_cli.store.database.sqlite_errors import CHECK_RIGHTS

POLL_SECONDS: Final = 0.05
"""The pause between two attempts to take the lock."""

AN_HOUR: Final = timedelta(hours=1)
"""No ingest needs the lock for this long, because it takes the lock for one batch at a time."""

PRINT_AGAIN_AFTER: Final = timedelta(days=1)
"""The message that the lock is busy is printed again after this time."""

LATER: Final = "wait longer with --wait"


class LockBusy(DatabaseError):  # noqa: N818 - it names a state that a cron job meets every day
    """Another ingest still had the lock after the wait."""


def printed_lately(path: Path, *, now: datetime, since: datetime) -> bool:
    """Return whether the message that the lock is busy was printed within the last day and after `since`.

    The database cannot be written while the lock is busy. So the modification time of the lock file, at
    `path`, says when the message was printed.
    """
    try:
        told = path.stat().st_mtime
    except OSError:
        return False
    earliest = max(since, now - PRINT_AGAIN_AFTER)
    return earliest.timestamp() < told <= now.timestamp()


def note_printed(path: Path, *, now: datetime) -> None:
    """Record that the message is printed now. If this user may not, the next run prints it again."""
    with suppress(OSError):
        os.utime(path, (now.timestamp(), now.timestamp()))


class WriteLock:
    """The lock of the database at `path`, the file `PATH.lock`. A context manager that takes and releases it.

    Entering it raises `LockBusy` if the lock does not become free within `wait` seconds, and `DatabaseError`
    if its file cannot be made. It can be entered again after it was left, but not while it is entered.
    """

    def __init__(self, path: Path, *, wait: float) -> None:
        real = Path(os.path.realpath(path))
        self.path = real.with_name(real.name + ".lock")
        self.wait = wait
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        # A symbolic link could point elsewhere, and opening a named pipe could block for ever.
        flags = os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            self._descriptor = os.open(self.path, flags, 0o666)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise DatabaseError(str(self.path), "is a symbolic link", "remove it") from error
            what = f"cannot be opened: {error.strerror}"
            raise DatabaseError(str(self.path), what, CHECK_RIGHTS) from error
        try:
            self._acquire(self._descriptor)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._descriptor is not None:
            # Closing alone would not release it while a forked worker still has the descriptor.
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            self._close()

    def _acquire(self, descriptor: int) -> None:
        give_up = time.monotonic() + self.wait
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                left = give_up - time.monotonic()
                if left <= 0:
                    what = f"another ingest held the lock for {self.wait:g} seconds"
                    raise LockBusy(str(self.path), what, LATER) from None
                time.sleep(min(POLL_SECONDS, left))
            else:
                return

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
