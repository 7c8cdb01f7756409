"""How far logs were read: streams with their marks, and what was last seen of each path."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from flask_status_cli.model import Checkpoint, InputFact, Mark, Stream
from flask_status_cli.store.batch import THIS_STREAM
from flask_status_cli.store.schema.tables import input_, place, placed, stream

QUIET: Final = timedelta(days=35)
"""A stream not continued for so long keeps fewer marks."""

FIRST_MARKS: Final = 4096
"""Marks up to here are kept always: they tell logs apart that begin alike."""


# Written once: to put a statement together costs more than to run it.
_OF_HEAD = stream.c.head == bindparam("of_head")
_FIND = select(stream).where(_OF_HEAD).order_by(stream.c.offset.desc(), stream.c.id)
_OFFSETS = select(stream.c.id, stream.c.offset).where(_OF_HEAD).order_by(stream.c.id)
_MAKE = insert(stream).returning(stream.c.id)
_SEE = insert(input_)
_SEE_AGAIN = _SEE.on_conflict_do_update(
    index_elements=[input_.c.path],
    set_={c.name: _SEE.excluded[c.name] for c in input_.c if c.name != "path"},
)
_SEEN = tuple(InputFact.__dataclass_fields__)


def find(connection: Connection, head: bytes) -> list[Stream]:
    """Look up the streams with this first line, the longest first."""
    return [_stream(row) for row in connection.execute(_FIND, {"of_head": head})]


def heads(connection: Connection) -> set[bytes]:
    """Return the digests of the first lines of all streams."""
    return set(connection.scalars(select(stream.c.head).distinct()))


def get(connection: Connection, number: int) -> Stream | None:
    """Look up the stream of this number."""
    row = connection.execute(select(stream).where(stream.c.id == number)).one_or_none()
    return None if row is None else _stream(row)


def offsets(connection: Connection, head: bytes) -> tuple[tuple[int, int], ...]:
    """List (id, offset) of every stream with this first line, by id."""
    found = connection.execute(_OFFSETS, {"of_head": head})
    return tuple((number, offset) for number, offset in found)


def save(
    connection: Connection, number: int | None, checkpoint: Checkpoint, *, now: datetime
) -> int:
    """Move the stream to the checkpoint, or begin a new one; its number."""
    values = {
        "head": checkpoint.head,
        "offset": checkpoint.offset,
        "marks": checkpoint.marks,
        "newest": checkpoint.newest,
        "format": checkpoint.format,
        "partial": checkpoint.partial,
        "pending": checkpoint.pending,
        "prints": checkpoint.prints,
        "updated_at": now,
    }
    if number is not None:
        ahead = stream.c.offset <= checkpoint.offset
        moved = connection.execute(
            update(stream).where(stream.c.id == number, ahead).values(values)
        )
        if moved.rowcount != 1:
            raise ValueError(f"stream {number} does not go back to {checkpoint.offset}")
        return number
    made: int = connection.execute(_MAKE, values).scalar_one()
    return made


def get_inputs(connection: Connection) -> list[InputFact]:
    """List what was seen of every path, by path."""
    every = connection.execute(select(input_).order_by(input_.c.path)).mappings()
    return [InputFact(**row) for row in every]


def save_inputs(
    connection: Connection, facts: Iterable[InputFact], *, this_stream: int | None = None
) -> None:
    """Replace what was known of these paths; `THIS_STREAM` in them becomes `this_stream`."""
    known = [
        {name: getattr(fact, name) for name in _SEEN}
        | ({"stream": this_stream} if fact.stream == THIS_STREAM else {})
        for fact in facts
    ]
    if known:
        connection.execute(_SEE_AGAIN, known)


def thin_marks(connection: Connection, *, now: datetime) -> None:
    """Let streams that were not continued for 35 days keep only the marks of `kept_marks`, and no lines."""
    quiet = select(stream.c.id, stream.c.marks).where(stream.c.updated_at < now - QUIET)
    old = quiet.with_only_columns(stream.c.id)
    connection.execute(delete(place).where(place.c.stream.in_(old)))
    connection.execute(delete(placed).where(placed.c.stream.in_(old)))
    for number, marks in connection.execute(quiet).all():
        fewer = kept_marks(marks)
        if fewer != marks:
            thinned = update(stream).where(stream.c.id == number).values(marks=fewer)
            connection.execute(thinned)


def kept_marks(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Choose the marks of the first 4 KiB, those at powers of two, and the last one.

    With none of the first 4 KiB a short log with the same first line would pass for a beginning of the
    stream, and its lines would be lost.
    """
    return tuple(
        mark
        for mark in marks
        if mark.position <= FIRST_MARKS
        or mark.position.bit_count() == 1
        or mark.position == marks[-1].position
    )


def _stream(row: Row[Any]) -> Stream:
    return Stream(
        row.id,
        Checkpoint(
            head=row.head,
            offset=row.offset,
            marks=row.marks,
            newest=row.newest,
            format=row.format,
            partial=row.partial,
            pending=row.pending,
            prints=row.prints,
        ),
    )
