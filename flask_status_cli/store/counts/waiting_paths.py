"""The counts of paths that have not answered yet: kept, claimed when the path answers, poured when full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, delete, func, select

from flask_status_cli.model import UNMATCHED
from flask_status_cli.store.counts import upsert
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.key_values import Fact
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.schema import tables
from flask_status_cli.store.schema.tables import waiting

SEEKING: Final = 50
"""Of no more paths than this, rows are looked up; for more, all that waits is looked through."""


def keep(
    connection: Connection,
    book: RouteBook,
    label: str,
    *,
    paths: Mapping[int, tuple[str, int]],
    minutes: Mapping[int, Mapping[int, int]],
) -> None:
    """Add `minutes[minute][code]` requests of the codes in `paths`, which are (rule, status).

    Of more rows than may wait, the oldest minutes are poured, whole. Those of new rows are poured at
    once, without a detour through the table: a scan writes no row only to delete it.
    """
    waits = paths.keys()
    many = {minute: len(cells.keys() & waits) for minute, cells in minutes.items()}
    poured = _last_to_pour(connection, many)
    if poured is not None:
        pour_before(connection, book, poured + 1)
        old = {minute: cells for minute, cells in minutes.items() if minute <= poured}
        _pour_new(connection, book.gather(label, UNMATCHED), paths, old)
    rows = [
        (label, rule, minute, status, cells[code])
        for minute, cells in minutes.items()
        if many[minute] and (poured is None or minute > poured)
        for code in cells.keys() & waits
        for rule, status in (paths[code],)
    ]
    rows.sort()
    upsert.upsert(connection, waiting, rows)


def _pour_new(
    connection: Connection,
    unmatched: int,
    paths: Mapping[int, tuple[str, int]],
    minutes: Mapping[int, Mapping[int, int]],
) -> None:
    """Add what would have to be poured at once to `<unmatched>`, and count that."""
    rows = []
    for minute, cells in minutes.items():
        sums: dict[int, int] = {}
        for code in cells.keys() & paths.keys():
            status = paths[code][1]
            sums[status] = sums.get(status, 0) + cells[code]
        rows += [(minute, unmatched, status, n) for status, n in sums.items()]
    key_values.add(connection, Fact.POURED, upsert.add_rows(connection, rows))


def _last_to_pour(connection: Connection, new: Mapping[int, int]) -> int | None:
    """Return the newest minute that has to be poured so that there is room for all later rows.

    `new` is how many rows are to be added, by minute.
    """
    many = Counter(new)
    known = select(waiting.c.minute, func.count()).group_by(waiting.c.minute)
    for minute, number in connection.execute(known):
        many[minute] += number
    if many.total() <= tables.WAITING_BOUND:
        return None
    room = tables.WAITING_BOUND
    for minute in sorted(many, reverse=True):
        room -= many[minute]
        if room < 0:
            return minute
    return None


def rules(connection: Connection, label: str) -> list[str]:
    """List the paths of a label that wait."""
    found = select(waiting.c.rule).where(waiting.c.label == label).distinct()
    return sorted(connection.scalars(found))


def claim(connection: Connection, label: str, routes: Mapping[str, int]) -> dict[int, int]:
    """Move the rows of paths that now answer to their routes, rule → route; requests moved by route."""
    if not routes or connection.scalar(select(waiting.c.minute).limit(1)) is None:
        return {}
    mine = waiting.c.label == label
    if len(routes) <= SEEKING:
        mine &= waiting.c.rule.in_(routes)
    columns = (waiting.c.minute, waiting.c.rule, waiting.c.status, waiting.c.requests)
    rows = [row for row in connection.execute(select(*columns).where(mine)) if row[1] in routes]
    moved: Counter[int] = Counter()
    for _, rule, _, requests in rows:
        moved[routes[rule]] += requests
    upsert.add_rows(connection, ((minute, routes[rule], s, n) for minute, rule, s, n in rows))
    gone = sorted({(label, row[1]) for row in rows})
    if gone:
        statement = "DELETE FROM waiting WHERE label = ? AND rule = ?"
        connection.exec_driver_sql(statement, gone)
    return dict(moved)


def pour_before(connection: Connection, book: RouteBook, minute: int) -> int:
    """Pour what has waited since before a minute into `<unmatched>`, and count that; the requests."""
    old = waiting.c.minute < minute
    rows = connection.execute(
        select(waiting.c.minute, waiting.c.label, waiting.c.status, func.sum(waiting.c.requests))
        .where(old)
        .group_by(waiting.c.minute, waiting.c.label, waiting.c.status)
    ).all()
    if not rows:
        return 0
    unmatched = {label: book.gather(label, UNMATCHED) for label in {row[1] for row in rows}}
    poured = upsert.add_rows(
        connection, ((minute, unmatched[label], status, n) for minute, label, status, n in rows)
    )
    left = connection.scalar(select(waiting.c.minute).where(waiting.c.minute >= minute).limit(1))
    # Without a condition SQLite drops all rows at once.
    connection.execute(delete(waiting) if left is None else delete(waiting).where(old))
    key_values.add(connection, Fact.POURED, poured)
    return poured
