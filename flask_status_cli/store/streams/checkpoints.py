"""The tables `stream` and `input`: the checkpoint of each log, and the state of each path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from flask_status_cli.frozen import field_names
from flask_status_cli.model import Checkpoint, InputFact, Mark, Stream
from flask_status_cli.model.log.checkpoints import PackedStream
from flask_status_cli.store.batch import THIS_STREAM, StreamsChanged
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.small_batch import MOST_STREAMS, SmallStream
from flask_status_cli.store.statements import compiled

QUIET: Final = timedelta(days=35)
"""The marks of a stream are thinned out if it was not continued for this long."""

FIRST_MARKS: Final = 4096
"""Marks up to this position are always kept, because they distinguish logs that begin with the same lines."""


def find(connection: Connection, head: bytes) -> list[Stream]:
    """Return the streams whose first line has this digest, the longest first."""
    found = connection.rows(compiled.STREAMS, of_head=head, of_host=connection.host)
    return [stream_of(row) for row in found]


def heads(connection: Connection) -> set[bytes]:
    """Return the digests of the first lines of all streams."""
    return set(connection.column(compiled.HEADS, of_host=connection.host))


def known_heads(connection: Connection, given: Sequence[bytes]) -> set[bytes]:
    """Return those of these digests that are the digest of the first line of a stream of any host.

    At most `MOST_STREAMS` can be given.
    """
    if not given:
        return set()
    from flask_status_cli.store.statements import compiled_hosts

    filled = [*given, *[given[0]] * (MOST_STREAMS - len(given))]
    values = {f"head_{place}": head for place, head in enumerate(filled)}
    return set(connection.column(compiled_hosts.KNOWN_HEADS, **values))


def packed(connection: Connection, numbers: Iterable[int]) -> dict[int, PackedStream]:
    """Return those of these streams that alone have their first line, by number.

    Streams with lines that are pending or partial are left out, and so are those that any host has twice.
    """
    from flask_status_cli.store.statements import compiled_hosts

    rows = connection.rows(compiled_hosts.PACKED_STREAMS, of_streams=sorted(set(numbers)))
    alike = Counter([row[1] for row in rows])
    found: dict[int, PackedStream] = {}
    for *values, partial, pending, host in rows:
        stream = PackedStream(*values)
        alone = alike[stream.head] == 1 and host == connection.host
        if alone and not partial and pending == "[]" and stream.format and stream.prints:
            found[stream.id] = stream
    return found


def get(connection: Connection, number: int) -> Stream | None:
    """Return the stream with this number, `None` if there is none."""
    row = connection.row(compiled.STREAM, number=number)
    return None if row is None else stream_of(row)


def offsets(connection: Connection, head: bytes) -> tuple[tuple[int, int], ...]:
    """List (number, offset) of every stream with this first line, sorted by number."""
    found = connection.rows(compiled.OFFSETS, of_head=head, of_host=connection.host)
    return tuple((number, offset) for number, offset in found)


def values_of(checkpoint: Checkpoint | SmallStream, *, now: datetime) -> dict[str, Any]:
    """Return the columns of a row of `stream` that a checkpoint determines."""
    return {
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


def put(connection: Connection, streams: Sequence[dict[str, Any]]) -> None:
    """Store new streams, given as rows with their numbers."""
    columns = {name: [row[name] for row in streams] for name in streams[0]}
    connection.put(compiled.PUT_STREAM, columns)


def move(connection: Connection, streams: Iterable[dict[str, Any]]) -> None:
    """Store how far streams were read, given as rows with `number` and `at_most`."""
    connection.change_each(compiled.MOVE_STREAM, streams)


def save(
    connection: Connection,
    number: int | None,
    checkpoint: Checkpoint,
    *,
    known: Sequence[tuple[int, int]],
    now: datetime,
) -> int:
    """Store the checkpoint of a stream, or of a new one if `number` is `None`; return the stream's number.

    `known` is the result of `offsets` in this transaction.
    """
    values = values_of(checkpoint, now=now)
    if number is not None:
        if dict(known)[number] > checkpoint.offset:
            raise ValueError(f"stream {number} does not go back to {checkpoint.offset}")
        connection.change(compiled.MOVE_STREAM, number=number, at_most=checkpoint.offset, **values)
        return number
    made: int = connection.value(compiled.MAKE_STREAM, **values, host=connection.host)
    return made


def save_as(connection: Connection, number: int, checkpoint: Checkpoint, *, now: datetime) -> int:
    """Begin a stream with a number that was returned before the server was away; return the number.

    If the server crashed, it may have given the number to another stream. Then this raises `StreamsChanged`.
    """
    refuse_taken(connection, [number])
    values = values_of(checkpoint, now=now)
    put(connection, [{"id": number, **values, "host": connection.host}])
    connection.finish_numbers("stream", "id")
    return number


def refuse_taken(connection: Connection, numbers: Iterable[int]) -> None:
    """Raise `StreamsChanged` if a stream has one of these numbers already."""
    if any(get(connection, number) is not None for number in numbers):
        raise StreamsChanged


def get_inputs(connection: Connection) -> list[InputFact]:
    """List the recorded state of every path, sorted by path."""
    return [InputFact(*row) for row in connection.rows(compiled.INPUTS, of_host=connection.host)]


_INPUT_FIELDS: Final = field_names(InputFact)
_input_values: Final = attrgetter(*_INPUT_FIELDS)


def of_stream(facts: Iterable[InputFact], number: int) -> list[InputFact]:
    """Return the states of paths with this number instead of `THIS_STREAM`."""
    return [fact.of(number) if fact.stream == THIS_STREAM else fact for fact in facts]


def save_inputs(connection: Connection, facts: Iterable[InputFact]) -> None:
    """Replace the states of these paths."""
    host = connection.host
    rows = list(map(_input_values, facts))
    if rows:
        columns = dict(zip(_INPUT_FIELDS, zip(*rows, strict=True), strict=True))
        connection.put(compiled.PUT_INPUT, {"host": [host] * len(rows), **columns})


def thin_marks(connection: Connection, *, now: datetime) -> None:
    """Delete most marks, and all digests of lines, of streams that were not continued for 35 days.

    `kept_marks` says which marks stay.
    """
    before = now - QUIET
    connection.change(compiled.FORGET_QUIET_PLACES, before=before)
    connection.change(compiled.FORGET_QUIET_PLACED, before=before)
    for number, marks in connection.rows(compiled.QUIET_STREAMS, before=before):
        fewer = kept_marks(marks)
        if fewer != marks:
            connection.change(compiled.SET_MARKS, number=number, marks=fewer)


def kept_marks(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Return the marks that stay: those in the first 4 KiB, those at powers of two, and the last one.

    Without marks in the first 4 KiB, a short log with the same first line would be taken for the beginning of
    this stream, and its lines would not be counted.
    """
    return tuple(
        mark
        for mark in marks
        if mark.position <= FIRST_MARKS
        or mark.position.bit_count() == 1
        or mark.position == marks[-1].position
    )


def stream_of(row: tuple[Any, ...]) -> Stream:
    """Return the stream of a row of `compiled.STREAMS`."""
    number, head, offset, marks, newest, name, partial, pending, prints = row
    return Stream(
        number,
        Checkpoint(
            head=head,
            offset=offset,
            marks=marks,
            newest=newest,
            format=name,
            partial=partial,
            pending=pending,
            prints=prints,
        ),
    )
