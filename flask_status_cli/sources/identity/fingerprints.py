"""Marks: fingerprints of a log at certain positions, by which it is recognized."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from io import BytesIO

from flask_status_cli.compiled_code import FINGERPRINTS, compiled_module
from flask_status_cli.model import Mark
from flask_status_cli.model.log.checkpoints import MARK
from flask_status_cli.sources.identity.first_lines import LIMIT, LINES, Prints, prints_of_lines

try:
    from _blake2 import blake2b  # the one of hashlib, which loads OpenSSL: that takes 3 ms
except ImportError:  # another Python than CPython
    from hashlib import blake2b

SPAN = 1024
"""A mark covers this many bytes before its position."""

DENSE = 4096
"""Up to this position, every line end has a mark."""

REGULAR = 1 << 20
"""Up to this position, no mark is dropped."""

FINE = 8192
"""Every multiple of this many bytes up to `REGULAR` has a mark."""

STEP = 65536
"""Every multiple of this many bytes beyond `REGULAR` has a mark. The step doubles if there are too many."""

MOST = 368
"""At most this many marks beyond `DENSE` are kept: those up to `REGULAR`, and 240 others."""

HEAD = 65536
"""A first line is identified by at most this many of its bytes."""

ReadAt = Callable[[int, int], bytes]
"""`read_at(position, length)` returns bytes of a content, fewer than `length` only at its end."""


def digest(data: bytes) -> bytes:
    """Return the 64-bit BLAKE2b digest of `data`."""
    return blake2b(data, digest_size=8).digest()


def head_of(beginning: bytes) -> bytes | None:
    """Return the digest of the first line of a content, `None` if the line has no end yet.

    `beginning` has at least the first `HEAD` bytes, or the whole content. Of a longer first line, only the
    first `HEAD` bytes are used.
    """
    end = beginning.find(b"\n", 0, HEAD) + 1
    if end == 0:
        if len(beginning) < HEAD:
            return None
        end = HEAD
    return digest(beginning[:end])


def head_of_ended(beginning: bytes) -> bytes | None:
    """Return the digest of the first line of a content that cannot grow.

    If the content has one line only, that line may lack its line end.
    """
    whole = beginning if b"\n" in beginning or not beginning else beginning + b"\n"
    return head_of(whole)


def bytes_before(tail: bytes, chunk: bytes, place: int) -> bytes:
    """Return up to `SPAN` bytes before the offset `place` in `chunk`. `tail` is what precedes it."""
    if place >= SPAN:
        return chunk[place - SPAN : place]
    return (tail + chunk[:place])[-SPAN:]


def agrees(mark: Mark, read_at: ReadAt) -> bool:
    """Return whether the content that `read_at` reads has this mark."""
    start = max(0, mark.position - SPAN)
    return digest(read_at(start, mark.position - start)) == mark.digest


def line_ends(beginning: bytes) -> list[int]:
    """Return the positions after the line ends in the first `DENSE` bytes."""
    ends = []
    end = beginning.find(b"\n", 0, DENSE) + 1
    while end:
        ends.append(end)
        end = beginning.find(b"\n", end, DENSE) + 1
    return ends


def packed_marks(whole: bytes) -> bytes:
    """Return the packed marks of a whole content, which ends with a line end and is shorter than `STEP`."""
    places = [*line_ends(whole), *range(FINE, len(whole) + 1, FINE)]
    if not places or places[-1] != len(whole):
        places.append(len(whole))
    return b"".join(
        [
            MARK.pack(
                place,
                blake2b(whole[place - SPAN if place > SPAN else 0 : place], digest_size=8).digest(),
            )
            for place in places
        ]
    )


def of_small_logs(contents: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
    """Return the packed marks and the prints of whole contents, each of which ends with a line end.

    They must be shorter than `STEP`.
    """
    compiled = compiled_module(FINGERPRINTS)
    if compiled is None:
        return [(packed_marks(whole), prints_of_lines(BytesIO(whole))) for whole in contents]
    fingerprints = compiled.fingerprints
    return [fingerprints(whole, DENSE, SPAN, FINE, LINES) for whole in contents]


def continued_marks(packed: bytes, offset: int, before: bytes, lines: bytes) -> bytes | None:
    """Return the packed marks of a log after new lines. `packed` are those at `offset`, its former end.

    `before` has the (up to `SPAN`) bytes before `offset`. Return `None` if there are so many marks that some
    may have to be dropped; then `Marks` makes them.
    """
    if len(packed) > MARK.size * (MOST - STEP // FINE - 1):
        return None
    kept = packed if Marks.lasting(offset) else packed[: -MARK.size]
    end = offset + len(lines)
    first = line_ends(lines[: DENSE - offset]) if offset < DENSE else ()
    places = [offset + place for place in first] + [*scheduled(offset, end)]
    if not places or places[-1] != end:
        places.append(end)
    return kept + b"".join(
        [MARK.pack(place, digest(bytes_before(before, lines, place - offset))) for place in places]
    )


def scheduled(start: int, end: int, *, step: int = STEP) -> Iterable[int]:
    """Yield the positions in `(start, end]` that have a mark wherever lines end, ascending."""
    yield from range((start // FINE + 1) * FINE, min(end, REGULAR) + 1, FINE)
    first = (max(start, REGULAR) // step + 1) * step
    yield from range(first, end + 1, step)


class Marks:
    """Makes the marks of a content while it is read, from `position` on. A `Reading` has one.

    - `known`: the marks up to `position`.
    - `before`: the (up to `SPAN`) bytes before `position`.
    - `prints`: the prints of the lines up to `position`.
    """

    def __init__(
        self,
        position: int = 0,
        known: Iterable[Mark] = (),
        before: bytes = b"",
        prints: Prints | None = None,
    ) -> None:
        self.position = position
        self.prints = prints or Prints()
        self.tail = before[-SPAN:]
        self._step = STEP
        self._marks: dict[int, bytes] = {
            mark.position: mark.digest for mark in known if self.lasting(mark.position)
        }
        self._thin()

    @staticmethod
    def lasting(position: int) -> bool:
        """Return whether a mark at this position stays when the log has grown."""
        step = FINE if position <= REGULAR else STEP
        return position <= DENSE or position % step == 0

    def feed(self, chunk: bytes) -> None:
        """Make the marks of the next bytes of the content."""
        start, end = self.position, self.position + len(chunk)
        self.prints.feed(chunk)
        if start < DENSE:
            for place in line_ends(chunk[: DENSE - start]):
                self._marks[start + place] = digest(bytes_before(self.tail, chunk, place))
        for position in scheduled(start, end, step=self._step):
            self._marks[position] = digest(bytes_before(self.tail, chunk, position - start))
        self.tail = bytes_before(self.tail, chunk, len(chunk))
        self.position = end
        self._thin()

    def skip(self, end: int, last: bytes, read_at: ReadAt) -> None:
        """Continue at `end`, after a part that another process read. `last` has the bytes before `end`."""
        if self.position < LIMIT:
            self.feed(read_at(self.position, min(LIMIT, end) - self.position))
        for position in scheduled(self.position, end, step=self._step):
            start = max(0, position - SPAN)
            self._marks[position] = digest(read_at(start, position - start))
        self.tail = last[-SPAN:]
        self.position = end
        self._thin()

    def _thin(self) -> None:
        if len(self._marks) <= MOST:
            return
        while sum(position > DENSE for position in self._marks) > MOST:
            self._step *= 2
            self._marks = {
                position: value
                for position, value in self._marks.items()
                if position <= REGULAR or position % self._step == 0
            }

    def until(self, offset: int, last: bytes) -> tuple[Mark, ...]:
        """Return the marks up to `offset`, the last one at `offset`.

        `last` has the (up to `SPAN`) bytes before `offset`.
        """
        places = sorted(self._marks)
        kept = [Mark(p, self._marks[p]) for p in places[: bisect_right(places, offset)]]
        if not kept or kept[-1].position != offset:
            kept.append(Mark(offset, digest(last)))
        return tuple(kept)
