"""Reads a small log in one step."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from zlib import crc32

from flask_status_cli.model import InputFact
from flask_status_cli.model.log.checkpoints import MARK, PackedStream
from flask_status_cli.sources.identity.fingerprints import (
    SPAN,
    continued_marks,
    digest,
    of_small_logs,
)
from flask_status_cli.sources.identity.first_lines import (
    WIDTH,
    continued_prints,
    full_prints,
)
from flask_status_cli.sources.reading.compression import MAGIC, archive_of
from flask_status_cli.sources.reading.content import OPEN

SMALL = 64 << 10
"""A log with fewer bytes than this is small. It must not be more than `fingerprints.STEP`."""

FIRST_LINE = 4 << 10
"""A first line with more bytes than this is not found by `first_line`."""


_NOT_PLAIN = (b"\0", *MAGIC)


def is_small(size: int) -> bool:
    """Return whether this many bytes of a log can be read in one step, and stored with other logs."""
    return size < SMALL


class ReadLog:
    """What was read of a log in one step.

    - `stat`: the state of the open file before it was read.
    - `whole`: the new whole lines in one piece.
    - `head`: the digest of the first line of the log.
    - `unfinished`: whether a line without line end follows.
    - `stream`: the stream that the log continues, `None` for a new log.
    """

    __slots__ = ("head", "path", "stat", "stream", "unfinished", "whole")

    def __init__(  # noqa: PLR0913 - all that is known of a log
        self,
        path: str,
        found: os.stat_result,
        whole: bytes,
        head: bytes,
        *,
        unfinished: bool,
        stream: PackedStream | None = None,
    ) -> None:
        self.path = path
        self.stat = found
        self.whole = whole
        self.head = head
        self.unfinished = unfinished
        self.stream = stream

    @property
    def offset(self) -> int:
        """The position in the log after the lines that were read."""
        before = 0 if self.stream is None else self.stream.offset
        return before + len(self.whole)

    @property
    def first_line(self) -> bytes:
        """The first new line, with its line end."""
        return self.whole[: self.whole.find(b"\n") + 1]

    @property
    def converted_head(self) -> bytes:
        """The digest of the first line with another line end: see `ConvertedLines`."""
        line = self.first_line
        return digest(line[:-2] + b"\n" if line.endswith(b"\r\n") else line[:-1] + b"\r\n")

    @property
    def last_line(self) -> bytes:
        """The last whole line, with its line end."""
        return self.whole[self.whole.rfind(b"\n", 0, -1) + 1 :]

    def unchanged(self) -> bool:
        """Return whether the file still has the lines that were read."""
        return True

    def close(self) -> None:
        """Close the file."""


class SmallLog(ReadLog):
    """A small log, read to its end and still open. `open_small` makes it. Close it with `close()`."""

    __slots__ = ("_opened",)

    def __init__(self, path: str, opened: int, found: os.stat_result, data: bytes) -> None:
        end = data.rfind(b"\n") + 1
        self.path = path
        self.stat = found
        self.unfinished = end < len(data)
        self.whole = data[:end] if self.unfinished else data
        self.head = digest(data[: data.find(b"\n") + 1])
        self.stream = None
        self._opened = opened

    def unchanged(self) -> bool:
        """Return whether the open file still begins with the lines that were read."""
        return os.pread(self._opened, len(self.whole), 0) == self.whole

    def close(self) -> None:
        """Close the file."""
        os.close(self._opened)


class GrownLog(ReadLog):
    """The few new lines of a log that was read before. `open_grown` makes it."""

    __slots__ = ("_marks", "_prints")

    def __init__(  # noqa: PLR0913 - all that is known of a log
        self,
        path: str,
        found: os.stat_result,
        lines: bytes,
        stream: PackedStream,
        *,
        marks: bytes,
        prints: bytes,
        unfinished: bool,
    ) -> None:
        super().__init__(path, found, lines, stream.head, unfinished=unfinished, stream=stream)
        self._marks = marks
        self._prints = prints

    def fingerprints(self) -> tuple[bytes, bytes]:
        """Return the packed marks and the prints of the log up to `offset`."""
        return self._marks, self._prints


def fingerprints_of(logs: Iterable[ReadLog]) -> list[tuple[bytes, bytes]]:
    """Return the packed marks and the prints of each of these logs, up to its `offset`."""
    logs = list(logs)
    if any(isinstance(log, GrownLog) for log in logs):
        new = iter(of_small_logs([log.whole for log in logs if not isinstance(log, GrownLog)]))
        return [log.fingerprints() if isinstance(log, GrownLog) else next(new) for log in logs]
    return of_small_logs([log.whole for log in logs])


def open_small(path: str) -> SmallLog | None:
    """Open and read a small plain log with at least one whole line.

    Return `None` for every other file, including one that cannot be read or begins with NULs.
    """
    try:
        opened = os.open(path, OPEN)
    except OSError:
        return None
    found = os.fstat(opened)
    data = _plain(opened, found, found.st_size) if is_small(found.st_size) else b""
    if b"\n" in data:
        return SmallLog(path, opened, found, data)
    os.close(opened)
    return None


def open_grown(path: str, state: InputFact, stream: PackedStream) -> GrownLog | None:
    """Read the few new lines of a plain log. `state` is that of its path when it was last read.

    It must be the same file, with the first line of `stream`, and with the same bytes before the end of the
    stream. Of a short log, the whole content must have the same checksum. Return `None` for any other file.
    """
    try:
        opened = os.open(path, OPEN)
    except OSError:
        return None
    try:
        found = os.fstat(opened)
        same = (found.st_dev, found.st_ino) == (state.device, state.inode)
        grown = found.st_size >= state.size and 0 < found.st_size - stream.offset < SMALL
        if same and grown and stat.S_ISREG(found.st_mode):
            return _read_grown(path, opened, found, stream)
    except OSError:
        pass
    finally:
        os.close(opened)
    return None


def _read_grown(
    path: str, opened: int, found: os.stat_result, stream: PackedStream
) -> GrownLog | None:
    full = full_prints(stream.prints, stream.offset)
    start = max(0, stream.offset - SPAN) if full else 0
    data = os.pread(opened, found.st_size - start, start)
    first = os.pread(opened, FIRST_LINE, 0) if full else data
    at = stream.offset - start
    before = data[max(0, at - SPAN) : at]
    crc = 0 if full else crc32(memoryview(data)[:at])
    end = data.rfind(b"\n") + 1
    if (
        end <= at
        or first[:1] == b"\0"
        or archive_of(first) is not None
        or digest(first[: first.find(b"\n") + 1]) != stream.head
        or stream.marks[-MARK.size :] != MARK.pack(stream.offset, digest(before))
        or not (full or stream.prints.endswith(crc.to_bytes(4, "big")[-WIDTH:]))
        or os.pread(opened, len(data), start) != data  # it is truncated or rewritten meanwhile
    ):
        return None
    lines = data[at:end]
    marks = continued_marks(stream.marks, stream.offset, before, lines)
    if marks is None:
        return None
    prints = continued_prints(stream.prints, stream.offset, crc, lines)
    return GrownLog(
        path, found, lines, stream, marks=marks, prints=prints, unfinished=end < len(data)
    )


def first_line(path: str) -> bytes | None:
    """Return the first line of a plain log with its line end, `None` if it is long or cannot be read."""
    try:
        opened = os.open(path, OPEN)
    except OSError:
        return None
    data = _plain(opened, os.fstat(opened), FIRST_LINE)
    os.close(opened)
    return data[: data.find(b"\n") + 1] or None


def _plain(opened: int, found: os.stat_result, most: int) -> bytes:
    """Return the first bytes of a plain file that does not begin with NULs, none of any other file."""
    if not stat.S_ISREG(found.st_mode):
        return b""
    try:
        data = os.pread(opened, most, 0)
    except OSError:
        return b""
    return b"" if data.startswith(_NOT_PLAIN) else data
