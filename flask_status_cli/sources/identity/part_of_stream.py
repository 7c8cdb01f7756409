"""Recognizes a log that is a part of a stream that was read from a pipe before.

Several logs in one pipe, the oldest first, look like one log, because nothing shows where each one ends. So
digests of some of their lines are kept, with the positions of the lines. A log is a part of the stream if its
lines are among them at the same distances.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Protocol
from zlib import crc32

from flask_status_cli.frozen import frozen
from flask_status_cli.model import LineSample, Mark, Stream
from flask_status_cli.sources.identity.fingerprints import (
    DENSE,
    HEAD,
    ReadAt,
    agrees,
    digest,
    head_of,
)
from flask_status_cli.sources.identity.first_lines import (
    LIMIT,
    LINES,
    SURE,
    prints_agree,
    prints_of,
)
from flask_status_cli.sources.identity.probes import no_probes
from flask_status_cli.sources.identity.recognize_log import SeekableLog, is_beginning
from flask_status_cli.sources.reading.content import CHUNK

MOST = 2048
"""The digests of at most this many lines are kept. If there are more, about half of them are dropped."""

LAST = 256
"""The digests of this many last lines are always kept, because the last log is the live one and may be short.
"""

FURTHEST = 8 << 20
"""About this many first bytes of a log are searched for different lines."""

ENOUGH = 2
"""This many lines of a log must be at the right positions. A log of one line needs only that one.

