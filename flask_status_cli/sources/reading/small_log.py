"""Reads a small log in one step."""

from __future__ import annotations

import os
import stat
from io import BytesIO

from flask_status_cli.model import Mark
from flask_status_cli.sources.identity.fingerprints import digest, marks_of
from flask_status_cli.sources.identity.first_lines import prints_of_lines
from flask_status_cli.sources.reading.compression import archive_of
from flask_status_cli.sources.reading.content import OPEN

SMALL = 64 << 10
"""A log with fewer bytes than this is small. It must not be more than `fingerprints.STEP`."""


def is_small(size: int) -> bool:
    """Return whether this many bytes of a log can be read in one step, and stored with other logs."""
    return size < SMALL


class SmallLog:
    """A small log, read to its end and still open. `open_small` makes it. Close it with `close()`.

    - `stat`: the state of the open file before it was read.
    - `whole`: its whole lines in one piece, and `lines`: the same one by one.
    - `head`: the digest of the first line.
    - `unfinished`: whether a line without line end follows.
    """

    def __init__(self, path: str, opened: int, found: os.stat_result, data: bytes) -> None:
        self.path = path
        self.stat = found
        self.whole = data[: data.rfind(b"\n") + 1]
        self.lines = BytesIO(self.whole).readlines()
        self.head = digest(self.lines[0])
        self.unfinished = len(self.whole) < len(data)
        self._opened = opened

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks of the whole lines."""
        return marks_of(self.whole)

    @property
    def prints(self) -> bytes:
        """The prints of the first lines."""
        return prints_of_lines(self.lines)

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
    try:
        found = os.fstat(opened)
        data = b""
        if stat.S_ISREG(found.st_mode) and is_small(found.st_size):
            data = os.pread(opened, SMALL, 0)
    except OSError:
        data = b""
    if b"\n" in data and is_small(len(data)) and data[0] and archive_of(data) is None:
        return SmallLog(path, opened, found, data)
    os.close(opened)
    return None
