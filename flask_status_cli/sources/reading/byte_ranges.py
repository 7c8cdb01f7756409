"""Cuts a large log at line ends into ranges of bytes, which several processes read at the same time."""

from __future__ import annotations

from collections.abc import Iterator

from flask_status_cli.frozen import frozen
from flask_status_cli.sources.identity.fingerprints import ReadAt
from flask_status_cli.sources.reading.content import CHUNK
from flask_status_cli.sources.reading.whole_lines import LineCutter


@frozen
class Range:
    """The positions `[start, end)` of some whole lines."""

    start: int
    end: int


class RangeLines:
    """Reads the lines of a range in blocks. A worker process makes one."""

    def __init__(self, read_at: ReadAt, within: Range) -> None:
        self._read_at = read_at
        self._within = within
        self._lines = LineCutter(within.start)

    def blocks(self) -> Iterator[bytes]:
        """Yield the lines of the range, in blocks of limited size."""
        position, end = self._within.start, self._within.end
        while chunk := self._read_at(position, min(CHUNK, end - position)):
            position += len(chunk)
            if lines := self._lines.feed(chunk):
                yield lines

    @property
    def complete(self) -> bool:
        """Whether the whole range was read. Otherwise the file has changed since it was cut."""
        return self._lines.offset == self._within.end

    @property
    def last(self) -> bytes:
        """The last (up to `SPAN`) bytes that were read."""
        return self._lines.last


def cut(read_at: ReadAt, start: int, end: int, length: int) -> list[Range]:
    """Return ranges of about `length` bytes that cover the whole lines between `start` and `end`."""
    ranges: list[Range] = []
    while start < end:
        line_end = _line_end(read_at, min(start + length, end), end)
        if line_end <= start:
            break
        ranges.append(Range(start, line_end))
        start = line_end
    return ranges


def _line_end(read_at: ReadAt, position: int, end: int) -> int:
    """Return the first line end from `position` on, or else the last one before it, 0 if there is none."""
    if position < end:
        while chunk := read_at(position, min(CHUNK, end - position)):
            found = chunk.find(b"\n")
            if found >= 0:
                return position + found + 1
            position += len(chunk)
    start = max(0, position - CHUNK)
    return start + read_at(start, position - start).rfind(b"\n") + 1