So does a log that begins with the last line of a stream, if that line is no probe.
"""

Found = tuple[bytes, int, int]
"""A kept line: its digest, its stream, and its position in the stream."""


class LineSampler:
    """Selects a sample of the lines of a pipe while it is read. Their digests are kept. A `Reading` has one.

    A line is selected by its checksum, so that equal lines are selected in every log.
    """

    def __init__(self) -> None:
        self._mask = 0
        self._kept: dict[int, tuple[int, bytes]] = {}
        self._last: dict[int, bytes] = {}
        self._before = b""

    def feed(self, chunk: bytes, position: int) -> None:
        """Select among the next whole lines, which begin at `position`."""
        lines = chunk.split(b"\n")[:-1]
        if not lines:
            return
        starts = list(accumulate((len(line) + 1 for line in lines), initial=position))
        before = chain([self._before], lines)
        mask = self._mask
        for start, line, crc, last in zip(starts, lines, map(crc32, lines), before, strict=False):
            if not crc & mask and line != last:
                self._kept[start] = crc, digest(line)
        self._before = lines[-1]
        recent = zip(starts[-LAST - 1 : -1], map(digest, lines[-LAST:]), strict=True)
        self._last = dict([*self._last.items(), *recent][-LAST:])
        while len(self._kept) > MOST:
            self._mask = 2 * self._mask + 1
            self._kept = {p: kept for p, kept in self._kept.items() if not kept[0] & self._mask}

    def until(self, offset: int) -> LineSample:
        """Return the selected lines that begin before `offset`."""
        kept = {place: value for place, (_, value) in self._kept.items()} | self._last
        return LineSample(self._mask, tuple(Mark(p, kept[p]) for p in sorted(kept) if p < offset))


class PartMatcher:
    """Compares a content, from its first byte on, with the part of `stream` that begins at `delta`.

    - `agreed`: the position up to which the content agrees with the stream.
    - `reached`: the position up to which a whole content is a part of the stream, after `walk`.
    - `over`: whether the comparison has ended there.
    - `ended`: whether it ended because the stream ends there.
    - `votes`: how many lines were found at the positions where the stream has them.
    - `different`: the first line that is not a line of the stream, if the comparison ended with one.
    - `first`: the first lines, which are lines of the stream.
    """

    def __init__(self, stream: Stream, delta: int, places: LineSample) -> None:
        self.stream = stream
        self.agreed = self.reached = 0
        self.over = self.ended = False
        self.votes = 0
        self.different: bytes | None = None
        self.first: list[bytes] = []
        self._delta = delta
        self._mask = places.mask
        self._known = {mark.position: mark.digest for mark in places.lines}
        self._end = stream.checkpoint.offset - delta
        self._before: bytes | None = None

    @property
    def reach(self) -> int:
        """The position in the content at which the stream ends."""
        return self._end

    @property
    def sure(self) -> bool:
        """Whether the digests of all lines of the stream were kept, so that the comparison is exact."""
        return self._mask == 0

    @property
    def probes_only(self) -> bool:
        """Whether the compared lines are probes, which other logs may have, too."""
        return not any(no_probes(self.first))

    def is_part(self, goes_on: Callable[[Stream, bytes], bool]) -> bool:
        """Return whether the compared content is this part, not another log with the same first lines.

        If it has other lines, too, one of the same lines must be no probe. If it has other lines before the
        stream ends, the first one must be one that `goes_on`: it was written after the stream was read.
        """
        if not self.over:
            return True
        if self.probes_only:
            return False
        return self.different is None or goes_on(self.stream, self.different)

    def new(self) -> PartMatcher:
        """Return the same part before any line was compared."""
        places = LineSample(self._mask, tuple(Mark(*each) for each in self._known.items()))
        return PartMatcher(self.stream, self._delta, places)

    def follow(self, chunk: bytes, position: int) -> None:
        """Compare the next whole lines, which begin at `position`."""
        for line in chunk.split(b"\n")[:-1]:
            if self.over:
                return
            end = position + len(line) + 1
            if self._compare(line, position, end):
                self.different = None if self.ended else line
            elif len(self.first) < LINES:
                self.first.append(line)
            self._before, position = line, end

    def _compare(self, line: bytes, position: int, end: int) -> bool:
        """Compare the next line. Return whether the comparison ended with it."""
        if position >= self._end:
            self.agreed = self._end if position == self._end else self.agreed
            self.over = True
            self.ended = position == self._end
            return True
        kept = self._known.get(position + self._delta)
        if kept is not None:
            self.over = kept != digest(line)
            self.agreed = self.agreed if self.over else end
            self.votes += not self.over
        elif line != self._before and not crc32(line) & self._mask:
            self.over = self._before is not None or not self._repeats(line)
        return self.over

    def _repeats(self, line: bytes) -> bool:
        """Return whether the stream has `line` just before the part. Of equal lines in a row one is kept."""
        before = max((place for place in self._known if place < self._delta), default=None)
        return before is not None and self._known[before] == digest(line)

    def walk(self, read_at: ReadAt, size: int) -> None:
        """Compare a whole content, which is read with `read_at`."""
        position = 0
        while not self.over and (chunk := read_at(position, min(CHUNK, size - position))):
            whole = chunk.rfind(b"\n") + 1
            if not whole:
                break
            self.follow(chunk[:whole], position)
            position += whole
        self.reached = self.agreed if self.over else position


def end_of_known(
    content: SeekableLog, start: int, find: Callable[[bytes], Iterable[Stream]]
) -> int:
    """Return the position up to which the lines of a plain content, from `start` on, are known logs.

    These logs follow each other, as they did in a pipe. A pipe is split where the time goes back, also
    if it has only one log. `find(head)` returns the streams of pipes whose first line has a digest. The last
    log may be longer than the content. Each log is found once, and one of its lines must be no probe.
    """
    size, used = content.size(), set[int]()
    while start < size:
        line = content.read_at(start, HEAD)
        head = head_of(line)
        streams = [each for each in find(head) if each.id not in used] if head else []
        if not streams or _repeats(content, start, line):
            break
        ends = {end_of_stream(stream, content, start, size): stream for stream in streams}
        end = max(ends)
        if end == start or not has_others(content, start, end):
            break
        used.add(ends[end].id)
        start = end
    return start


def _repeats(content: SeekableLog, start: int, beginning: bytes) -> bool:
    """Return whether the line at `start` equals the line before. No log begins within equal lines."""
    line = beginning[: beginning.find(b"\n") + 1]
    before = content.read_at(max(0, start - len(line)), min(start, len(line)))
    return bool(line) and before == line


def has_others(content: SeekableLog, start: int, end: int) -> bool:
    """Return whether one of the lines from `start` to `end` is no probe, compared with those around it."""
    first = max(0, start - HEAD)
    before = content.read_at(first, start - first)
    lines = content.read_at(start, min(end - start, LIMIT)).split(b"\n")[:-1]
    behind = content.read_at(end, HEAD)
    around = before.split(b"\n")[1:-1] + lines + behind.split(b"\n")[:-1]
    at = before.count(b"\n") - 1 if before else 0
    return any(no_probes(around)[max(0, at) : max(0, at) + len(lines)])


def end_of_stream(stream: Stream, content: SeekableLog, start: int, size: int) -> int:
    """Return the position at which `stream` ends in a content, `start` if it does not begin there."""
    read, length = stream.checkpoint, size - start

    def read_at(position: int, wanted: int) -> bytes:
        return content.read_at(start + position, wanted)

    prints = prints_of(read_at, min(length, read.offset))
    marks = [mark for mark in read.marks if mark.position <= length]
    if read.partial or not prints_agree(prints.value, read.prints):
        return start
    if not all(agrees(mark, read_at) for mark in marks):
        return start
    if length >= read.offset:
        return start + read.offset
    whole = read_at(0, length).rfind(b"\n") + 1 if length <= HEAD else 0
    return start + whole if is_beginning(stream, read_at(0, DENSE), length, prints) else start


class UnreadLog(Protocol):
    """An open log that was not read yet. `beginning` has its first bytes."""

    beginning: bytes

    def opening(self, length: int) -> bytes:
        """Return the first bytes, at least `length` if there are so many."""


@frozen
class LineLookup:
    """The functions that look up the kept lines in the database.

    - `find(digests)` returns the lines with these digests in all streams.
    - `sampled_lines(number)` returns the stream with this number and its lines, `None` if none are kept.
    """

    find: Callable[[Sequence[bytes]], Iterable[Found]]
    sampled_lines: Callable[[int], tuple[Stream, LineSample] | None]

    def knows(self, lines: bytes) -> bool:
        """Return whether one of the whole lines in `lines` is a kept line of a stream."""
        different = [value for value, _ in _different(lines[: lines.rfind(b"\n") + 1])]
        return bool(different) and any(True for _ in self.find(different))


def distinct_beginning(content: UnreadLog) -> bytes:
    """Return enough first bytes of a log to distinguish it from others: with `SURE` different lines.

    A log may begin with thousands of equal lines, and other logs may begin with the same ones.
    """
    found, length = content.beginning, HEAD
    while length < FURTHEST and not _has_different_lines(found):
        length *= 4
        more = content.opening(length)
        if len(more) == len(found):
            break
        found = more
    return found


def _has_different_lines(beginning: bytes) -> bool:
    met: set[bytes] = set()
    for line in beginning.split(b"\n")[:-1]:
        met.add(line)
        if len(met) >= SURE:
            return True
    return False


def part_of(beginning: bytes, lookup: LineLookup) -> tuple[PartMatcher | None, bool]:
    """Return the part of a stream that a log with these first bytes may be, `None` if there is none.

    Also return whether the log may be a part after all: too few of its lines were kept to decide.
    """
    whole = beginning[: beginning.rfind(b"\n") + 1]
    starts = dict(_different(whole))
    votes: Counter[tuple[int, int]] = Counter()
    for value, number, position in lookup.find(list(starts)):
        votes[number, position - starts[value]] += 1
    lines = whole.count(b"\n")
    no_probe = any(no_probes(whole.split(b"\n")[:-1])[:1])
    guessed = False
    for (number, delta), _ in votes.most_common(3):
        known = lookup.sampled_lines(number)
        if known is None or delta <= 0:
            continue
        trial = PartMatcher(known[0], delta, known[1])
        trial.follow(whole, 0)
        differs = trial.over and not trial.ended
        enough = 1 if trial.ended and no_probe else min(ENOUGH, lines)
        if trial.votes >= (SURE if differs else enough):
            return PartMatcher(known[0], delta, known[1]), False
        guessed = guessed or not differs or (trial.votes >= ENOUGH and not trial.probes_only)
    return None, guessed


def _different(whole: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the digest and the position of each line that occurs only once."""
    lines = whole.split(b"\n")[:-1]
    often = Counter(lines)
    position = 0
    for line in lines:
        if often[line] == 1:
            yield digest(line), position
        position += len(line) + 1
