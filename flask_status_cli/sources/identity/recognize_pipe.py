"""Finds the stream of a log that can be read only once, while it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_status_cli.model import Stream
from flask_status_cli.sources.identity.fingerprints import REGULAR
from flask_status_cli.sources.identity.first_lines import Prints, alike
from flask_status_cli.sources.identity.recognize_log import (
    NEW,
    beginning,
    continued,
    fork,
    is_beginning,
)

DigestBefore = Callable[[int], tuple[bytes, bool]]
"""`before(position)` returns the digest of the bytes before it, and whether a line ends there."""


class PipeIdentifier:
    """Compares a content with the streams that it may continue, from its first byte on.

    While it is `undecided`, what was read after `place` is held back. It is counted if no stream agrees.
    """

    def __init__(self, streams: Sequence[Stream]) -> None:
        self._alive = [_Candidate(stream) for stream in streams]
        self.place = NEW

    @property
    def undecided(self) -> bool:
        """Whether the content may still be a stream that was read before."""
        return bool(self._alive)

    def pass_by(self, start: int, end: int, before: DigestBefore, prints: Prints) -> None:
        """Compare the marks in `(start, end]`. `place` moves past everything that is known to be old.

        `prints` are those of the content up to `end`.
        """
        self._alive = [c for c in self._alive if alike(prints.value, c.stream.checkpoint.prints)]
        position = start
        while (following := self._next(position, end)) is not None:
            position = following
            value, line_end = before(position)
            for candidate in list(self._alive):
                if candidate.next == position:
                    self._compare(candidate, value, line_end=line_end)

    def _next(self, position: int, end: int) -> int | None:
        places = [c.next for c in self._alive if position < c.next <= end]
        return min(places, default=None)

    def _compare(self, candidate: _Candidate, value: bytes, *, line_end: bool) -> None:
        position = candidate.next
        if not candidate.agrees(value):
            self._alive.remove(candidate)
        elif candidate.met:
            self._alive.remove(candidate)
            self.place = continued(candidate.stream)
        elif position > REGULAR:
            self.place = fork(candidate.stream, position, skip=not line_end)

    def end(self, first: bytes, length: int, prints: Prints) -> None:
        """Record that the content ends here. A beginning of a stream has nothing new."""
        for candidate in self._alive:
            if is_beginning(candidate.stream, first, length, prints):
                self.place = beginning(candidate.stream)
                break
        self._alive = []


class _Candidate:
    """A stream that the content may be: the marks that are still to be compared."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._marks = list(reversed(stream.checkpoint.marks))

    @property
    def next(self) -> int:
        return self._marks[-1].position

    @property
    def met(self) -> bool:
        return not self._marks

    def agrees(self, value: bytes) -> bool:
        return self._marks.pop().digest == value
