"""Finds the stream of a log: it continues one, is the beginning of one, is a fork of one, or is new."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Mark, Stream
from flask_status_cli.sources.identity.fingerprints import DENSE, REGULAR, agrees
from flask_status_cli.sources.identity.first_lines import Prints, alike, prints_of


class Readable(Protocol):
    """A content that can be read at any position."""

    def size(self) -> int:
        """Return the number of its bytes."""
        ...

    def read_at(self, position: int, length: int, /) -> bytes:
        """Return that part of it; a shorter one only at its end."""
        ...


class Result(Enum):
    """How an input is related to the streams that were read before."""

    NEW = "new"
    CONTINUED = "continued"
    BEGINNING = "beginning"
    FORK = "fork"
    PART = "part"


@frozen
class Place:
    """Where to continue reading: after `offset`, up to which the marks are `known`.

    `stream` is the one that is continued or forked, or of which this is a beginning or another part. With
    `skip` the rest of the line at `offset` was read before. `sure` is false if only samples of lines were
    compared.
    """

    result: Result
    stream: Stream | None = None
    offset: int = 0
    known: tuple[Mark, ...] = ()
    skip: bool = False
    sure: bool = True


NEW = Place(Result.NEW)


def continued(stream: Stream) -> Place:
    """Return the place after everything that was read of `stream`."""
    read = stream.checkpoint
    return Place(Result.CONTINUED, stream, read.offset, read.marks, skip=read.partial)


def beginning(stream: Stream) -> Place:
    """Return the place of an input without anything new."""
    return Place(Result.BEGINNING, stream, stream.checkpoint.offset)


def fork(stream: Stream, position: int, *, skip: bool) -> Place:
    """Return the place after the last mark at which an edited or restored log agrees."""
    known = tuple(mark for mark in stream.checkpoint.marks if mark.position <= position)
    return Place(Result.FORK, stream, position, known, skip)


def is_beginning(stream: Stream, first: bytes, length: int, prints: Prints) -> bool:
    """Return whether a content that agrees with all marks up to its `length` is a beginning of `stream`.

    The prints of the stream decide if all lines of the content have one. Otherwise its last line end must be
    a mark below that length. `first` is at least the first `DENSE` bytes of the content, in which every line
    end of the stream is a mark.
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
    """Return the place of a plain content among the streams with the same first line, longest first."""
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
