"""Finds the lines of an earlier log in a new one that has other lines between them.

Examples are `cat a.log b.log > all.log` or `sort -m` after both logs have grown, and a log of which a copy
without some lines was read before (`grep -v healthz access.log > clean.log`). The lines of the earlier log
are known by their prints. A print is a checksum of all lines up to its own, so they must be in their order.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from functools import cached_property
from io import BytesIO
from itertools import accumulate
from zlib import crc32

from flask_status_cli.model import Stream
from flask_status_cli.sources.identity.fingerprints import agrees
from flask_status_cli.sources.identity.first_lines import SURE, WIDTH, full_prints
from flask_status_cli.sources.identity.probes import no_probes
from flask_status_cli.sources.identity.recognize_log import SeekableLog

SEARCHED = 8 << 20
"""A longer log is not searched."""

MOST_STEPS = 1 << 20
"""So many lines are compared with prints in one log. This takes a third of a second."""

ENOUGH = 2
"""So many of the equal lines must be no probes."""

Ranges = tuple[tuple[int, int], ...]
"""Ranges of bytes [start, end), ascending, with gaps between them."""


def ranges_of(
    content: SeekableLog, at_path: Stream | None, others: Iterable[Stream] = ()
) -> Ranges:
    """Return where a plain log has all lines of earlier logs.

    `at_path` is the one that was read at its path. Two of these lines must be no probes. Of other logs,
    there must be `SURE` different lines, because a client may ask two sites of a server at once.
    """
    size = content.size()
    streams = {s.id: s for s in [at_path, *others] if s is not None}.values()
    shorter = [s for s in streams if s.checkpoint.offset < size and _has_all_prints(s)]
    if not shorter or size > SEARCHED:
        return ()
    lines = BytesIO(content.read_at(0, size)).readlines()
    found = LineSearch(lines)
    old = [False] * len(lines)
    for stream in shorter:
        places = found.places(stream)
        sure = stream is at_path or len({lines[place] for place in places}) >= SURE
        if places and sure and found.no_probes(places) >= ENOUGH:
            for place in places:
                old[place] = True
    return _ranges(lines, old)


def _has_all_prints(stream: Stream) -> bool:
    read = stream.checkpoint
    return bool(read.prints) and not full_prints(read.prints, read.offset) and not read.partial


class LineSearch:
    """Searches the lines of a log for those of streams. `steps_left` limits how many lines are compared."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines
        self.steps_left = MOST_STEPS

    @cached_property
    def _single(self) -> Sequence[bool]:
        return no_probes(self._lines)

    def no_probes(self, places: Sequence[int]) -> int:
        """Return how many of these lines are no probes."""
        return sum(self._single[place] for place in places)

    def places(self, stream: Stream) -> Sequence[int]:
        """Return the places of all lines of a stream, none if one of them is missing.

        Another line has the print by chance once in 65,536 times. Then no line behind it has the next print,
        and the search goes back to the line before, once.
        """
        prints, places, states = _prints(stream), list[int](), [0]
        place, again = 0, False
        while len(places) < len(prints):
            found = self._next(prints[len(places)], states[-1], place)
            if found is not None:
                place, state = found
                places.append(place)
                states.append(state)
                place, again = place + 1, False
            elif again or not places:
                return ()
            else:
                place, again = places.pop() + 1, True
                states.pop()
        return places if _agree([self._lines[place] for place in places], stream) else ()

    def _next(self, wanted: int, before: int, place: int) -> tuple[int, int] | None:
        """Return the next line with a print, from `place` on, and the checksum up to its end."""
        end = min(len(self._lines), place + self.steps_left)
        for number in range(place, end):
            crc = crc32(self._lines[number], before)
            if crc & 0xFFFF == wanted:
                self.steps_left -= number - place
                return number, crc
        self.steps_left -= end - place
        return None


def _prints(stream: Stream) -> Sequence[int]:
    prints = stream.checkpoint.prints
    return struct.unpack(f">{len(prints) // WIDTH}H", prints)


def _agree(lines: Sequence[bytes], stream: Stream) -> bool:
    """Return whether these lines are those of a stream, by its marks."""
    whole = b"".join(lines)
    marks = stream.checkpoint.marks
    return len(whole) == stream.checkpoint.offset and all(
        agrees(mark, lambda position, length: whole[position : position + length]) for mark in marks
    )


def _ranges(lines: Sequence[bytes], old: Sequence[bool]) -> Ranges:
    ends = accumulate(map(len, lines))
    found = zip(lines, old, ends, strict=True)
    return joined([(end - len(line), end) for line, known, end in found if known])


def joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return ranges in their order. Those that touch or overlap are one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)
