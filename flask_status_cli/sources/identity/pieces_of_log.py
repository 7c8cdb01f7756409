"""Finds pieces of a log that came through pipes (`tail -n 100 access.log | …`) in the file of the log.

The piece may have been read first, or the file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from flask_status_cli.errors import LogError
from flask_status_cli.model import Stream
from flask_status_cli.sources.identity.fingerprints import digest
from flask_status_cli.sources.identity.part_of_stream import end_of_stream, has_others
from flask_status_cli.sources.identity.recognize_log import Readable
from flask_status_cli.sources.reading.content import Content

SEARCHED = 8 << 20
"""Pieces are searched in this many last bytes of a file."""

LONGEST_PIECE = 1 << 18
"""A longer pipe is no piece of a log."""

Ranges = tuple[tuple[int, int], ...]
"""Ranges of bytes [start, end), ascending, with gaps between them."""


def has_piece(path: str, piece: bytes) -> bool:
    """Return whether a plain file has these whole lines."""
    try:
        content = Content(path)
    except LogError:
        return False
    try:
        return content.plain and b"\n" + piece in _last_lines(content)[1]
    finally:
        content.close()


def pieces_in(
    content: Readable,
    heads: Collection[bytes],
    pipes: Callable[[bytes], Sequence[Stream]],
) -> Ranges:
    """Return where a new plain log has all lines of earlier pipes, of which one must be no probe.

    `heads` has the digests of the first lines of all logs. `pipes` returns the streams that were read from
    pipes and whose first line has a digest.
    """
    start, data = _last_lines(content)
    size, before = content.size(), b""
    found: list[tuple[int, int]] = []
    for line in data[1:].split(b"\n")[:-1]:
        head = digest(line + b"\n")
        if head in heads and line != before:
            for stream in pipes(head):
                end = end_of_stream(stream, content, start, size)
                whole = end - start == stream.checkpoint.offset
                if whole and has_others(content, start, end):
                    found.append((start, end))
        before = line
        start += len(line) + 1
    return _joined(found)


def _last_lines(content: Readable) -> tuple[int, bytes]:
    """Return the last whole lines behind a line feed, and the position of the first one."""
    size = content.size()
    if size <= SEARCHED:
        return 0, b"\n" + content.read_at(0, size)
    first = size - SEARCHED
    data = content.read_at(first, SEARCHED)
    cut = max(0, data.find(b"\n"))
    return first + cut + 1, data[cut:]


def _joined(ranges: Sequence[tuple[int, int]]) -> Ranges:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)
