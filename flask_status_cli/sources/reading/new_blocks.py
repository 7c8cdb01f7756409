"""Reads the new lines of a log in blocks, and makes its checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Checkpoint, Mark, Stream, UnreadKind
from flask_status_cli.sources.identity.fingerprints import (
    HEAD,
    SPAN,
    Marks,
    agrees,
    bytes_before,
    digest,
    head_of,
    head_of_ended,
)
from flask_status_cli.sources.identity.first_lines import SURE, equal_first_lines, prints_of
from flask_status_cli.sources.identity.part_of_stream import (
    LineSampler,
    PartMatcher,
    end_of_known,
)
from flask_status_cli.sources.identity.recognize_log import (
    NEW,
    LogIdentity,
    Relation,
    beginning,
    branch,
    identify,
    is_exact,
    restored,
)
from flask_status_cli.sources.identity.recognize_pipe import PipeIdentifier
from flask_status_cli.sources.reading.byte_ranges import Range, cut
from flask_status_cli.sources.reading.concatenated_logs import Section
from flask_status_cli.sources.reading.content import CHUNK, PIPE, Content
from flask_status_cli.sources.reading.whole_lines import LineCutter

if TYPE_CHECKING:
    from flask_status_cli.sources.identity.end_of_log import Compare
    from flask_status_cli.sources.identity.first_of_several import GoesOn

NUL = b"\0"
"""One NUL is yielded for all leading NULs of a content, so that they are counted as one line."""

LOOKED_AT = 1 << 20
"""So many first bytes of a pipe are compared with a part of an earlier pipe before one is counted."""

SAMPLE = 200
"""A sample has at most this many first lines and as many last ones."""


@frozen
class Block:
    """Whole lines with their line ends.

    - `drop`: whether all earlier blocks turned out to be old.
    - `left_out`: the size of the lines in the block that were read before, and are left out.
    """

    lines: bytes
    drop: bool = False
    left_out: int = 0


@frozen
class History:
    """What was read before at the path of a log.

    - `former`: of some streams, returns the one that was read at the path; `None` if there is none.
    - `at_path`: returns the stream that was last read at the path; `None` if there is none.
    - `compare`: returns whether a longer log has the same end as another one behind its last mark.
    - `pieces`: returns where a new log has lines that were read from pipes.
    - `begun_in`: returns the streams that may have their first line among the first lines of a new log.
    - `goes_on`: returns whether a line may have been written after a stream was read from a pipe. `None` if
      no stream was read from one.
    """

    former: Callable[[Sequence[Stream]], Stream | None]
    compare: Compare
    at_path: Callable[[], Stream | None] = lambda: None
    goes_on: GoesOn | None = None
    pieces: Callable[[Content], Sequence[tuple[int, int]]] = lambda _content: ()
    begun_in: Callable[[Content], Sequence[Stream]] = lambda _content: ()

    def judge(
        self, identity: LogIdentity, content: Content, streams: Sequence[Stream]
    ) -> LogIdentity:
        """Return the identity of a log that was edited or restored at its path, or else `identity`.

        A log that ends behind the last mark that agrees looks like a beginning of the stream.
        """
        stream = identity.stream
        if identity.relation in (Relation.NEW, Relation.FORK):
            changed = self._changed(content)
            if changed is not None:
                return changed if changed.edited else self._begun(content, streams) or changed
        if identity.relation is Relation.BEGINNING and stream and not is_exact(identity, content):
            identity = self._compared(content, stream)
            if identity.relation is Relation.BEGINNING:
                return identity
        former = self.former(streams) if identity.relation is Relation.NEW and streams else None
        identity = (restored(content, former) if former else None) or identity
        if identity.relation is Relation.NEW:
            identity = self._begun(content, streams) or identity
        return identity

    def _compared(self, content: Content, stream: Stream) -> LogIdentity:
        """Return the identity of a log that agrees with all marks of a longer stream: its end is compared."""
        from flask_status_cli.sources.identity.end_of_log import EndOfLog, last_place

        size = content.size()
        start = last_place(size)
        end = EndOfLog(start, content.read_at(start, size - start))
        same = self.compare(stream, end)
        if same is False:
            return branch(content, stream)
        return beginning(stream, assumed=0 if same else end.count)

    def _begun(self, content: Content, streams: Sequence[Stream]) -> LogIdentity | None:
        """Return the identity of a log that was the first of several in a pipe."""
        if not streams or self.goes_on is None:
            return None
        from flask_status_cli.sources.identity.first_of_several import first_of_several

        return first_of_several(content, streams, self.goes_on)

    def _changed(self, content: Content) -> LogIdentity | None:
        """Return the identity of a log from which lines were removed, or into which lines were inserted."""
        before, begun = self.at_path(), self.begun_in(content)
        identity = None
        if before is not None:
            from flask_status_cli.sources.identity.edited_log import edited

            identity = edited(content, before)
        if identity is None or identity.relation is Relation.NEW:
            from flask_status_cli.sources.identity.inserted_lines import joined, ranges_of

            more = identity.old if identity is not None else ()
            old = joined([*ranges_of(content, before, begun), *more])
            identity = LogIdentity(Relation.NEW, old=old) if old else None
        return identity


_NOTHING_BEFORE = History(lambda _streams: None, lambda _stream, end: None if end.data else True)


class Reading:
    """Reads the new lines of an open log. The ingest makes one for each log.

    `streams` are those with the same first line as `content`, the longest first. If there are none, the
    content may be a `part` of a stream that has other logs before it. `pipes` returns the streams that were
    read from pipes and whose first line has a digest; `None` if there are none. `history` is what was read
    before at the path of the content.

    Iterate over `blocks()`. Between two blocks, if `undecided` is false, `checkpoint()` returns how far the
    log was read, and `unchanged()` whether the file is still the same. After the last block, `identity` is
    final.

    `old` has the ranges of bytes that were read before, and are left out.
    `shares` is the number of first lines that a pipe with other logs has, too, if this log is another one.

    For a file that is kept open, iterate over `growth()` later. `moved` then says that the file was truncated
    or rewritten.
    """

    unproven = False

    def __init__(
        self,
        content: Content | Section,
        streams: Sequence[Stream],
        part: PartMatcher | None = None,
        pipes: Callable[[bytes], Sequence[Stream]] | None = None,
        history: History | None = None,
    ) -> None:
        self.content = content
        self._sampler = LineSampler()
        self._sampled = False
        self.shares = 0
        self.old: Sequence[tuple[int, int]] = ()
        self._stored = True
        self._compare = (history or _NOTHING_BEFORE).compare
        self._end_of_content = b""
        self.moved = False
        self._partial = False
        self._nuls = NUL if content.led_by_nuls else b""
        head = head_of if content.plain else head_of_ended
        self.head = head(content.beginning)
        self._part = part = None if part is None else self._proven(part, history)
        known = [] if self.head is None else streams
        self._identifier = PipeIdentifier([] if content.plain or part else known)
        self._identity = NEW
        if content.plain:
            self._identity = identify(content, known)
            if history is not None and isinstance(content, Content):
                self._identity = history.judge(self._identity, content, known)
            if part is not None:
                self._part = None
                if part.reached > self._identity.offset or self._identity.relation is Relation.NEW:
                    self._note_part(part, part.reached)
            if pipes is not None and isinstance(content, Content):
                self._follow_pipes(content, pipes)
                if history and self._identity == NEW and not content.led_by_nuls:
                    self.old = history.pieces(content)
        self.old = self._identity.old or self.old
        self._start()

    def _proven(self, part: PartMatcher, history: History | None) -> PartMatcher | None:
        """Return the part if the content is one, `None` if it is another log with the same first lines."""
        if self.content.plain:
            part.walk(self.content.read_at, self.content.size())
            compared = part
        else:
            compared = part.new()
            first = self.content.opening(LOOKED_AT)
            compared.follow(first[: first.rfind(b"\n") + 1], 0)
        goes_on = history.goes_on if history else None
        self._stored = not compared.probes_only
        if compared.is_part(goes_on or (lambda _stream, _line: True)):
            return part
        self.shares = len(compared.first)
        return None

    def _follow_pipes(self, content: Content, pipes: Callable[[bytes], Sequence[Stream]]) -> None:
        """Update `identity`: the next lines may have been read through a pipe, as logs of their own."""
        identity = self._identity
        if (
            identity.relation in (Relation.CONTINUED, Relation.PART)
            and not identity.skip
            and identity.stream
        ):
            end = end_of_known(content, identity.offset, pipes)
            if end > identity.offset:
                self._identity = LogIdentity(
                    Relation.PART, identity.stream, end, sure=identity.sure
                )

    def _note_part(self, part: PartMatcher, offset: int) -> None:
        if not offset:
            self._identity = NEW
            return
        self._identity = LogIdentity(
            Relation.PART, part.stream, offset, sure=part.sure, stored=self._stored
        )

    def _start(self) -> None:
        identity, offset = self.identity, self.identity.offset
        before = self.content.read_at(max(0, offset - SPAN), min(offset, SPAN)) if offset else b""
        if identity.relation is Relation.PART:
            self._marks = Marks()
            while (position := self._marks.position) < offset:
                self._marks.feed(self.content.read_at(position, min(CHUNK, offset - position)))
        else:
            prints = prints_of(self.content.read_at, offset) if offset else None
            self._marks = Marks(offset, identity.known, before, prints)
        self._lines = LineCutter(offset, skip=identity.skip, before=before)
        self._committed: Mark | None = Mark(offset, digest(before)) if offset else None

    @property
    def identity(self) -> LogIdentity:
        """The stream of the content, and where the content is new, as far as is known."""
        known = self.content.plain or self._identity.relation is Relation.PART
        return self._identity if known else self._identifier.identity

    @property
    def grows(self) -> bool:
        """Whether new lines can be read: the first line is complete, and this is no beginning of a stream."""
        return self.head is not None and self.identity.relation is not Relation.BEGINNING

    @property
    def undecided(self) -> bool:
        """Whether the lines yielded so far may still turn out to have been read before."""
        return self._identifier.undecided or self._part is not None

    @property
    def offset(self) -> int:
        """The position after the last line that was yielded."""
        return self._lines.offset

    def sample(self) -> bytes:
        """Return some of the new lines, or some of the first lines if the new ones are not known yet."""
        first = first_lines(self.content.beginning)
        if not self.content.plain:
            return first
        start, size = self.identity.offset, self.content.size()
        if not start and size < HEAD:
            return first
        if start:
            first = first_lines(self.content.read_at(start, HEAD))
        rest = self.content.read_at(max(start + HEAD, size - HEAD), HEAD)
        return first + b"\n" + b"\n".join(rest.split(b"\n")[1:][-SAMPLE:])

    def ranges(self, length: int) -> list[Range]:
        """Return ranges of about `length` bytes of the new lines, which other processes may read.

        There are none if the content can be read only once. Call `skip()` after the ranges were read, then
        read the rest with `blocks()`.
        """
        led_by_nuls = self.content.led_by_nuls and self.identity.offset == 0
        if (
            not self.content.plain
            or not self.grows
            or self.identity.skip
            or led_by_nuls
            or self.old
        ):
            return []
        return cut(self.content.read_at, self.identity.offset, self.content.size(), length)

    def skip(self, end: int, last: bytes) -> None:
        """Continue at `end`, after ranges that other processes read. `last` has the bytes before `end`."""
        last = bytes_before(self._marks.tail, last, len(last))
        self._marks.skip(end, last, self.content.read_at)
        self._lines = LineCutter(end, before=last)

    def blocks(self, until: int | None = None) -> Iterator[Block]:
        """Yield the new lines in blocks of limited size. A plain content is read up to `until`."""
        if not self.grows:
            return
        for block in self._plain(until) if self.content.plain else self._read_once():
            nuls, self._nuls = self._nuls, b""
            yield Block(nuls + block.lines) if self.identity.offset == 0 else block

    def growth(self) -> Iterator[Block]:
        """Yield the lines that were added to a plain content since the last block.

        If the file was truncated or rewritten, `moved` is set and nothing more is yielded. `checkpoint()` is
        then the one after the last block.
        """
        shorter = self.content.size() < self._marks.position
        self.moved = self.moved or shorter or not self.unchanged()
        blocks = iter(()) if self.moved else self.blocks()
        known = self._lines.offset, self._lines.last
        for block in blocks:
            if not self.unchanged():
                self._lines = LineCutter(known[0], before=known[1])
                self.moved = True
                return
            known = self._lines.offset, self._lines.last
            yield block

    def _plain(self, until: int | None) -> Iterator[Block]:
        while chunk := self.content.read_at(self._marks.position, self._next_length(until)):
            self._marks.feed(chunk)
            if lines := self._lines.feed(chunk):
                yield self._without_old(lines) if self.old else Block(lines)

    def _without_old(self, lines: bytes) -> Block:
        """Return the next lines without those that were read from pipes."""
        start, at = self._lines.offset - len(lines), 0
        kept: list[bytes] = []
        for first, end in self.old:
            if start < end and first < start + len(lines):
                kept.append(lines[at : max(at, first - start)])
                at = end - start
        new = b"".join([*kept, lines[at:]])
        return Block(new, left_out=len(lines) - len(new))

    def _next_length(self, until: int | None) -> int:
        return CHUNK if until is None else min(CHUNK, until - self._marks.position)

    def _read_once(self) -> Iterator[Block]:
        from flask_status_cli.sources.identity.end_of_log import last_place

        while chunk := self.content.read():
            start, tail, identity = self._marks.position, self._marks.tail, self.identity
            self._marks.feed(chunk)
            if self.undecided:
                length = self._marks.position - last_place(self._marks.position)
                self._end_of_content = (self._end_of_content + chunk)[-length:] if length else b""
                window = _Window(start, tail, chunk)
                self._identifier.pass_by(start, self._marks.position, window, self._marks.prints)
            whole = chunk[: chunk.rfind(b"\n") + 1]
            if self.content.keeps_lines:
                self._sampler.feed(whole, start)
                self._sampled = True
            if self._part is not None:
                self._follow(self._part, whole, start)
            drop = self.identity is not identity
            if drop:
                cut = self.identity.offset - start
                before = bytes_before(tail, chunk, cut)
                self._lines = LineCutter(
                    self.identity.offset, skip=self.identity.skip, before=before
                )
                chunk = chunk[cut:]
            if (lines := self._lines.feed(chunk)) or drop:
                yield Block(lines, drop=drop)
        yield from self._end()

    def _follow(self, part: PartMatcher, whole: bytes, start: int) -> None:
        """Update `identity`: how far the content is a part of a stream."""
        agreed = part.agreed
        part.follow(whole, start)
        if part.agreed != agreed:
            self._note_part(part, part.agreed)
        if part.over:
            self._part = None

    def _end(self) -> Iterator[Block]:
        if not self.undecided:
            return
        if self._part is not None:
            self._note_part(self._part, self._lines.offset)
            self._part = None
            yield Block(b"", drop=True)
            return
        from flask_status_cli.sources.identity.end_of_log import EndOfLog

        prints, data = self._marks.prints, self._end_of_content
        end = EndOfLog(self._marks.position - len(data), data)
        self._identifier.end(self.content.beginning, prints, end, self._compare)
        if self.identity.relation is Relation.BEGINNING:
            # The last line of the content is a line of the stream, or a part of one.
            self._lines = LineCutter(self.identity.offset)
            yield Block(b"", drop=True)

    @property
    def unfinished(self) -> bytes:
        """The last line if it has no line end yet. It is `b""` if the line has one, or was counted before."""
        return self._lines.unfinished

    @property
    def complete(self) -> bool:
        """Whether this is an archive or a pipe that was read to its end, so that nothing will be added."""
        ended = self.content.archive or self.content.path == PIPE
        return ended and not self.content.cut and self.content.damage is None

    def close_line(self) -> None:
        """Count the unfinished last line as read."""
        self._lines.close()
        self._partial = True

    def checkpoint(
        self, *, newest: int | None, name: str | None, pending: Mapping[tuple[UnreadKind, str], int]
    ) -> Checkpoint:
        """Return the checkpoint after the lines yielded so far. `name` is the name of the format."""
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
            places=self._sampler.until(offset) if self._sampled else None,
        )

    def lines_shared(self, stream: Stream) -> int:
        """Return how many first lines of this log and of a stream are equal, as far as both have prints.

        Return 0 if there are fewer than `SURE` different ones: any two logs may begin with the same probes.
        """
        shared = equal_first_lines(self._marks.prints.value, stream.checkpoint.prints)
        lines = self.content.beginning.split(b"\n", shared)[:shared]
        return shared if len(set(lines)) >= SURE else 0

    def committed(self) -> None:
        """Record that the present checkpoint was stored."""
        self._committed = Mark(self.offset, digest(self._lines.last))

    def unchanged(self) -> bool:
        """Return whether the open file still has the lines that were read; true for a pipe or an archive."""
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
    """Return the first `SAMPLE` lines."""
    return b"\n".join(beginning.split(b"\n", SAMPLE)[:SAMPLE])


class _Window:
    """A function that returns the digest of the bytes before a position in a chunk; see `DigestBefore`."""

    def __init__(self, start: int, tail: bytes, chunk: bytes) -> None:
        self._start = start
        self._tail = tail
        self._chunk = chunk

    def __call__(self, position: int) -> tuple[bytes, bool]:
        before = bytes_before(self._tail, self._chunk, position - self._start)
        return digest(before), before.endswith(b"\n")
