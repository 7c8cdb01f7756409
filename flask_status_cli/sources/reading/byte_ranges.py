"""Cuts a large plain content at line ends into ranges that several processes can read at once."""

from __future__ import annotations

from collections.abc import Iterator

from flask_status_cli.frozen import frozen
from flask_status_cli.sources.identity.fingerprints import ReadAt
from flask_status_cli.sources.reading.content import CHUNK
from flask_status_cli.sources.reading.whole_lines import Lines


@frozen
class Range:
    """The bytes `[start, end)`, which are whole lines."""

    start: int
    end: int


class RangeLines:
    """Reads the lines of a range in blocks. Afterwards `last` are its last bytes, as they were read.

    `complete` is false if the content was shorter, or did not end with a line end.
    """

    def __init__(self, read_at: ReadAt, within: Range) -> None:
        self._read_at = read_at
        self._within = within
        self._lines = Lines(within.start)

    def blocks(self) -> Iterator[bytes]:
        """Yield the lines."""
        position, end = self._within.start, self._within.end
        while chunk := self._read_at(position, min(CHUNK, end - position)):
            position += len(chunk)
            if lines := self._lines.feed(chunk):
                yield lines

    @property
    def complete(self) -> bool:
        """Whether all of it was read."""
        return self._lines.offset == self._within.end

    @property
    def last(self) -> bytes:
        """The last bytes that were read."""
        return self._lines.last


def cut(read_at: ReadAt, start: int, end: int, length: int) -> list[Range]:
    """Cut the lines between `start` and `end` into ranges of about `length` bytes."""
    ranges: list[Range] = []
    while start < end:
        line_end = _line_end(read_at, min(start + length, end), end)
        if line_end <= start:
            break
        ranges.append(Range(start, line_end))
        start = line_end
    return ranges


def _line_end(read_at: ReadAt, position: int, end: int) -> int:
    """Return the first line end from `position` on, or else the last one before it; 0 for none."""
    if position < end:
        while chunk := read_at(position, min(CHUNK, end - position)):
            found = chunk.find(b"\n")
            if found >= 0:
                return position + found + 1
            position += len(chunk)
    start = max(0, position - CHUNK)
    return start + read_at(start, position - start).rfind(b"\n") + 1
