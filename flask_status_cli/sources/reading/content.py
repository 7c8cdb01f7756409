"""Opens a log: a file or a pipe, plain or compressed. Leading NULs are skipped."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

from flask_status_cli.errors import LogDeniedError, LogError, LogMissingError
from flask_status_cli.sources.identity.fingerprints import HEAD
from flask_status_cli.sources.reading.compression import (
    MAGIC_LENGTH,
    DecompressedArchive,
    Readable,
    archive_of,
    is_tar,
    not_from_tar,
)
from flask_status_cli.sources.reading.other_files import refuse_other_files
from flask_status_cli.sources.rotated_names import has_rotated_name

CHUNK = 1 << 18
"""At most this many bytes are read at once."""

PIPE = "-"
"""The path that means standard input."""

OURS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""The paths of files that were opened for this process, as by `<(zcat access.log.*)` in a shell."""

_NUL = b"\0"
OPEN = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK  # opening a named pipe must not block
_OF_THE_KERNEL = "/proc/"
_READ_FROM = "name the file that the server writes to"


class _Descriptor:
    """Reads a file descriptor from beginning to end. `peek` reads bytes that `read` returns again."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._front = b""

    def peek(self, length: int) -> bytes:
        while len(self._front) < length and (more := os.read(self._fd, length - len(self._front))):
            self._front += more
        return self._front

    def read(self, length: int = -1, /) -> bytes:
        if self._front:
            front, self._front = self._front[:length], self._front[length:]
            return front
        return os.read(self._fd, CHUNK if length < 0 else length)


class Content:
    """An open log. Close it with `close()`.

    - `path`: the path as it was given.
    - `stat`: the state of the open file.
    - `beginning`: the first `HEAD` bytes after leading NULs.
    - `led_by_nuls`: whether there are leading NULs.
    - `compression`: the name of the compression, `None` for a log that is not compressed.
    - `plain`: whether it is a regular file without compression, which can be read at any position. Everything
      else can be read only once.
    """

    converted = False

    def __init__(self, path: str, *, opened: int | None = None) -> None:
        """Open `path`, or take over the descriptor `opened`."""
        self.path = path
        self._fd = _open(path) if opened is None else opened
        self.stat = os.fstat(self._fd)
        descriptor = _Descriptor(self._fd)
        regular = stat.S_ISREG(self.stat.st_mode) and path != PIPE
        try:
            archive = archive_of(descriptor.peek(MAGIC_LENGTH))
            self.plain = regular and archive is None
            self.compression = archive.name if archive else None
            self._has_own_name = archive is not None and not has_rotated_name(path)
            self._unpacked = (
                DecompressedArchive(archive, descriptor, name=path) if archive else None
            )
            self._reader: Readable = self._unpacked or descriptor
            self._lead = _leading_nuls(self._fd) if self.plain else 0
            self.led_by_nuls = self._lead > 0
            self.beginning = self.read_at(0, HEAD) if self.plain else self._first()
            if is_tar(self.beginning):
                raise not_from_tar(path, piped=path == PIPE)
            refuse_other_files(path, self.beginning)
        except OSError as error:
            self.close()
            raise _unreadable(path, error) from error
        except LogError:
            self.close()
            raise
        self._front = b"" if self.plain else self.beginning

    def again(self) -> Content:
        """Open the same regular file again, even if it was renamed."""
        opened = os.dup(self._fd)
        # Both descriptors share one position, but only the first bytes are read by it.
        os.lseek(opened, 0, os.SEEK_SET)
        return Content(self.path, opened=opened)

    def close(self) -> None:
        """Close the file. Standard input stays open."""
        if self.path != PIPE:
            os.close(self._fd)

    @property
    def archive(self) -> bool:
        """Whether the log is compressed."""
        return self._unpacked is not None

    @property
    def may_have_joints(self) -> bool:
        """Whether the last bytes that were read may belong to another log than the first ones.

        That is so in a pipe and in an archive.
        """
        return not self.plain

    @property
    def keeps_lines(self) -> bool:
        """Whether digests of the lines are stored, because several new logs may follow each other.

        That is so in a pipe, and from the second member of an archive on. It is also so in an archive without
        the name of a rotated log, such as `all.gz`. Log rotation makes archives of one log.
        """
        if self._unpacked is None:
            return not self.plain
        return self._unpacked.members > 1 or self._has_own_name

    @property
    def cut(self) -> bool:
        """Whether an archive ended without its end mark. This is known when all was read."""
        return self._unpacked is not None and self._unpacked.cut

    @property
    def damage(self) -> str | None:
        """What is broken in an archive, `None` if nothing is. This is known when all was read."""
        return self._unpacked.damage if self._unpacked else None

    def state(self) -> tuple[int, int]:
        """Return the size and the modification time of the file, which change whenever it is written."""
        now = os.fstat(self._fd)
        return now.st_size, now.st_mtime_ns

    def size(self) -> int:
        """Return the present number of bytes of a plain content."""
        return max(0, os.fstat(self._fd).st_size - self._lead)

    def read_at(self, position: int, length: int) -> bytes:
        """Return `length` bytes of a plain content from `position` on, fewer only at its end."""
        parts = []
        while length > 0 and (part := os.pread(self._fd, length, self._lead + position)):
            parts.append(part)
            position += len(part)
            length -= len(part)
        return b"".join(parts)

    def opening(self, length: int) -> bytes:
        """Return the first bytes, at least `length` if there are so many. Call it before `read`."""
        if self.plain:
            return self.read_at(0, length)
        while len(self._front) < length and (more := self._reader.read(CHUNK)):
            self._front += more
        return self._front

    def read(self) -> bytes:
        """Return the next bytes of a content that can be read only once, `b""` at its end."""
        if self._front:
            front, self._front = self._front, b""
            return front
        return self._reader.read(CHUNK)

    def _first(self) -> bytes:
        first = b""
        self.led_by_nuls = False
        while len(first) < HEAD and (more := self._reader.read(CHUNK)):
            if not first:
                kept = more.lstrip(_NUL)
                self.led_by_nuls = self.led_by_nuls or len(kept) < len(more)
                more = kept
            first += more
        return first


def _open(path: str) -> int:
    if path == PIPE:
        if sys.stdin is None:
            raise LogError(PIPE, "standard input is closed", "name a log instead")
        return sys.stdin.fileno()
    try:
        opened = os.open(path, OPEN)
    except OSError as error:
        raise _unreadable(path, error) from error
    found = os.fstat(opened)
    mode = found.st_mode
    if not stat.S_ISREG(mode):
        os.set_blocking(opened, True)
        if not path.startswith(OURS) or not stat.S_ISFIFO(mode):
            os.close(opened)
            raise _not_a_file(path, mode)
    elif found.st_size == 0 and os.path.realpath(path).startswith(_OF_THE_KERNEL):
        os.close(opened)
        raise LogError(path, "is a file of the kernel, not a log", _READ_FROM)
    return opened


def _not_a_file(path: str, mode: int) -> LogError:
    """Return the error for a directory, a device or a named pipe, which could block cron for ever."""
    if os.path.realpath(path).startswith("/proc/"):
        what = "is an output of a running program, not a log"
        return LogError(
            path, what, "try: docker logs NAME 2>&1 | flask-status ingest --stream NAME -"
        )
    if stat.S_ISFIFO(mode):
        import shlex

        return LogError(
            path, "is a named pipe", f"try: flask-status ingest - < {shlex.quote(path)}"
        )
    if stat.S_ISDIR(mode):
        return LogError(path, os.strerror(errno.EISDIR))
    return LogError(path, "is a device", _READ_FROM)


def _leading_nuls(fd: int) -> int:
    position = 0
    while chunk := os.pread(fd, CHUNK, position):
        kept = chunk.lstrip(_NUL)
        if kept:
            return position + len(chunk) - len(kept)
        position = _next_data(fd, position + len(chunk))
    return position


def _next_data(fd: int, position: int) -> int:
    """Return the next position with data. It skips the holes of a sparse file, which may have many GB."""
    try:
        return os.lseek(fd, position, os.SEEK_DATA)
    except OSError:
        return position


def _unreadable(path: str, error: OSError) -> LogError:
    if error.errno == errno.ENOENT:
        return LogMissingError(
            path, "no such file", "check the path; a name with * or ? needs quotes"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return LogDeniedError(path, "permission denied", _who_may(path))
    if error.errno == errno.ENXIO:
        return LogError(path, "is a socket", _READ_FROM)
    return LogError(path, os.strerror(error.errno) if error.errno else str(error))


def _who_may(path: str) -> str:
    """Return a hint that names the group of the first directory or file on `path` that cannot be read."""
    import grp

    for step in [*reversed(Path(path).absolute().parents), Path(path)]:
        needed = os.X_OK if step.is_dir() else os.R_OK
        if not os.access(step, needed):
            gid = step.stat().st_gid
            try:
                group = grp.getgrgid(gid).gr_name
            except KeyError:
                group = str(gid)
            return f"{step} belongs to group {group}: run as a member of it, or as root"
    return "run as a user who may read it"
