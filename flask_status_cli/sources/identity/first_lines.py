"""The first lines of a log, each known by two bytes: where two logs that begin alike begin to differ."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from zlib import crc32

LINES = 2048
"""So many first lines have a print, where they end within `LIMIT`."""

LIMIT = 1 << 19
"""So many first bytes of a log have prints."""

WIDTH = 2
"""Bytes of a print. Those of all lines from the first difference on differ, so a few lines are enough."""

SURE = 16
"""So many different lines that agree tell one log from another."""

_CHUNK = 1 << 16


class Prints:
    """The prints of a content as it flows by from its first byte; each is of all up to its line end."""

    def __init__(self) -> None:
        self.position = 0
        self.value = bytearray()
        self._ends: list[int] = []
        self._crc = 0

    @property
    def full(self) -> bool:
        """Whether no line gets a print any more: what follows is not known by prints."""
        return len(self._ends) >= LINES or self.position >= LIMIT

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the content."""
        if self.full:
            return
        chunk = chunk[: LIMIT - self.position]
        crc, start, ends, value = self._crc, 0, self._ends, self.value
        while len(ends) < LINES and (end := chunk.find(b"\n", start) + 1):
            crc = crc32(chunk[start:end], crc)
            value += (crc & 0xFFFF).to_bytes(WIDTH, "big")
            ends.append(self.position + end)
            start = end
        self._crc = crc32(chunk[start:], crc)
        self.position += len(chunk)

    def until(self, offset: int) -> bytes:
        """Return the prints of the lines that end by `offset`."""
        return bytes(self.value[: WIDTH * bisect_right(self._ends, offset)])


def prints_of(read_at: Callable[[int, int], bytes], end: int) -> Prints:
    """Return the prints of a content that can be read anywhere, up to `end`."""
    found = Prints()
    while not found.full and found.position < end:
        chunk = read_at(found.position, min(_CHUNK, end - found.position))
        if not chunk:
            break
        found.feed(chunk)
    return found


def alike(one: bytes | bytearray, other: bytes | bytearray) -> bool:
    """Return whether two logs agree as far as both have prints; where one has none, they do."""
    common = min(len(one), len(other))
    return one[:common] == other[:common]


def agreeing(one: bytes | bytearray, other: bytes | bytearray) -> int:
    """Return how many first lines two logs have in common, as far as both have prints."""
    common = min(len(one), len(other)) // WIDTH
    different = (
        number
        for number in range(common)
        if one[WIDTH * number : WIDTH * (number + 1)]
        != other[WIDTH * number : WIDTH * (number + 1)]
    )
    return next(different, common)


def next_print(line: bytes, before: int) -> tuple[int, bytes]:
    """Return what to hand in for the next line, and the print of this one; 0 comes before the first."""
    crc = crc32(line, before)
    return crc, (crc & 0xFFFF).to_bytes(WIDTH, "big")
