"""Finds pieces of a log that came through pipes (`tail -n 100 access.log | …`) in the file of the log.

The piece may have been read first, or the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import accumulate
from zlib import crc32

from flask_status_cli.errors import LogError
from flask_status_cli.model import Stream
from flask_status_cli.sources.identity.fingerprints import agrees, digest
from flask_status_cli.sources.identity.first_lines import LIMIT
from flask_status_cli.sources.identity.inserted_lines import Ranges, joined
from flask_status_cli.sources.identity.part_of_stream import end_of_stream, has_others
from flask_status_cli.sources.identity.recognize_log import SeekableLog
from flask_status_cli.sources.reading.content import CHUNK, Content

SEARCHED = 8 << 20
"""Pieces are searched in this many last bytes of a file."""

LONGEST_PIECE = 1 << 18
"""A longer pipe is no piece of a log."""

MOST_COMPARED = 64 << 20
"""So many bytes of a file are compared with pipes. Only lines that alternate could need more."""


def has_piece(path: str, piece: bytes) -> bool:
    """Return whether a plain file has these whole lines."""
    try:
        content = Content(path)
    except LogError:
        return False
    try:
        return content.plain and b"\n" + piece in _last_lines(content)
    finally:
        content.close()


def pieces_in(
    content: SeekableLog,
    heads: Mapping[bytes, bytes],
    pipes: Callable[[bytes], Sequence[Stream]],
) -> Ranges:
    """Return where a new plain log has all lines of earlier pipes, of which one must be no probe.

    `heads` has the first print of each pipe, by the digest of its first line. `pipes` returns the streams
    that were read from pipes and whose first line has a digest. Each pipe is found once.
    """
    size, left = content.size(), MOST_COMPARED
    ranges: list[tuple[int, int]] = []
    wanted: dict[bytes, list[Stream]] = {}
    for start, head in _heads_in(content, max(0, size - SEARCHED), heads):
        streams = wanted[head] = wanted[head] if head in wanted else list(pipes(head))
        for stream in streams[:]:
            end = start + stream.checkpoint.offset
            if left <= 0 or end > size or not _ends_at(stream, content, start):
                continue
            left -= min(end - start, LIMIT)
            if end_of_stream(stream, content, start, size) == end:
                streams.remove(stream)
                if has_others(content, start, end):
                    ranges.append((start, end))
    return joined(ranges)


def _heads_in(
    content: SeekableLog, position: int, heads: Mapping[bytes, bytes]
) -> Iterator[tuple[int, bytes]]:
    """Yield the position and the digest of each whole line, from `position` on, with which a pipe may begin.

    Of equal lines in a row only the first one is yielded. Few lines have the first print of a pipe by chance,
    and a print is made much faster than a digest.
    """
    prints = {int.from_bytes(each, "big") for each in heads.values()}
    begun = last = b""
    while chunk := content.read_at(position, CHUNK):
        start, lines = position - len(begun), BytesIO(begun + chunk).readlines()
        position += len(chunk)
        begun = b"" if lines[-1].endswith(b"\n") else lines.pop()
        places = [place for place, crc in enumerate(map(crc32, lines)) if crc & 0xFFFF in prints]
        starts = list(accumulate(map(len, lines), initial=start)) if places else []
        for place in places:
            line = lines[place]
            repeated = line == (lines[place - 1] if place else last)
            if not repeated and (head := digest(line)) in heads:
                yield starts[place], head
        last = lines[-1] if lines else last


def _ends_at(stream: Stream, content: SeekableLog, start: int) -> bool:
    """Return whether a pipe ends where it would end if it began at `start`, by its last mark."""
    last = stream.checkpoint.marks[-1]
    return agrees(last, lambda position, length: content.read_at(start + position, length))


def _last_lines(content: SeekableLog) -> bytes:
    """Return the last whole lines, and a line feed before them."""
    size = content.size()
    if size <= SEARCHED:
        return b"\n" + content.read_at(0, size)
    data = content.read_at(size - SEARCHED, SEARCHED)
    return data[max(0, data.find(b"\n")) :]
