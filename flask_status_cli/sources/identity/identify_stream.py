"""Which stream a log is: it continues one, is the beginning of one, is a fork of one, or is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from flask_status_cli.model import Mark, Stream
from flask_status_cli.sources.identity.fingerprints import DENSE, REGULAR, agrees
from flask_status_cli.sources.identity.first_lines import Prints, alike, prints_of


class Readable(Protocol):
    """A content that can be read anywhere."""

    def size(self) -> int:
        """Return the number of its bytes."""
        ...

    def read_at(self, position: int, length: int, /) -> bytes:
        """Return that part of it; shorter only at its end."""
        ...


class Result(Enum):
    """What an input is to the streams read before."""

    NEW = "new"
    CONTINUED = "continued"
    BEGINNING = "beginning"
    FORK = "fork"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read on: behind `offset`, whose marks are `known`.

    `stream` is the one continued, forked from, or of which this is a beginning or another part. With `skip`
    the rest of the line that spans `offset` belongs to what was read before. Where it is not `sure`, samples
    of the lines told it.
    """

    result: Result
    stream: Stream | None = None
    offset: int = 0
    known: tuple[Mark, ...] = ()
    skip: bool = False
    sure: bool = True


NEW = Place(Result.NEW)


def continued(stream: Stream) -> Place:
    """Return the place behind all that was read of `stream`."""
    read = stream.checkpoint
    return Place(Result.CONTINUED, stream, read.offset, read.marks, skip=read.partial)


def beginning(stream: Stream) -> Place:
    """Return the place of an input that holds nothing new."""
    return Place(Result.BEGINNING, stream, stream.checkpoint.offset)


def fork(stream: Stream, position: int, *, skip: bool) -> Place:
    """Return the place behind the last mark at which an edited or restored log still agreed."""
    known = tuple(mark for mark in stream.checkpoint.marks if mark.position <= position)
    return Place(Result.FORK, stream, position, known, skip)


def is_beginning(stream: Stream, first: bytes, length: int, prints: Prints) -> bool:
    """Return whether a content that agrees with all marks up to its `length` begins `stream`.

    The stream's prints tell it, for a content all of whose lines have one. Without them, `first` being at
    least the first `DENSE` bytes of the content, its last line end has to be a mark below that length:
    there every line end of the stream is one.
    """
    known = stream.checkpoint.prints
    if known and not alike(prints.value, known):
        return False
    if known and not prints.full:
        return len(prints.value) <= len(known)
    if length >= DENSE:
        return True
    end = first.rfind(b"\n") + 1
    return any(mark.position == end for mark in stream.checkpoint.marks)


def identify(content: Readable, streams: Sequence[Stream]) -> Place:
    """Return the place of a plain content among the streams with its first line, longest first."""
    size = content.size()
    best = (0, NEW)
    prints = prints_of(content.read_at, size if streams else 0)
    for stream in streams:
        read = stream.checkpoint
        if not alike(prints.value, read.prints):
            continue
        marks = [mark for mark in read.marks if mark.position <= size]
        agreed = _agreement(content, marks)
        if agreed is None:
            if size >= read.offset:
                return continued(stream)
            if is_beginning(stream, content.read_at(0, DENSE), size, prints):
                return beginning(stream)
        elif agreed > max(REGULAR, best[0]):
            skip = content.read_at(agreed - 1, 1) != b"\n"
            best = (agreed, fork(stream, agreed, skip=skip))
    return best[1]


def _agreement(content: Readable, marks: Sequence[Mark]) -> int | None:
    """Return the position of the last agreeing mark before one that disagrees; `None` if all agree."""
    agreed = 0
    for mark in marks:
        if not agrees(mark, content.read_at):
            return agreed
        agreed = mark.position
    return None
