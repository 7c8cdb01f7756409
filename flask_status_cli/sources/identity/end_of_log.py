"""The end of a log behind its last mark, which has to be compared with the same bytes of a longer log."""

from __future__ import annotations

from collections.abc import Callable

from flask_status_cli.errors import LogError
from flask_status_cli.frozen import frozen
from flask_status_cli.model import Mark, Stream
from flask_status_cli.sources.identity.fingerprints import (
    FINE,
    REGULAR,
    SPAN,
    STEP,
    ReadAt,
    agrees,
    head_of,
)
from flask_status_cli.sources.reading.content import Content

FURTHEST = 256 << 20
"""Of an archive, at most this many bytes are decompressed to compare the end of another log with it."""


@frozen
class EndOfLog:
    """The last bytes of a log, from the offset `start` on. No mark of a longer log lies within them."""

    start: int
    data: bytes

    @property
    def end(self) -> int:
        """The length of the log."""
        return self.start + len(self.data)

    @property
    def count(self) -> int:
        """The number of lines, of which the first and the last may be incomplete."""
        return self.data.count(b"\n") + (not self.data.endswith(b"\n"))

    @property
    def lines(self) -> list[bytes]:
        """The whole lines of the end. The first one may lack its beginning."""
        return self.data[: self.data.rfind(b"\n") + 1].split(b"\n")[:-1]


Compare = Callable[[Stream, EndOfLog], bool | None]
"""Returns whether a longer log has the same bytes as the end of another one; `None` if nobody can know."""


def last_place(size: int) -> int:
    """Return the last position in a log of this size at which a longer log has a mark.

    A log of more than 16 MiB may have its last mark before that.
    """
    step = FINE if size <= REGULAR else STEP
    return size - size % step


def known_bytes(path: str, stream: Stream, end: EndOfLog) -> bytes | None:
    """Return the bytes that a stream has where `end` is, read from the file `path`.

    Return `None` if the file does not have the stream up to its next mark.
    """
    later = (mark for mark in stream.checkpoint.marks if mark.position >= end.end)
    mark = next(later, None)
    if mark is None:
        return None
    try:
        content = Content(path)
    except LogError:
        return None
    try:
        if head_of(content.beginning) != stream.checkpoint.head:
            return None
        return (_of_file if content.plain else _of_archive)(content, mark, end)
    except (OSError, LogError):
        return None
    finally:
        content.close()


def _of_file(content: Content, mark: Mark, end: EndOfLog) -> bytes | None:
    return _between(content.read_at, mark, end) if content.size() >= mark.position else None


def _of_archive(content: Content, mark: Mark, end: EndOfLog) -> bytes | None:
    if mark.position > FURTHEST:
        return None
    first = max(0, min(end.start, mark.position - SPAN))
    position, kept = 0, bytearray()
    while position < mark.position and (chunk := content.read()):
        kept += chunk[max(0, first - position) :]
        position += len(chunk)
    if position < mark.position:
        return None
    return _between(lambda at, length: bytes(kept[at - first : at - first + length]), mark, end)


def _between(read_at: ReadAt, mark: Mark, end: EndOfLog) -> bytes | None:
    return read_at(end.start, len(end.data)) if agrees(mark, read_at) else None
