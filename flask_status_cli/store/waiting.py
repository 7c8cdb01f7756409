"""The counts of paths that have not answered yet: kept, claimed when the path answers, poured when full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, delete, func, select

from flask_status_cli.model import UNMATCHED
from flask_status_cli.store import counts, facts, schema
from flask_status_cli.store.facts import Fact
from flask_status_cli.store.route_book import RouteBook
from flask_status_cli.store.schema import waiting

SEEKING: Final = 50
"""Of no more paths than this, rows are looked up; for more, all that waits is looked through."""

NEW_ROW = tuple[int, str, int, int]
"""Minute, rule, status, requests."""


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
    rows = [
        (minute, *paths[code], requests)
        for minute, cells in minutes.items()
        for code, requests in cells.items()
        if code in paths
    ]
    poured = _last_to_pour(connection, rows)
    if poured is not None:
        pour_before(connection, book, poured + 1)
        unmatched = book.gather(label, UNMATCHED)
        old = ((minute, unmatched, status, n) for minute, _, status, n in rows if minute <= poured)
        facts.add(connection, Fact.POURED, counts.add_rows(connection, old))
        rows = [row for row in rows if row[0] > poured]
    kept = sorted((label, rule, minute, status, n) for minute, rule, status, n in rows)
    counts.upsert(connection, waiting, kept)


def _last_to_pour(connection: Connection, rows: Iterable[NEW_ROW]) -> int | None:
    """Return the newest minute that has to be poured so that there is room for all later rows."""
    many = Counter(row[0] for row in rows)
    known = select(waiting.c.minute, func.count()).group_by(waiting.c.minute)
    for minute, number in connection.execute(known):
        many[minute] += number
    if many.total() <= schema.WAITING_BOUND:
        return None
    room = schema.WAITING_BOUND
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
    counts.add_rows(connection, ((minute, routes[rule], s, n) for minute, rule, s, n in rows))
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
    poured = counts.add_rows(
        connection, ((minute, unmatched[label], status, n) for minute, label, status, n in rows)
    )
    left = connection.scalar(select(waiting.c.minute).where(waiting.c.minute >= minute).limit(1))
    # Without a condition SQLite drops all rows at once.
    connection.execute(delete(waiting) if left is None else delete(waiting).where(old))
    facts.add(connection, Fact.POURED, poured)
    return poured
