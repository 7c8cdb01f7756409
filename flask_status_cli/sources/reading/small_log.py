"""Reads a small log in one step."""

from __future__ import annotations

import os
import stat
from io import BytesIO

from flask_status_cli.model import Mark
from flask_status_cli.sources.identity.fingerprints import digest, marks_of, packed_marks
from flask_status_cli.sources.identity.first_lines import prints_of_lines
from flask_status_cli.sources.reading.compression import archive_of
from flask_status_cli.sources.reading.content import OPEN

SMALL = 64 << 10
"""A log with fewer bytes than this is small. It must not be more than `fingerprints.STEP`."""

FIRST_LINE = 4 << 10
"""A first line with more bytes than this is not found by `first_line`."""


def is_small(size: int) -> bool:
    """Return whether this many bytes of a log can be read in one step, and stored with other logs."""
    return size < SMALL


class SmallLog:
    """A small log, read to its end and still open. `open_small` makes it. Close it with `close()`.

    - `stat`: the state of the open file before it was read.
    - `whole`: its whole lines in one piece.
    - `head`: the digest of the first line.
    - `unfinished`: whether a line without line end follows.
    """

    __slots__ = ("_opened", "head", "path", "stat", "unfinished", "whole")

    def __init__(self, path: str, opened: int, found: os.stat_result, data: bytes) -> None:
        self.path = path
        self.stat = found
        end = data.rfind(b"\n") + 1
        self.unfinished = end < len(data)
        self.whole = data[:end] if self.unfinished else data
        self.head = digest(data[: data.find(b"\n") + 1])
        self._opened = opened

    @property
    def first_line(self) -> bytes:
        """The first line, with its line end."""
        return self.whole[: self.whole.find(b"\n") + 1]

    @property
    def last_line(self) -> bytes:
        """The last whole line, with its line end."""
        return self.whole[self.whole.rfind(b"\n", 0, -1) + 1 :]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks of the whole lines."""
        return marks_of(self.whole)

    @property
    def packed_marks(self) -> bytes:
        """The same marks, packed."""
        return packed_marks(self.whole)

    @property
    def prints(self) -> bytes:
        """The prints of the first lines."""
        return prints_of_lines(BytesIO(self.whole))

    def unchanged(self) -> bool:
        """Return whether the open file still begins with the lines that were read."""
        return os.pread(self._opened, len(self.whole), 0) == self.whole

    def close(self) -> None:
        """Close the file."""
        os.close(self._opened)


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
    return data if data[:1] != b"\0" and archive_of(data) is None else b""
