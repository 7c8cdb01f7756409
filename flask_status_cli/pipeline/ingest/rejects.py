"""Writes the file of `--rejects`. It has each refused line once."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from flask_status_cli.errors import LogMissingError, OutputError

MODE = 0o600
"""The mode of the file. Only its owner may read it, because log lines contain addresses and names."""

IN_MEMORY = 1 << 20
"""At most this many bytes of refused lines wait in memory. More of them wait in a temporary file."""

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_TRIES = 5
_LINE_END = b"\n"
_DATABASE = b"SQLite format 3\0"


class Rejects:
    """The file to which refused lines are appended, and the lines that wait for their batch to be stored.

    The file is created with mode 0600, whatever the umask. Raises `OutputError` if it is not a regular file
    of our own, has a second name, is a database, or can be read by others.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: IO[bytes] | None = None
        os.close(self._open())

    def close(self) -> None:
        """Drop the waiting lines."""
        if self._waiting is not None:
            self._waiting.close()
            self._waiting = None

    forget = close

    def note(self, _number: int, _reason: str, line: bytes) -> None:
        """Keep a refused line, as it was read, until its batch is stored or dropped."""
        from tempfile import SpooledTemporaryFile

        try:
            if self._waiting is None:
                self._waiting = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it stays open until `forget`
            self._waiting.write(line)
        except OSError as error:
            raise self._problem(error) from error

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Append the waiting lines before the batch is stored in the `with` block. Remove them if this fails.

        So no line is counted but missing in the file. After a kill in between, the lines are in it twice.
        """
        waiting = self._waiting
        if waiting is None:
            yield
            return
        descriptor = self._open()
        try:
            with self._translated():
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            end = os.fstat(descriptor).st_size
            try:
                with self._translated():
                    _append(waiting, descriptor, end)
                yield
            except Exception:  # not KeyboardInterrupt, which may come after the batch was stored
                os.ftruncate(descriptor, end)
                raise
        finally:
            os.close(descriptor)
        self.forget()

    def refuse_as_log(self, path: str, status: os.stat_result) -> None:
        """Raise `LogMissingError` if a log is this file: reading it would append to it without end."""
        try:
            ours = os.lstat(self._path)
        except OSError:
            return
        if os.path.samestat(ours, status):
            raise LogMissingError(
                path, "is the file of --rejects", "name another file for refused lines"
            )

    def _open(self) -> int:
        with self._translated():
            for _ in range(_TRIES):
                descriptor = self._open_once()
                if descriptor is not None:
                    return descriptor
        raise OutputError(self._name, "was deleted while it was opened", "name another file")

    def _open_once(self) -> int | None:
        """Open or create the file, and return its descriptor; `None` if it was deleted meanwhile."""
        try:
            descriptor = os.open(self._path, _FLAGS | os.O_CREAT | os.O_EXCL, MODE)
        except FileExistsError:
            try:
                descriptor = os.open(self._path, _FLAGS)
            except FileNotFoundError:
                return None
        else:
            os.fchmod(descriptor, MODE)
        status = os.fstat(descriptor)
        fault = self._fault(status) or self._database_fault(descriptor)
        if fault is None and status.st_nlink:
            return descriptor
        os.close(descriptor)
        if fault is not None:
            raise fault
        return None

    def _fault(self, status: os.stat_result) -> OutputError | None:
        mode = stat.S_IMODE(status.st_mode)
        if not stat.S_ISREG(status.st_mode):
            return OutputError(self._name, "is not a regular file", "name a file for refused lines")
        if status.st_uid != os.geteuid():
            return OutputError(self._name, "belongs to another user", "name a file of your own")
        if status.st_nlink > 1:
            return OutputError(self._name, "has a second name (a hard link)", "name another file")
        if mode & 0o077:
            what = f"can be read by other users (mode {mode:o}), and log lines contain addresses"
            import shlex

            return OutputError(self._name, what, f"chmod 600 {shlex.quote(self._name)}")
        return None

    def _database_fault(self, descriptor: int) -> OutputError | None:
        if os.pread(descriptor, len(_DATABASE), 0) == _DATABASE:
            return OutputError(self._name, "is a database", "name a file for refused lines")
        return None

    @property
    def _name(self) -> str:
        return str(self._path)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn an `OSError` into an `OutputError`."""
        try:
            yield
        except OSError as error:
            raise self._problem(error) from error

    def _problem(self, error: OSError) -> OutputError:
        if error.errno == errno.ELOOP:
            return OutputError(self._name, "is a symbolic link", "name the file itself")
        what = os.strerror(error.errno) if error.errno else str(error)
        hint = "refused lines cannot be written there; lines that are not stored yet are read next time"
        return OutputError(self._name, what, hint)


def _append(waiting: IO[bytes], descriptor: int, end: int) -> None:
    import shutil

    with os.fdopen(descriptor, "ab", closefd=False) as file:
        if end and os.pread(descriptor, 1, end - 1) != _LINE_END:  # a write that was cut short
            file.write(_LINE_END)
        waiting.seek(0)
        shutil.copyfileobj(waiting, file)
    os.fsync(descriptor)
