"""Splits a pipe or an archive that has several logs, one after the other.

A *joint* is the position at which another log begins. It is found by a first line of a log that was read
before, or by a time stamp that goes far back.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence

from flask_status_cli.frozen import frozen
from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.model import MAX_LINE, Mark, Stream
from flask_status_cli.sources.identity.fingerprints import (
    DENSE,
    HEAD,
    agrees,
    bytes_before,
    digest,
)
from flask_status_cli.sources.identity.first_lines import (
    LIMIT,
    LINES,
    SURE,
    WIDTH,
    Prints,
    next_print,
    prints_agree,
)
from flask_status_cli.sources.reading.content import Content
from flask_status_cli.sources.reading.converted_lines import ConvertedLines

RESTLESS = 32
"""After this many short logs in a row, times that go back are taken for a log that is not in order."""

SHORT = 50
"""A log with fewer lines than this is short."""

LATELY = 64
"""A known log of few different lines is not recognized if they are all among this many lines before it."""

LONG = 1024
"""To find the last lines of a block, this many bytes are searched for each line."""

STAY = 1 << 14
"""So many bytes after a block are searched for times, to see whether the times stay back."""

LONGEST_PREFIX = 300
"""A line may begin at most this many bytes before its time stamp."""

_NUL = b"\0"
_STAMP = LazyPattern(rb"\[\d\d/[A-Z][a-z]{2}/\d{4}[: ]\d\d:")


@frozen
class Joints:
    """The facts by which joints are found. The ingest gives them.

    - `heads`: the digests of the first lines of all logs that were read before. They may grow meanwhile.
    - `streams`: returns the streams whose first line has a digest.
    - `entry`: returns whether a line is an entry.
    - `turn`: given some lines, the newest minute before them and the lines after them, returns the offset of
      the first line whose time goes too far back (`None` if there is none), and the newest minute before that
      line.
    """

    heads: Collection[bytes]
    streams: Callable[[bytes], Sequence[Stream]]
    entry: Callable[[bytes], bool]
    turn: Callable[[bytes, int | None, bytes], tuple[int | None, int | None]]


class Section:
    """One of several logs in a content. It has the interface of `Content`. `ConcatenatedLogs` makes it."""

    plain = False

    def __init__(self, logs: ConcatenatedLogs) -> None:
        self._logs = logs
        self.path: str = logs.content.path
        self.stat: os.stat_result = logs.content.stat
        self.led_by_nuls = False
        self.beginning = self._first()
        self._front = self.beginning

    def _first(self) -> bytes:
        first = b""
        while len(first) < HEAD and (more := self._logs.next()):
            kept = more if first else more.lstrip(_NUL)
            self.led_by_nuls = self.led_by_nuls or len(kept) < len(more)
            first += kept
        return first

    def opening(self, length: int) -> bytes:
        """Return the first bytes, at least `length` if there are so many. Call it before `read`."""
        while len(self._front) < length and (more := self._logs.next()):
            self._front += more
        return self._front

    def read(self) -> bytes:
        """Return the next bytes, `b""` at the end of this log."""
        if self._front:
            front, self._front = self._front, b""
            return front
        return self._logs.next()

    def read_at(self, position: int, length: int) -> bytes:
        """Raise an error, because a section can be read only once."""
        raise OSError(
            f"{self.path} can be read only once: no byte {position} to {position + length}"
        )

    def size(self) -> int:
        """Raise an error, because the end of a section is not known in advance."""
        raise OSError(f"{self.path} can be read only once: its size is not known")

    @property
    def may_have_joints(self) -> bool:
        """Whether the last bytes that were read may belong to another log than the first ones."""
        return self._logs.content.may_have_joints

    @property
    def keeps_lines(self) -> bool:
        """Whether digests of the lines are stored: see `Content`."""
        return self._logs.content.keeps_lines

    @property
    def converted(self) -> bool:
        """Whether the line ends were converted: see `ConvertedLines`."""
        return self._logs.content.converted

    @property
    def archive(self) -> bool:
        """Whether the log is compressed."""
        return self._logs.content.archive

    @property
    def cut(self) -> bool:
        """Whether the archive ended within this log without its end mark."""
        return self._logs.content.cut and not self._logs.more

    @property
    def damage(self) -> str | None:
        """What is broken in the archive within this log, `None` if nothing is."""
        return None if self._logs.more else self._logs.content.damage


class Piece:
    """A piece of a content that was read to its end. It has what `ConcatenatedLogs` needs of a `Content`.

    `last` says whether it is the last piece, whose end is the end of the content.
    """

    plain = False
    led_by_nuls = False
    may_have_joints = True

    def __init__(self, content: Content | ConvertedLines, data: bytes, *, last: bool) -> None:
        self._content = content
        self._rest = data
        self._last = last
        self.path: str = content.path
        self.stat: os.stat_result = content.stat

    def read(self) -> bytes:
        """Return the next bytes, `b""` at the end of this piece."""
        rest, self._rest = self._rest, b""
        return rest

    @property
    def keeps_lines(self) -> bool:
        """Whether digests of the lines are stored: see `Content`."""
        return self._content.keeps_lines

    @property
    def converted(self) -> bool:
        """Whether the line ends were converted: see `ConvertedLines`."""
        return self._content.converted

    @property
    def archive(self) -> bool:
        """Whether the log is compressed."""
        return self._content.archive

    @property
    def cut(self) -> bool:
        """Whether the archive ended within this piece without its end mark."""
        return self._last and self._content.cut

    @property
    def damage(self) -> str | None:
        """What is broken in the archive at the end of this piece, `None` if nothing is."""
        return self._content.damage if self._last else None


class ConcatenatedLogs:
    """Splits a content into its logs. Iterate over `sections()`, and read each section to its end."""

    def __init__(self, content: Content | ConvertedLines | Piece, joints: Joints) -> None:
        self.content = content
        self.more = True
        self._joints = joints
        self._buffer = b""
        self._drained = False
        self._fresh = True
        self._over = False
        self._lately: list[bytes] = []
        self._newest: int | None = None
        self._lines = 0
        self._restless = 0
        self._known = _KnownLogs((), b"")

    def sections(self) -> Iterator[Section]:
        """Yield the logs of the content. There is at least one."""
        while self.more:
            self._fresh, self._over, self._newest = True, False, None
            yield Section(self)
            while self.next():
                pass

    def next(self) -> bytes:
        """Return the next bytes of the current log, `b""` at its end."""
        if self._over:
            return b""
        lines = self._whole_lines()
        if self._fresh and lines:
            first = lines[: lines.find(b"\n") + 1]
            self._known = _KnownLogs(self._joints.streams(digest(first)), first)
        cut = self._joint(lines) if lines and self.content.may_have_joints else None
        if cut is not None:
            self._buffer = lines[cut:] + self._buffer
            lines = lines[:cut]
        if lines:
            self._lately = _last_lines(lines)
            self._known.feed(lines)
        self._over = cut is not None or not lines
        self.more = cut is not None or not (self._drained and not self._buffer)
        self._fresh = self._fresh and not lines
        return lines

    def _fill(self, length: int) -> None:
        while not self._drained and len(self._buffer) < length:
            chunk = self.content.read()
            self._drained = not chunk
            self._buffer += chunk

    def _whole_lines(self) -> bytes:
        """Take the whole lines from the buffer, or all of it if a line is too long or the content ends."""
        self._fill(1)
        end = self._buffer.rfind(b"\n") + 1
        while not end and not self._drained and len(self._buffer) <= MAX_LINE:
            self._fill(len(self._buffer) + 1)
            end = self._buffer.rfind(b"\n") + 1
        end = end or len(self._buffer)
        lines, self._buffer = self._buffer[:end], self._buffer[end:]
        return lines

    def _joint(self, lines: bytes) -> int | None:
        """Return the offset in `lines` at which another log begins, `None` if none does."""
        turned, newest = self._turn(lines)
        known = self._known_head(lines, len(lines) if turned is None else turned)
        if known is not None:
            self._lines = 0
            return known
        self._newest = newest
        if turned is None:
            return None
        return self._inside(lines, turned, lines.find(b"\n", turned) + 1) or turned

    def _turn(self, lines: bytes) -> tuple[int | None, int | None]:
        """Return where the time goes back because another log begins, and the newest minute before that."""
        if self._restless >= RESTLESS or not self.content.keeps_lines:
            return None, self._newest
        self._fill(STAY)
        start, newest = 0, self._newest
        while True:
            found, newest = self._joints.turn(lines[start:], newest, self._buffer)
            turned = None if found is None else start + found
            if turned is None or not self._goes_on(lines, turned):
                break
            start, newest = turned, None
        self._lines += lines.count(b"\n", 0, turned)
        if turned is not None:
            self._restless = self._restless + 1 if self._lines < SHORT else 0
            self._lines = 0
        return turned, newest

    def _goes_on(self, lines: bytes, turned: int) -> bool:
        """Return whether a known log has the same lines before and after the offset `turned`."""
        ahead = self._known.needed(turned)
        if ahead is None:
            return False
        self._fill(ahead - len(lines))
        return self._known.go_on(lines + self._buffer, turned)

    def _known_head(self, lines: bytes, end: int) -> int | None:
        heads = self._joints.heads
        start, before = 0, self._lately[-1] if self._lately else b""
        if self._fresh:
            start = lines.find(b"\n") + 1
            before = lines[:start]
        while heads and (following := lines.find(b"\n", start, end) + 1):
            line = lines[start:following]
            if line == before:  # of equal lines in a row only the first can be a joint
                start = following
                continue
            before = line
            if digest(line) in heads and self._is_head(lines, start, following):
                return start
            bracket = lines.find(b"[", start, following) + 1
            if bracket and lines.find(b"[", bracket, following) > 0:
                inside = self._inside(lines, start, following)
                if inside is not None:
                    return inside
            start = following
        return None

    def _inside(self, lines: bytes, start: int, end: int) -> int | None:
        """Return where a known log begins inside a line, after the unfinished last line of another log."""
        stamps = [match.start() for match in _STAMP.finditer(lines, start, min(end, start + HEAD))]
        if not stamps:
            return None
        first = stamps[-2] if len(stamps) > 1 else start
        for place in range(max(first, stamps[-1] - LONGEST_PREFIX) + 1, stamps[-1] + 1):
            if digest(lines[place:end]) in self._joints.heads and self._is_head(lines, place, end):
                return place
        return None

    def _is_head(self, lines: bytes, start: int, end: int) -> bool:
        if not self._joints.entry(lines[start : end - 1]) or not self._begins(lines, start):
            return False
        return not self._goes_on(lines, start) or self._goes_further(lines, start)

    def _goes_further(self, lines: bytes, start: int) -> bool:
        """Return whether a log that begins at `start` goes on behind the known log that it begins in."""
        end = self._known.end(lines + self._buffer, start)
        line = lines[start : lines.find(b"\n", start) + 1]
        for stream in self._joints.streams(digest(line)):
            known, crc, place = stream.checkpoint.prints, 0, start
            ahead = self._ahead(lines, start)
            for number, following in zip(range(len(known) // WIDTH), ahead, strict=False):
                crc, found = next_print(following, crc)
                place += len(following)
                if found != known[WIDTH * number : WIDTH * (number + 1)]:
                    break
                if place > end:
                    return True
        return False

    def _begins(self, lines: bytes, start: int) -> bool:
        """Return whether a known log begins at `start`, judged by the lines that follow."""
        line = lines[start : lines.find(b"\n", start) + 1]
        return any(
            self._agrees(stream, lines, start) for stream in self._joints.streams(digest(line))
        )

    def _agrees(self, stream: Stream, lines: bytes, start: int) -> bool:
        """Return whether the first lines of `stream` are at `start`, and distinguish it from other logs.

        `SURE` different lines are enough. A log with fewer different lines must be there completely, or up to
        the end of the content. At least one of its lines must not be among the lines just before. If all its
        lines are equal, no further equal line may follow.
        """
        known = stream.checkpoint.prints
        if not known:
            return self._agrees_with_marks(stream, lines, start)
        different: set[bytes] = set()
        crc, wanted = 0, len(known) // WIDTH
        ahead = self._ahead(lines, start)
        for place, line in zip(range(wanted), ahead, strict=False):
            crc, found = next_print(line, crc)
            if found != known[WIDTH * place : WIDTH * (place + 1)]:
                return False
            different.add(line)
            if len(different) == SURE:
                return True
            wanted -= 1
        cut = len(known) >= WIDTH * LINES or stream.checkpoint.offset > LIMIT
        following = next(ahead, None)
        if (cut and (not wanted or len(different) == 1)) or (wanted and following is not None):
            return False
        if len(different) == 1 and following in different:
            return False
        return not different <= {*self._lately, *_last_lines(lines[:start])}

    def _ahead(self, lines: bytes, start: int) -> Iterator[bytes]:
        """Yield the whole lines from `start` on, including lines of the buffer and of the content."""
        while end := lines.find(b"\n", start) + 1:
            yield lines[start:end]
            start = end
        begun, start = lines[start:], 0
        while end := self._buffered_line_end(start):
            yield begun + self._buffer[start:end]
            begun, start = b"", end

    def _buffered_line_end(self, start: int) -> int:
        """Return the end of the line that begins at `start` in the buffer, 0 if it has no end."""
        while not (end := self._buffer.find(b"\n", start) + 1):
            if self._drained or len(self._buffer) - start > MAX_LINE:
                return 0
            self._fill(len(self._buffer) + 1)
        return end

    def _agrees_with_marks(self, stream: Stream, lines: bytes, start: int) -> bool:
        """Return whether all marks in the first 4 KiB of a stream without prints agree at `start`."""
        self._fill(max(0, DENSE - (len(lines) - start)))
        ahead = lines[start : start + DENSE] + self._buffer[: max(0, DENSE - (len(lines) - start))]

        def read_at(position: int, length: int) -> bytes:
            return ahead[position : position + length]

        marks = [mark for mark in stream.checkpoint.marks if mark.position <= DENSE]
        return marks[-1].position <= len(ahead) and all(agrees(m, read_at) for m in marks)


class _KnownLogs:
    """The known logs that begin like a section. They tell whether a section goes on after a step in time."""

    def __init__(self, streams: Sequence[Stream], first: bytes) -> None:
        self._streams = streams if first else ()
        self._prints = Prints()
        self._position = 0
        self._tail = b""

    def feed(self, lines: bytes) -> None:
        """Take the next lines of the section."""
        if self._streams:
            self._prints.feed(lines)
            self._tail = bytes_before(self._tail, lines, len(lines))
        self._position += len(lines)

    def needed(self, turned: int) -> int | None:
        """Return how many of the next bytes `go_on` needs, `None` if no known log goes on at `turned`."""
        wanted = [self._next_mark(stream, turned) for stream in self._streams]
        return max((mark.position - self._position for mark in wanted if mark), default=None)

    def _next_mark(self, stream: Stream, turned: int) -> Mark | None:
        place = self._position + turned
        return next((mark for mark in stream.checkpoint.marks if mark.position > place), None)

    def go_on(self, ahead: bytes, turned: int) -> bool:
        """Return whether a known log has the lines in `ahead` beyond the offset `turned`, too."""
        return any(self._goes_on(stream, ahead, turned) for stream in self._streams)

    def end(self, ahead: bytes, turned: int) -> int:
        """Return the offset in `ahead` at which the known log ends that has the lines beyond `turned`."""
        found = (each for each in self._streams if self._goes_on(each, ahead, turned))
        return max((each.checkpoint.offset for each in found), default=0) - self._position

    def _goes_on(self, stream: Stream, ahead: bytes, turned: int) -> bool:
        mark, known = self._next_mark(stream, turned), stream.checkpoint.prints
        if mark is None:
            return False
        prints = self._prints.copy()
        prints.feed(ahead[:turned])
        before = len(prints.value)
        prints.feed(ahead[turned:])
        if not prints_agree(prints.value[: before + WIDTH * SURE], known):
            return False
        if before < len(known) and len(prints.value) > before:
            return True
        place = mark.position - self._position
        return place <= len(ahead) and digest(bytes_before(self._tail, ahead, place)) == mark.digest


def _last_lines(lines: bytes) -> list[bytes]:
    """Return the last lines of a block, at most `LATELY`, each with its line end."""
    ends = lines[-LATELY * LONG :].split(b"\n")
    return [line + b"\n" for line in ends[:-1][-LATELY:]]
