"""Reads what is new in one log: blocks of whole lines, and how far they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Checkpoint, Mark, Stream, Unread
from flask_status_cli.sources.identity.fingerprints import (
    HEAD,
    SPAN,
    Marks,
    agrees,
    bytes_before,
    digest,
    head_of,
)
from flask_status_cli.sources.identity.first_lines import agreeing, prints_of
from flask_status_cli.sources.identity.part_of_stream import LineSampler, Part
from flask_status_cli.sources.identity.recognize_log import NEW, Place, Result, identify
from flask_status_cli.sources.identity.recognize_pipe import PipeIdentifier
from flask_status_cli.sources.reading.byte_ranges import Range, cut
from flask_status_cli.sources.reading.concatenated_logs import Section
from flask_status_cli.sources.reading.content import CHUNK, PIPE, Content
from flask_status_cli.sources.reading.whole_lines import Lines

NUL = b"\0"
"""Stands for the NULs before a content, so that they are counted once."""

SAMPLE = 200
"""A sample has this many lines of each end."""


@frozen
class Block:
    """Whole lines with their ends. With `drop`, everything yielded before was read in an earlier run."""

    lines: bytes
    drop: bool = False


class Reading:
    """Reads what is new in `content`, compared with the `streams` with the same first line, longest first.

    If there is none, the content may be a `part` of a stream with other logs before it. Iterate over
    `blocks()`. Between two blocks, when `held` is false, `checkpoint()` returns how far the lines reach, and
    `unchanged()` whether the file is still the same. After the last block `place` is final. `growth()` is for
    a file that is kept open; `moved` then says that the file was truncated or rewritten.
    """

    unproven = False

    def __init__(
        self, content: Content | Section, streams: Sequence[Stream], part: Part | None = None
    ) -> None:
        self.content = content
        self._placing = LineSampler()
        self._placed = False
        self._part = part
        self.moved = False
        self._partial = False
        self._nuls = NUL if content.led_by_nuls else b""
        self.head = head_of(content.beginning)
        known = [] if self.head is None else streams
        self._identifier = PipeIdentifier([] if content.plain else known)
        self._place = identify(content, known) if content.plain else NEW
        if part is not None and content.plain:
            self._part = None
            agreed = part.walk(content.read_at, content.size())
            if agreed > self._place.offset or self._place.result is Result.NEW:
                self._note_part(part, agreed)
        self._start()

    def _note_part(self, part: Part, offset: int) -> None:
        self._place = Place(Result.PART, part.stream, offset, sure=part.sure) if offset else NEW

    def _start(self) -> None:
        place, offset = self.place, self.place.offset
        before = self.content.read_at(max(0, offset - SPAN), min(offset, SPAN)) if offset else b""
        if place.result is Result.PART:
            self._marks = Marks()
            while (position := self._marks.position) < offset:
                self._marks.feed(self.content.read_at(position, min(CHUNK, offset - position)))
        else:
            prints = prints_of(self.content.read_at, offset) if offset else None
            self._marks = Marks(offset, place.known, before, prints)
        self._lines = Lines(offset, skip=place.skip, before=before)
        self._committed: Mark | None = Mark(offset, digest(before)) if offset else None

    @property
    def place(self) -> Place:
        """The stream of the content, as far as it is known."""
        known = self.content.plain or self._place.result is Result.PART
        return self._place if known else self._identifier.place

    @property
    def grows(self) -> bool:
        """Whether this can grow: not before its first line is complete, nor as the beginning of a stream."""
        return self.head is not None and self.place.result is not Result.BEGINNING

    @property
    def held(self) -> bool:
        """Whether what was yielded may still turn out to have been read before."""
        return self._identifier.undecided or self._part is not None

    @property
    def offset(self) -> int:
        """The position after the last line yielded."""
        return self._lines.offset

    def sample(self) -> bytes:
        """Return some of the new lines, or of the first ones if the new ones are not known yet."""
        first = first_lines(self.content.beginning)
        if not self.content.plain:
            return first
        start, size = self.place.offset, self.content.size()
        if not start and size < HEAD:
            return first
        if start:
            first = first_lines(self.content.read_at(start, HEAD))
        rest = self.content.read_at(max(start + HEAD, size - HEAD), HEAD)
        return first + b"\n" + b"\n".join(rest.split(b"\n")[1:][-SAMPLE:])

    def ranges(self, length: int) -> list[Range]:
        """Cut what is new now into ranges of about this length, which other processes may read.

        There are none if the content can be read only once. The last line is in none of them. After the
        ranges were passed to `skip()`, read it with `blocks()`.
        """
        led_by_nuls = self.content.led_by_nuls and self.place.offset == 0
        if not self.content.plain or not self.grows or self.place.skip or led_by_nuls:
            return []
        return cut(self.content.read_at, self.place.offset, self.content.size(), length)

    def skip(self, end: int, last: bytes) -> None:
        """Continue after a range that was read elsewhere. `last` are its last bytes, as read."""
        last = bytes_before(self._marks.tail, last, len(last))
        self._marks.skip(end, last, self.content.read_at)
        self._lines = Lines(end, before=last)

    def blocks(self, until: int | None = None) -> Iterator[Block]:
        """Yield what is new in blocks of limited size; of a plain content, which may grow, up to `until`."""
        if not self.grows:
            return
        for block in self._plain(until) if self.content.plain else self._in_turn():
            nuls, self._nuls = self._nuls, b""
            yield Block(nuls + block.lines) if self.place.offset == 0 else block

    def growth(self) -> Iterator[Block]:
        """Yield what was added to a plain content, each block only when it is known to belong to it.

        Ends for good, with `moved`, if the file is no longer the same. `checkpoint()` then stays that of the
        last block yielded.
        """
        shorter = self.content.size() < self._marks.position
        self.moved = self.moved or shorter or not self.unchanged()
        blocks = iter(()) if self.moved else self.blocks()
        known = self._lines.offset, self._lines.last
        for block in blocks:
            if not self.unchanged():
                self._lines = Lines(known[0], before=known[1])
                self.moved = True
                return
            known = self._lines.offset, self._lines.last
            yield block

    def _plain(self, until: int | None) -> Iterator[Block]:
        while chunk := self.content.read_at(self._marks.position, self._next_length(until)):
            self._marks.feed(chunk)
            if lines := self._lines.feed(chunk):
                yield Block(lines)

    def _next_length(self, until: int | None) -> int:
        return CHUNK if until is None else min(CHUNK, until - self._marks.position)

    def _in_turn(self) -> Iterator[Block]:
        while chunk := self.content.read():
            start, tail, place = self._marks.position, self._marks.tail, self.place
            self._marks.feed(chunk)
            if self.held:
                window = _Window(start, tail, chunk)
                self._identifier.pass_by(start, self._marks.position, window, self._marks.prints)
            whole = chunk[: chunk.rfind(b"\n") + 1]
            if self.content.may_be_glued:
                self._placing.feed(whole, start)
                self._placed = True
            if self._part is not None:
                self._follow(self._part, whole, start)
            drop = self.place is not place
            if drop:
                cut = self.place.offset - start
                before = bytes_before(tail, chunk, cut)
                self._lines = Lines(self.place.offset, skip=self.place.skip, before=before)
                chunk = chunk[cut:]
            if (lines := self._lines.feed(chunk)) or drop:
                yield Block(lines, drop=drop)
        yield from self._end()

    def _follow(self, part: Part, whole: bytes, start: int) -> None:
        """Take note of how far the content is a part of what was read before."""
        agreed = part.agreed
        part.follow(whole, start)
        if part.agreed != agreed:
            self._note_part(part, part.agreed)
        if part.over:
            self._part = None

    def _end(self) -> Iterator[Block]:
        if not self.held:
            return
        if self._part is not None:
            self._note_part(self._part, self._lines.offset)
            self._part = None
            yield Block(b"", drop=True)
            return
        end, prints = self._marks.position, self._marks.prints
        self._identifier.end(self.content.beginning, end, prints)
        if self.place.result is Result.BEGINNING:
            self._lines = Lines(
                self.place.offset
            )  # its last line is a line of the stream, or part of one
            yield Block(b"", drop=True)

    @property
    def unfinished(self) -> bytes:
        """The last line if it has no line end yet; `b""` if it has one, or was counted before."""
        return self._lines.unfinished

    @property
    def complete(self) -> bool:
        """Whether the end of an archive or a pipe was reached, so that nothing will be added."""
        ended = self.content.archive or self.content.path == PIPE
        return ended and not self.content.cut and self.content.damage is None

    def close_line(self) -> None:
        """Count the unfinished last line as read."""
        self._lines.close()
        self._partial = True

    def checkpoint(
        self, *, newest: int | None, name: str | None, pending: Mapping[tuple[Unread, str], int]
    ) -> Checkpoint:
        """Return how far the lines yielded so far reach. `name` is that of the format."""
        offset = self.offset
        if self.head is None:
            raise ValueError("nothing was read")
        return Checkpoint(
            head=self.head,
            offset=offset,
            marks=self._marks.until(offset, self._lines.last),
            newest=newest,
            format=name,
            partial=self._partial,
            pending=dict(pending),
            prints=self._marks.prints.until(offset),
            places=self._placing.until(offset) if self._placed else None,
        )

    def lines_shared(self, stream: Stream) -> int:
        """Return how many first lines this and a stream have in common, as far as they have prints."""
        return agreeing(self._marks.prints.value, stream.checkpoint.prints)

    def committed(self) -> None:
        """Record that the checkpoint is stored."""
        self._committed = Mark(self.offset, digest(self._lines.last))

    def unchanged(self) -> bool:
        """Return whether the open file still has what was read; true if it cannot be read again."""
        if not self.content.plain:
            return True
        now = Mark(self.offset, digest(self._lines.last))
        marks = [mark for mark in (self._committed, now) if mark is not None]
        return (
            self.content.size() >= self.offset
            and head_of(self.content.read_at(0, len(self.content.beginning))) == self.head
            and all(agrees(mark, self.content.read_at) for mark in marks)
        )


def first_lines(beginning: bytes) -> bytes:
    """Return the first lines of a sample."""
    return b"\n".join(beginning.split(b"\n", SAMPLE)[:SAMPLE])


class _Window:
    """The digests before the positions of one chunk."""

    def __init__(self, start: int, tail: bytes, chunk: bytes) -> None:
        self._start = start
        self._tail = tail
        self._chunk = chunk

    def __call__(self, position: int) -> tuple[bytes, bool]:
        before = bytes_before(self._tail, self._chunk, position - self._start)
        return digest(before), before.endswith(b"\n")
