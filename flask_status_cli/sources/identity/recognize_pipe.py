"""Finds the stream that a pipe or an archive belongs to, while it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from flask_status_cli.model import Stream
from flask_status_cli.sources.identity.fingerprints import REGULAR
from flask_status_cli.sources.identity.first_lines import Prints, prints_agree
from flask_status_cli.sources.identity.recognize_log import (
    NEW,
    beginning,
    continued,
    fork,
    is_beginning,
)

if TYPE_CHECKING:
    from flask_status_cli.sources.identity.end_of_log import Compare, EndOfLog

DigestBefore = Callable[[int], tuple[bytes, bool]]
"""`before(position)` returns the digest of the bytes before a position, and whether a line ends there."""


class PipeIdentifier:
    """Compares a content, from its first byte on, with the streams that it may continue.

    `identity` says where the content is new, as far as is known. While it is `undecided`, lines behind that
    must not be stored yet, because they may be old.
    """

    def __init__(self, streams: Sequence[Stream]) -> None:
        self._alive = [_Candidate(stream) for stream in streams]
        self.identity = NEW

    @property
    def undecided(self) -> bool:
        """Whether the content may still be a stream that was read before."""
        return bool(self._alive)

    def pass_by(self, start: int, end: int, before: DigestBefore, prints: Prints) -> None:
        """Compare the marks in `(start, end]`, and move `identity` to the end of what is known to be old.

        `prints` has the prints of the content up to `end`.
        """
        self._alive = [
            c for c in self._alive if prints_agree(prints.value, c.stream.checkpoint.prints)
        ]
        position = start
        while (following := self._next(position, end)) is not None:
            position = following
            value, line_end = before(position)
            for candidate in list(self._alive):
                if candidate.next == position:
                    self._compare(candidate, value, line_end=line_end)

    def _next(self, position: int, end: int) -> int | None:
        positions = [c.next for c in self._alive if position < c.next <= end]
        return min(positions, default=None)

    def _compare(self, candidate: _Candidate, value: bytes, *, line_end: bool) -> None:
        position = candidate.next
        if not candidate.agrees(value):
            self._alive.remove(candidate)
        elif candidate.is_done:
            self._alive.remove(candidate)
            self.identity = continued(candidate.stream)
        elif position > REGULAR:
            self.identity = fork(candidate.stream, position, skip=not line_end)

    def end(self, first: bytes, prints: Prints, end: EndOfLog, compare: Compare) -> None:
        """Decide at the end of the content whether it is only the beginning of a stream.

        `compare` decides about the bytes behind the last mark, if not every line has a print.
        """
        for candidate in self._alive:
            stream = candidate.stream
            if is_beginning(stream, first, end.end, prints):
                same = not prints.full or compare(stream, end)
                if same is not False:
                    self.identity = beginning(stream, assumed=0 if same else end.count)
                    break
        self._alive = []


class _Candidate:
    """A stream that the content may be, with the marks that are still to be compared."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._marks = list(reversed(stream.checkpoint.marks))

    @property
    def next(self) -> int:
        return self._marks[-1].position

    @property
    def is_done(self) -> bool:
        return not self._marks

    def agrees(self, value: bytes) -> bool:
        return self._marks.pop().digest == value
