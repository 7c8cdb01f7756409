"""Digests of lines of streams that may be several logs in one.

A log that is a part of such a stream is recognized by its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_status_cli.model import LineSample, Mark, Stream
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled
from flask_status_cli.store.streams import checkpoints


def any_kept(connection: Connection, number: int | None = None) -> bool:
    """Return whether lines of this stream are stored, or of any stream if no number is given."""
    if number is None:
        return connection.value(compiled.ANY_PLACED) is not None
    return connection.value(compiled.MASK, number=number) is not None


def pipe_heads(connection: Connection) -> dict[bytes, bytes]:
    """Return the first print of each stream with stored lines, by the digest of its first line."""
    return {
        head: bytes(print_ or b"")
        for head, print_ in connection.rows(compiled.PIPE_HEADS, of_host=connection.host)
    }


def find(connection: Connection, lines: Sequence[bytes]) -> list[tuple[bytes, int, int]]:
    """Return where streams have these lines, given by their digests: (digest, stream, position)."""
    found: list[tuple[bytes, int, int]] = []
    for line in sorted(set(lines)):
        found += connection.rows(compiled.PLACES_OF_LINE, of_line=line, of_host=connection.host)
    return found


def stream_with_digests(connection: Connection, number: int) -> tuple[Stream, LineSample] | None:
    """Return a stream with the digests of its lines, `None` if none of its lines are stored."""
    mask = connection.value(compiled.MASK, number=number)
    stream = checkpoints.get(connection, number)
    if mask is None or stream is None:
        return None
    lines = connection.rows(compiled.PLACES, number=number)
    return stream, LineSample(mask, tuple(Mark(position, line) for position, line in lines))


def save(connection: Connection, number: int, kept: LineSample) -> None:
    """Store the digests of a stream's lines. They replace earlier ones."""
    drop(connection, [number])
    connection.change(compiled.PUT_PLACED, stream=number, mask=kept.mask)
    rows = [
        {"line": mark.digest, "stream": number, "position": mark.position} for mark in kept.lines
    ]
    connection.change_each(compiled.PUT_PLACE, rows)


def drop(connection: Connection, numbers: Iterable[int]) -> None:
    """Delete the digests of the lines of some streams."""
    for number in numbers:
        connection.change(compiled.FORGET_PLACES, number=number)
        connection.change(compiled.FORGET_PLACED, number=number)
