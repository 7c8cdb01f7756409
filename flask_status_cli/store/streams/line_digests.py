"""Lines of streams that may be several logs in one, by their digests: what is a part of such a stream."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, insert, select

from flask_status_cli.model import Mark, Places, Stream
from flask_status_cli.store.schema.tables import place, placed
from flask_status_cli.store.streams import checkpoints


def any_kept(connection: Connection, number: int | None = None) -> bool:
    """Return whether lines of this stream, or of any, are kept."""
    found = select(placed.c.stream).limit(1)
    if number is not None:
        found = found.where(placed.c.stream == number)
    return connection.scalar(found) is not None


def find(connection: Connection, lines: Sequence[bytes]) -> list[tuple[bytes, int, int]]:
    """Look up which of these lines are kept: (digest, stream, position)."""
    found = select(place.c.line, place.c.stream, place.c.position).where(place.c.line.in_(lines))
    return [(line, number, position) for line, number, position in connection.execute(found)]


def of(connection: Connection, number: int) -> tuple[Stream, Places] | None:
    """Look up a stream with its kept lines; `None` where it has none."""
    mask = connection.scalar(select(placed.c.mask).where(placed.c.stream == number))
    stream = checkpoints.get(connection, number)
    if mask is None or stream is None:
        return None
    rows = select(place.c.position, place.c.line).where(place.c.stream == number)
    lines = connection.execute(rows.order_by(place.c.position))
    return stream, Places(mask, tuple(Mark(position, line) for position, line in lines))


def save(connection: Connection, number: int, kept: Places) -> None:
    """Put the kept lines of a stream in place of its former ones."""
    drop(connection, [number])
    connection.execute(insert(placed).values(stream=number, mask=kept.mask))
    rows = [
        {"line": mark.digest, "stream": number, "position": mark.position} for mark in kept.lines
    ]
    if rows:
        connection.execute(insert(place), rows)


def drop(connection: Connection, numbers: Iterable[int]) -> None:
    """Forget the kept lines of some streams."""
    for number in numbers:
        connection.execute(delete(place).where(place.c.stream == number))
        connection.execute(delete(placed).where(placed.c.stream == number))
