"""The counts that incidents are found in: minutes with failures, and sums of single minutes and quarters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Table,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
)

from flask_status_cli.model import MINUTES_PER_QUARTER, UNMATCHED
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.tables import minute_count, quarter_count, route, waiting

SERVER_ERRORS: Final[ColumnElement[int]] = literal_column("500", Integer)
"""The number 500 as SQL text, because SQLite uses a partial index only for its exact condition."""

TIMES_AT_ONCE: Final = 5000
"""At most this many minutes are read in one statement."""

SEEKING: Final = 4
"""Rows of at most this many routes are looked up by index. For more, all rows of a minute are read."""


def failed(
    connection: Connection,
    failure: Collection[int],
    success: Collection[int],
    *,
    routes: Collection[int],
    until: int,
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the minutes in which some routes failed: (minute, route, failures, successes).

    Failures are requests with a code of `failure`, successes with a code of `success`. Failures of waiting
    paths are separate rows of `<unmatched>`, without successes.
    """
    if not failure or not routes:
        return
    failing = minute_count.alias()
    these = [one_of(failing.c.status, failure), failing.c.minute <= until]
    if min(failure) >= 500:
        these.insert(0, failing.c.status >= SERVER_ERRORS)
    mine = (failing.c.route + 0).in_(sorted(routes))
    pairs = select(failing.c.minute, failing.c.route).where(*these, mine).distinct().subquery()
    same = (minute_count.c.minute == pairs.c.minute) & (minute_count.c.route == pairs.c.route)
    sums = [
        func.sum(case((one_of(minute_count.c.status, codes), minute_count.c.requests), else_=0))
        for codes in (failure, success)
    ]
    key = (pairs.c.minute, pairs.c.route)
    rows = select(*key, *sums).join_from(pairs, minute_count, same).group_by(*key)
    yield from connection.execute(rows).all()
    unmatched = (route.c.label == waiting.c.label) & (route.c.rule == UNMATCHED)
    waits = (
        select(waiting.c.minute, route.c.id, func.sum(waiting.c.requests), literal_column("0"))
        .join_from(waiting, route, unmatched)
        .where(waiting.c.minute <= until, one_of(waiting.c.status, failure))
        .where(route.c.id.in_(sorted(routes)))
        .group_by(waiting.c.minute, route.c.id)
    )
    yield from connection.execute(waits).all()


def one_of(status: Column[int], codes: Collection[int]) -> ColumnElement[bool]:
    """Return the SQL condition that a status is one of these codes."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return or_(false(), *(status.between(first, last) for first, last in runs))


def minute_sums(
    connection: Connection,
    minutes: Sequence[int],
    routes: Collection[int],
    *,
    unmatched: Mapping[int, str],
) -> list[tuple[int, int, int]]:
    """Return (minute, status, requests) of some routes together. Waiting paths are part of `<unmatched>`.

    `unmatched` is the result of `labels_of_unmatched`.
    """
    sums = _sums(connection, minute_count, minutes, routes)
    mine = [label for number, label in unmatched.items() if number in routes]
    if mine:
        waits = select(waiting.c.minute, waiting.c.status, waiting.c.requests)
        for some in _parts(minutes):
            rows = waits.where(waiting.c.minute.in_(some), waiting.c.label.in_(mine))
            for minute, status, requests in connection.execute(rows).all():
                sums[minute, status] += requests
    return [(*key, requests) for key, requests in sorted(sums.items())]


def quarter_sums(
    connection: Connection,
    quarters: Sequence[int],
    routes: Collection[int],
    *,
    unmatched: Mapping[int, str],
    stored: Callable[[], Sequence[int]],
) -> list[tuple[int, int, int]]:
    """Return (quarter, status, requests) of some routes together. Waiting paths are part of `<unmatched>`.

    `unmatched` is the result of `labels_of_unmatched`, `stored` returns that of `stored_quarters`. If there
    may be years between two failures, it shows which of the quarters must be read.
    """
    wanted = quarters if isinstance(quarters, range) else frozenset(quarters)
    if len(quarters) > TIMES_AT_ONCE:
        quarters = [quarter for quarter in stored() if quarter in wanted]
    sums = _sums(connection, quarter_count, quarters, routes)
    mine = [label for number, label in unmatched.items() if number in routes]
    if mine and wanted:
        first, last = (quarter * MINUTES_PER_QUARTER for quarter in (min(wanted), max(wanted) + 1))
        rows = select(waiting.c.minute, waiting.c.status, waiting.c.requests).where(
            waiting.c.minute.between(first, last - 1), waiting.c.label.in_(mine)
        )
        for minute, status, requests in connection.execute(rows).all():
            if minute // MINUTES_PER_QUARTER in wanted:
                sums[minute // MINUTES_PER_QUARTER, status] += requests
    return [(*key, requests) for key, requests in sorted(sums.items())]


def stored_quarters(connection: Connection) -> list[int]:
    """Return the quarters that have counts, sorted. Each is found by a look into the index."""
    found = select(func.min(quarter_count.c.quarter).label("quarter")).cte(recursive=True)
    later = select(func.min(quarter_count.c.quarter)).where(
        quarter_count.c.quarter > found.c.quarter
    )
    found = found.union_all(select(later.scalar_subquery()).where(found.c.quarter.is_not(None)))
    rows = select(found.c.quarter).where(found.c.quarter.is_not(None))
    return list(connection.scalars(rows))


def labels_of_unmatched(connection: Connection) -> dict[int, str]:
    """Return the label of each route `<unmatched>`, by its id."""
    rows = connection.execute(select(route.c.id, route.c.label).where(route.c.rule == UNMATCHED))
    return {row.id: row.label for row in rows.all()}


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
