"""The counts that incidents are found in: minutes with failures, and sums of chosen minutes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Table,
    func,
    literal_column,
    select,
)

from flask_status_cli.model import UNMATCHED
from flask_status_cli.store.schema import minute_count, quarter_count, route, waiting

SERVER_ERRORS: Final[ColumnElement[int]] = literal_column("500", Integer)
"""Written out, since the index of failing minutes is only used for what its condition says."""

TIMES_AT_ONCE: Final = 5000
"""So many minutes are asked for in one statement."""

SEEKING: Final = 4
"""Of no more routes than this, rows are looked up; of more, the rows of a minute are looked through."""


def failed(
    connection: Connection, codes: Collection[int], until: int
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the rows of the (minute, route) pairs that have one of `codes`: minute, route, status, requests.

    Of waiting paths only rows with such a code, as `<unmatched>`.
    """
    failing = minute_count.alias()
    these = [failing.c.status.in_(sorted(codes)), failing.c.minute <= until]
    if min(codes, default=0) >= 500:
        these.insert(0, failing.c.status >= SERVER_ERRORS)
    pairs = select(failing.c.minute, failing.c.route).where(*these).distinct().subquery()
    same = (minute_count.c.minute == pairs.c.minute) & (minute_count.c.route == pairs.c.route)
    yield from connection.execute(
        select(*minute_count.c).join_from(pairs, minute_count, same)
    ).all()
    unmatched = (route.c.label == waiting.c.label) & (route.c.rule == UNMATCHED)
    yield from connection.execute(
        select(waiting.c.minute, route.c.id, waiting.c.status, waiting.c.requests)
        .join_from(waiting, route, unmatched)
        .where(waiting.c.minute <= until, waiting.c.status.in_(sorted(codes)))
    )


def minute_sums(
    connection: Connection, minutes: Sequence[int], routes: Collection[int]
) -> list[tuple[int, int, int]]:
    """Add up the requests of some routes by minute and status, waiting paths as `<unmatched>`."""
    sums = _sums(connection, minute_count, minutes, routes)
    labels = select(route.c.label).where(route.c.rule == UNMATCHED, route.c.id.in_(sorted(routes)))
    mine = list(connection.scalars(labels))
    if mine:
        waits = select(waiting.c.minute, waiting.c.status, waiting.c.requests)
        for some in _parts(minutes):
            rows = waits.where(waiting.c.minute.in_(some), waiting.c.label.in_(mine))
            for minute, status, requests in connection.execute(rows).all():
                sums[minute, status] += requests
    return [(*key, requests) for key, requests in sorted(sums.items())]


def quarter_sums(
    connection: Connection, quarters: Sequence[int], routes: Collection[int]
) -> list[tuple[int, int, int]]:
    """Add up the requests of some routes by quarter and status, without waiting paths."""
    sums = _sums(connection, quarter_count, quarters, routes)
    return [(*key, requests) for key, requests in sorted(sums.items())]


def _sums(
    connection: Connection, table: Table, times: Sequence[int], routes: Collection[int]
) -> Counter[tuple[int, int]]:
    time: Column[int] = table.columns[0]
    which: ColumnElement[int] = table.c.route if len(routes) <= SEEKING else table.c.route + 0
    sums: Counter[tuple[int, int]] = Counter()
    for some in _parts(times):
        rows = (
            select(time, table.c.status, func.sum(table.c.requests))
            .where(time.in_(some), which.in_(sorted(routes)))
            .group_by(time, table.c.status)
        )
        for at, status, requests in connection.execute(rows).all():
            sums[at, status] += requests
    return sums


def _parts(times: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(times), TIMES_AT_ONCE):
        yield times[start : start + TIMES_AT_ONCE]
