"""Where lines lie in a content that was read in turn, and whether another log is a part of it.

Logs that come one behind the other in a pipe, the oldest first, are one log to us: nothing shows where one
ends. So some of their lines are kept by their digests, with their positions. A file whose first lines lie
among them, as far from each other as there, is a part of what was read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from flask_status_cli.model import Mark, Places, Stream
from flask_status_cli.sources.identity.fingerprints import digest
from flask_status_cli.sources.identity.first_lines import SURE
from flask_status_cli.sources.reading.content import CHUNK

MOST = 2048
"""So many lines are kept of a content; where there are more, every second one goes."""

LAST = 256
"""So many of its last lines are kept besides: the live log comes last, and may be short."""

ENOUGH = 2
"""So many lines must lie where they should, of a log that has more than one."""

Found = tuple[bytes, int, int]
"""A kept line: its digest, its stream, its position there."""

ReadAt = Callable[[int, int], bytes]


class LineSampler:
    """Chooses the lines to keep, by their own bytes, as a content flows by in whole lines."""

    def __init__(self) -> None:
        self._mask = 0
        self._kept: dict[int, tuple[int, bytes]] = {}
        self._last: dict[int, bytes] = {}
        self._before = b""

    def feed(self, chunk: bytes, position: int) -> None:
        """Take the next whole lines, which begin at `position`."""
        lines = chunk.split(b"\n")[:-1]
        starts = []
        before, mask = self._before, self._mask
        for line in lines:
            if line != before:
                crc = crc32(line)
                if not crc & mask:
                    self._kept[position] = crc, digest(line)
            starts.append(position)
            position += len(line) + 1
            before = line
        self._before = before
        recent = zip(starts[-LAST:], map(digest, lines[-LAST:]), strict=True)
        self._last = dict([*self._last.items(), *recent][-LAST:])
        while len(self._kept) > MOST:
            self._mask = 2 * self._mask + 1
            self._kept = {p: kept for p, kept in self._kept.items() if not kept[0] & self._mask}

    def until(self, offset: int) -> Places:
        """Return the kept lines that begin before `offset`."""
        kept = {place: value for place, (_, value) in self._kept.items()} | self._last
        return Places(self._mask, tuple(Mark(p, kept[p]) for p in sorted(kept) if p < offset))


class Part:
    """Follows a content that begins `delta` bytes behind the beginning of `stream`, from its first byte.

    `agreed` is how far it is known to agree; `over` says that it is no part of the stream from `agreed` on,
    `ended` that the stream ends there; `votes` are the kept lines that were met where they should lie.
    """

    def __init__(self, stream: Stream, delta: int, places: Places) -> None:
        self.stream = stream
        self.agreed = 0
        self.over = self.ended = False
        self.votes = 0
        self._delta = delta
        self._mask = places.mask
        self._known = {mark.position: mark.digest for mark in places.lines}
        self._end = stream.checkpoint.offset - delta
        self._before: bytes | None = None

    @property
    def sure(self) -> bool:
        """Whether every line of the stream was kept, so that nothing is guessed."""
        return self._mask == 0

    def follow(self, chunk: bytes, position: int) -> None:
        """Compare the next whole lines, which begin at `position`."""
        for line in chunk.split(b"\n")[:-1]:
            if self.over:
                return
            end = position + len(line) + 1
            self._compare(line, position, end)
            self._before, position = line, end

    def _compare(self, line: bytes, position: int, end: int) -> None:
        if position >= self._end:
            self.agreed = self._end if position == self._end else self.agreed
            self.over = True
            self.ended = position == self._end
            return
        kept = self._known.get(position + self._delta)
        if kept is not None:
            self.over = kept != digest(line)
            self.agreed = self.agreed if self.over else end
            self.votes += not self.over
        elif self._before is not None and line != self._before:
            self.over = not crc32(line) & self._mask

    def walk(self, read_at: ReadAt, size: int) -> int:
        """Return how far a content that can be read anywhere is a part of the stream."""
        position = 0
        while not self.over and (chunk := read_at(position, min(CHUNK, size - position))):
            whole = chunk.rfind(b"\n") + 1
            if not whole:
                break
            self.follow(chunk[:whole], position)
            position += whole
        return self.agreed if self.over else position


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is known of kept lines: `find(digests)` gives those that are, `places(stream)` all of a stream."""

    find: Callable[[Sequence[bytes]], Iterable[Found]]
    places: Callable[[int], tuple[Stream, Places] | None]


def part_of(beginning: bytes, lookup: Lookup) -> tuple[Part | None, bool]:
    """Return what a log with these first bytes is a part of, to be followed from its first byte.

    Besides, whether it may be one though it cannot be told: too few of its lines were kept.
    """
    whole = beginning[: beginning.rfind(b"\n") + 1]
    starts = dict(_different(whole))
    votes: Counter[tuple[int, int]] = Counter()
    for value, number, position in lookup.find(list(starts)):
        votes[number, position - starts[value]] += 1
    lines = whole.count(b"\n")
    guessed = False
    for (number, delta), _ in votes.most_common(3):
        known = lookup.places(number)
        if known is None or delta <= 0:
            continue
        trial = Part(known[0], delta, known[1])
        trial.follow(whole, 0)
        differs = trial.over and not trial.ended
        if trial.votes >= (SURE if differs else min(ENOUGH, lines)):
            return Part(known[0], delta, known[1]), False
        guessed = guessed or not differs
    return None, guessed


def _different(whole: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield digest and position of the lines that occur once."""
    lines = whole.split(b"\n")[:-1]
    often = Counter(lines)
    position = 0
    for line in lines:
        if often[line] == 1:
            yield digest(line), position
        position += len(line) + 1
