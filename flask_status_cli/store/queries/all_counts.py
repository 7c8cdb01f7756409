"""Reads all counts of a database in order, with limited memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sqlalchemy import Column, ColumnElement, Select, bindparam, func, select, union_all

from flask_status_cli.frozen import frozen
from flask_status_cli.model import MINUTES_PER_QUARTER, UNMATCHED, MinuteCount, Stretch
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.routes import merged_counts
from flask_status_cli.store.schema.tables import minute_count, quarter_count, route, waiting


@frozen
class TimeUnit:
    """How counts by a unit of time (minute, hour or day) are read.

    - `time`: the first column of the table that is read.
    - `step`: the minutes of one row of that table.
    - `minutes`: the minutes of the unit.
    - `block`: the minutes that one query reads.
    """

    time: Column[int]
    step: int
    minutes: int
    block: int


BLOCKS_OF_A_SERVER: Final = 12
"""One query of a server reads this many blocks."""

BEGINNING: Final = -(2**40)
"""A minute before all others."""

UNITS: Final[dict[Stretch, TimeUnit]] = {
    "minute": TimeUnit(minute_count.c.minute, 1, 1, 60),
    "hour": TimeUnit(quarter_count.c.quarter, MINUTES_PER_QUARTER, 60, 24 * 60),
    "day": TimeUnit(quarter_count.c.quarter, MINUTES_PER_QUARTER, 24 * 60, 30 * 24 * 60),
}


def counts(connection: Connection, by: Stretch) -> Iterator[MinuteCount]:
    """Yield every count by this unit, sorted by time, label, rule and status.

    Call it within a reading transaction. After each block, the transaction is ended and a new one is begun.
    """
    unit = UNITS[by]
    if (
        connection.moves_at_once
    ):  # a server's snapshot stops no writer, and each block is a round trip
        unit = replace(unit, block=unit.block * BLOCKS_OF_A_SERVER)
    next_minutes, block = _next_minutes(unit), _block(unit)  # made once, which takes long
    start = _start(connection, unit, next_minutes, BEGINNING)
    while start is not None:
        merged_counts.redirect_reader(
            connection
        )  # routes may have been merged since the last block
        end = start + unit.block
        times = {"start": start // unit.step, "end": end // unit.step, "from": start, "until": end}
        rows = connection.execute(block, times).all()
        start = _start(connection, unit, next_minutes, end)
        connection.commit()
        connection.begin(writing=False)
        for row in rows:
            yield MinuteCount(*row)


def _start(
    connection: Connection, unit: TimeUnit, next_minutes: Select[int | None, int | None], after: int
) -> int | None:
    """Return the first minute of the next block with rows, from the minute `after` on; `None` for none."""
    times = {"start": after // unit.step, "from": after}
    step, minute = connection.execute(next_minutes, times).one()
    found = [m for m in (None if step is None else step * unit.step, minute) if m is not None]
    return min(found) // unit.block * unit.block if found else None


def _next_minutes(unit: TimeUnit) -> Select[int | None, int | None]:
    """Select the first row of the table from `:start` on, and the first waiting one from `:from` on."""
    stored = select(func.min(unit.time)).where(unit.time >= bindparam("start"))
    waits = select(func.min(waiting.c.minute)).where(waiting.c.minute >= bindparam("from"))
    return select(stored.scalar_subquery(), waits.scalar_subquery())


def _block(unit: TimeUnit) -> Select[int, str, str, int, int]:
    """Select the sums of a block by unit, label, rule and status. Waiting paths are part of `<unmatched>`.

    The block has the rows of the table in [`:start`, `:end`), and the waiting ones in [`:from`, `:until`).
    """
    counted = unit.time.table
    unmatched = (route.c.label == waiting.c.label) & (route.c.rule == UNMATCHED)
    rows = union_all(
        select(
            _floored(unit.time * unit.step, unit.minutes).label("time"),
            counted.c.route,
            counted.c.status,
            counted.c.requests,
        ).where(unit.time >= bindparam("start"), unit.time < bindparam("end")),
        select(
            _floored(waiting.c.minute, unit.minutes),
            route.c.id,
            waiting.c.status,
            waiting.c.requests,
        )
        .join_from(waiting, route, unmatched)
        .where(waiting.c.minute >= bindparam("from"), waiting.c.minute < bindparam("until")),
    ).subquery()
    key = (rows.c.time, route.c.label, route.c.rule, rows.c.status)
    return (
        select(*key, func.sum(rows.c.requests))
        .join_from(rows, route, route.c.id == rows.c.route)
        .group_by(*key)
        .order_by(*key)
    )


def _floored(minute: ColumnElement[int], unit: int) -> ColumnElement[int]:
    """Return the first minute of a minute's unit. Before 1970, the remainder of SQL is negative."""
    return minute - (minute % unit + unit) % unit
