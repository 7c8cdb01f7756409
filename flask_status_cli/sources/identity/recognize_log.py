"""Finds the stream that a log belongs to, and the position in the log from which on it is new."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final, Protocol

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Mark, Stream
from flask_status_cli.sources.identity.fingerprints import DENSE, REGULAR, ReadAt, agrees
from flask_status_cli.sources.identity.first_lines import (
    SURE,
    Prints,
    equal_first_lines,
    prints_agree,
    prints_of,
)


class SeekableLog(Protocol):
    """A content that can be read at any position."""

    def size(self) -> int:
        """Return the number of bytes of the content."""
        ...

    def read_at(self, position: int, length: int, /) -> bytes:
        """Return `length` bytes from `position` on, fewer only at the end of the content."""
        ...


class Relation(Enum):
    """How a log is related to the streams that were read before.

    - `NEW`: it is a new stream.
    - `CONTINUED`: it is a stream, with or without new lines.
    - `BEGINNING`: it is only the beginning of a stream, so nothing in it is new.
    - `FORK`: it agrees with a stream up to a position, as an edited or restored log does.
    - `PART`: it is a part of a stream that was read from a pipe, or continues that part. Or it is an edited
      log that still has the last lines of the stream.
    """

    NEW = "new"
    CONTINUED = "continued"
    BEGINNING = "beginning"
    FORK = "fork"
    PART = "part"


@frozen
class LogIdentity:
    """The stream of a log, and where to continue reading.

    - `relation`: how the log is related to `stream`.
    - `offset`: the position in the log up to which it was read before.
    - `known`: the marks up to `offset`.
    - `skip`: whether the rest of the line at `offset` was read before, too.
    - `sure`: false if only a sample of the lines was compared.
    - `stored`: false if nothing is stored of the log, so that all of it counts once a line differs.
    - `edited`: whether lines were removed or changed in the log after it was read.
    - `assumed`: how many last lines of a beginning could not be compared.
    - `old`: the ranges of bytes of a new stream that were read before, because lines were inserted.
    """

    relation: Relation
    stream: Stream | None = None
    offset: int = 0
    known: tuple[Mark, ...] = ()
    skip: bool = False
    sure: bool = True
    stored: bool = True
    edited: bool = False
    assumed: int = 0
    old: Sequence[tuple[int, int]] = ()


NEW = LogIdentity(Relation.NEW)

FIRST: Final = 1 << 15
"""So many first bytes of a log are read at once. A small log has all its marks there, one at each line."""


class _ReadAhead:
    """Reads a content, and its first bytes from memory."""

    def __init__(self, content: SeekableLog) -> None:
        self._content = content
        self._first = content.read_at(0, FIRST)

    def read_at(self, position: int, length: int) -> bytes:
        """Return `length` bytes from `position` on, fewer only at the end of the content."""
        end = position + length
        if end <= len(self._first):
            return self._first[position:end]
        return self._content.read_at(position, length)


def continued(stream: Stream) -> LogIdentity:
    """Return the identity of a log behind the part that was read as `stream`."""
    read = stream.checkpoint
    return LogIdentity(Relation.CONTINUED, stream, read.offset, read.marks, skip=read.partial)


def beginning(stream: Stream, *, assumed: int = 0) -> LogIdentity:
    """Return the identity of a log that is only the beginning of `stream`."""
    return LogIdentity(Relation.BEGINNING, stream, stream.checkpoint.offset, assumed=assumed)


def fork(stream: Stream, position: int, *, skip: bool) -> LogIdentity:
    """Return the identity of an edited or restored log. `position` is that of the last mark that agrees."""
    known = tuple(mark for mark in stream.checkpoint.marks if mark.position <= position)
    return LogIdentity(Relation.FORK, stream, position, known, skip)


def is_beginning(stream: Stream, first: bytes, length: int, prints: Prints) -> bool:
    """Return whether a content is the beginning of a stream whose marks, up to its `length`, all agree.

    `first` has at least the first `DENSE` bytes of the content. If all lines of the content have prints, the
    prints decide. Otherwise, in a content shorter than `DENSE`, the last line must end at a mark, because the
    stream has a mark at each line end there.
    """
    known = stream.checkpoint.prints
    if known and not prints_agree(prints.value, known):
        return False
    if known and not prints.full:
        return len(prints.value) <= len(known)
    if length >= DENSE:
        return True
    end = first.rfind(b"\n") + 1
    return any(mark.position == end for mark in stream.checkpoint.marks)


def identify(content: SeekableLog, streams: Sequence[Stream]) -> LogIdentity:
    """Return the identity of a plain content. `streams` have the same first line, the longest first.

    After its last mark, a restored log looks like the beginning of the log before. If it continues the stream
    that it got then, the mark at the end of that stream is closer to its end.
    """
    if not streams:
        return NEW
    size = content.size()
    best = (0, NEW)
    vague: tuple[int, LogIdentity] | None = None
    read_at = _ReadAhead(content).read_at
    prints = prints_of(read_at, size)
    for stream in streams:
        read = stream.checkpoint
        if not prints_agree(prints.value, read.prints):
            continue
        marks = [mark for mark in read.marks if mark.position <= size]
        agreed = agreement(read_at, marks)
        if agreed is None:
            if size >= read.offset:
                return vague[1] if vague and vague[0] >= read.offset else continued(stream)
            if not is_beginning(stream, read_at(0, DENSE), size, prints):
                continue
            if not prints.full:
                return beginning(stream)
            vague = vague or (max((mark.position for mark in marks), default=0), beginning(stream))
        elif agreed > max(REGULAR, best[0]):
            skip = read_at(agreed - 1, 1) != b"\n"
            best = (agreed, fork(stream, agreed, skip=skip))
    return vague[1] if vague else best[1]


def restored(content: SeekableLog, stream: Stream) -> LogIdentity | None:
    """Return the identity of a log that was restored from a backup, and then continued differently.

    `stream` is what was last read at the path of the log. Return `None` if fewer than `SURE` different first
    lines are equal. Then the log may be a new one that begins with the same probes.
    """
    read = stream.checkpoint
    read_at = _ReadAhead(content).read_at
    prints = prints_of(read_at, content.size())
    same = equal_first_lines(prints.value, read.prints)
    end = prints.end_of(same)
    if len(set(read_at(0, end).split(b"\n")[:-1])) < SURE:
        return None
    marks = [mark for mark in read.marks if mark.position <= content.size()]
    agreed = agreement(read_at, marks)
    if agreed is None:
        agreed = marks[-1].position
    position = max(agreed, end)
    return fork(stream, position, skip=read_at(position - 1, 1) != b"\n")


def branch(content: SeekableLog, stream: Stream) -> LogIdentity:
    """Return the identity of a log that agrees with all marks of a longer `stream`, but ends differently."""
    size = content.size()
    position = max((m.position for m in stream.checkpoint.marks if m.position <= size), default=0)
    if position <= REGULAR:
        return NEW
    return fork(stream, position, skip=content.read_at(position - 1, 1) != b"\n")


def is_exact(identity: LogIdentity, content: SeekableLog) -> bool:
    """Return whether each line of a log was compared that is a beginning of a stream."""
    return identity.stream is None or not prints_of(content.read_at, content.size()).full


def agreement(read_at: ReadAt, marks: Sequence[Mark]) -> int | None:
    """Return the position of the last mark that agrees before one that does not; `None` if all agree."""
    agreed = 0
    for mark in marks:
        if not agrees(mark, read_at):
            return agreed
        agreed = mark.position
    return None
