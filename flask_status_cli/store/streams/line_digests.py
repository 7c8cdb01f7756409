"""Digests of lines of streams that may be several logs in one, by which parts of them are recognised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_status_cli.model import Mark, Places, Stream
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled
from flask_status_cli.store.streams import checkpoints


def any_kept(connection: Connection, number: int | None = None) -> bool:
    """Return whether lines of this stream, or of any, are kept."""
    if number is None:
        return connection.value(compiled.ANY_PLACED) is not None
    return connection.value(compiled.MASK, number=number) is not None


def find(connection: Connection, lines: Sequence[bytes]) -> list[tuple[bytes, int, int]]:
    """Return which of these lines are kept: (digest, stream, position)."""
    found: list[tuple[bytes, int, int]] = []
    for line in sorted(set(lines)):
        found += connection.rows(compiled.PLACES_OF_LINE, of_line=line, of_host=connection.host)
    return found


def of(connection: Connection, number: int) -> tuple[Stream, Places] | None:
    """Return a stream with its kept lines, `None` if it has none."""
    mask = connection.value(compiled.MASK, number=number)
    stream = checkpoints.get(connection, number)
    if mask is None or stream is None:
        return None
    lines = connection.rows(compiled.PLACES, number=number)
    return stream, Places(mask, tuple(Mark(position, line) for position, line in lines))


def save(connection: Connection, number: int, kept: Places) -> None:
    """Replace the kept lines of a stream."""
    drop(connection, [number])
    connection.change(compiled.PUT_PLACED, stream=number, mask=kept.mask)
    rows = [
        {"line": mark.digest, "stream": number, "position": mark.position} for mark in kept.lines
    ]
    connection.change_each(compiled.PUT_PLACE, rows)


def drop(connection: Connection, numbers: Iterable[int]) -> None:
    """Delete the kept lines of some streams."""
    for number in numbers:
        connection.change(compiled.FORGET_PLACES, number=number)
        connection.change(compiled.FORGET_PLACED, number=number)
