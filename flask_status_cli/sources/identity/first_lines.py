"""Prints: two bytes for each of the first lines of a log. They show where two logs begin to differ."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from itertools import accumulate, islice
from zlib import crc32

LINES = 2048
"""At most this many first lines have a print."""

LIMIT = 1 << 19
"""Only lines that end within this many first bytes have a print."""

WIDTH = 2
"""The size of a print in bytes. Two are enough, because all prints after a difference differ, too."""

SURE = 16
"""If this many different lines of two logs agree, they are the same log."""

_CHUNK = 1 << 16


class Prints:
    """Makes the prints of a content while it is read from its first byte.

    Each print is a checksum of the content up to the end of its line.
    """

    def __init__(self) -> None:
        self.position = 0
        self.value = bytearray()
        self._ends: list[int] = []
        self._crc = 0

    def copy(self) -> Prints:
        """Return prints that are fed on their own from now on."""
        other = Prints()
        other.position, other._crc = self.position, self._crc
        other.value, other._ends = self.value[:], self._ends[:]
        return other

    @property
    def full(self) -> bool:
        """Whether no further line gets a print."""
        return len(self._ends) >= LINES or self.position >= LIMIT

    def feed(self, chunk: bytes) -> None:
        """Make the prints of the next bytes of the content."""
        if self.full:
            return
        chunk = chunk[: LIMIT - self.position]
        whole = chunk[: chunk.rfind(b"\n") + 1]
        lines = list(islice(BytesIO(whole), LINES - len(self._ends)))
        crc = self._crc
        states = [crc := crc32(line, crc) for line in lines]
        self.value += _packed(states)
        ends = list(accumulate(map(len, lines), initial=self.position))
        self._ends += ends[1:]
        self._crc = crc32(chunk[ends[-1] - self.position :], crc)
        self.position += len(chunk)

    def end_of(self, lines: int) -> int:
        """Return the position after so many first lines."""
        return self._ends[lines - 1] if lines else 0

    def until(self, offset: int) -> bytes:
        """Return the prints of the lines that end at `offset` or before."""
        return bytes(self.value[: WIDTH * bisect_right(self._ends, offset)])


def prints_of(read_at: Callable[[int, int], bytes], end: int) -> Prints:
    """Return the prints of the lines up to `end` of a content that can be read at any position."""
    found = Prints()
    while not found.full and found.position < end:
        chunk = read_at(found.position, min(_CHUNK, end - found.position))
        if not chunk:
            break
        found.feed(chunk)
    return found


def prints_of_lines(lines: Iterable[bytes]) -> bytes:
    """Return the prints of lines, given with their line ends, from the first line of a content on.

    The content must be no longer than `LIMIT`.
    """
    crc = 0
    return _packed([crc := crc32(line, crc) for line in islice(lines, LINES)])


def _packed(states: Sequence[int]) -> bytes:
    """Return the prints of lines. `states` has the checksum up to the end of each."""
    return struct.pack(f">{len(states)}H", *[state & 0xFFFF for state in states])


def continued_prints(prints: bytes, offset: int, crc: int, lines: bytes) -> bytes:
    """Return the prints of a log after new lines. `prints` are those at `offset`, its former end.

    `crc` is the checksum of the content up to there. It is not needed if the prints are `full_prints`.
    """
    if full_prints(prints, offset):
        return prints
    room = LINES - len(prints) // WIDTH
    within = lines[: LIMIT - offset]
    ended = within[: within.rfind(b"\n") + 1]
    return prints + _packed([crc := crc32(line, crc) for line in islice(BytesIO(ended), room)])


def full_prints(prints: bytes, offset: int) -> bool:
    """Return whether a log that was read up to `offset` has all of its prints."""
    return len(prints) >= WIDTH * LINES or offset >= LIMIT


def prints_agree(one: bytes | bytearray, other: bytes | bytearray) -> bool:
    """Return whether the prints of two logs are equal, as far as both have prints."""
    common = min(len(one), len(other))
    return one[:common] == other[:common]


def equal_first_lines(one: bytes | bytearray, other: bytes | bytearray) -> int:
    """Return how many first lines of two logs are equal, as far as both have prints."""
    common = min(len(one), len(other)) // WIDTH
    different = (
        number
        for number in range(common)
        if one[WIDTH * number : WIDTH * (number + 1)]
        != other[WIDTH * number : WIDTH * (number + 1)]
    )
    return next(different, common)


def next_print(line: bytes, before: int) -> tuple[int, bytes]:
    """Return the checksum up to the end of a line, and the print of the line.

    `before` is the checksum up to its beginning, 0 for the first line.
    """
    crc = crc32(line, before)
    return crc, (crc & 0xFFFF).to_bytes(WIDTH, "big")
