"""The counts of paths that have not answered yet: kept, claimed when the path answers, poured when full."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, func, select

from flask_status_cli.model import UNMATCHED
from flask_status_cli.store import counts, facts, schema
from flask_status_cli.store.facts import Fact
from flask_status_cli.store.route_book import RouteBook
from flask_status_cli.store.schema import waiting


def keep(
    connection: Connection,
    book: RouteBook,
    label: str,
    *,
    paths: Mapping[int, tuple[str, int]],
    minutes: Mapping[int, Mapping[int, int]],
) -> None:
    """Add `minutes[minute][code]` requests of the codes in `paths`, which are (rule, status).

    Of more rows than may wait, the oldest minutes are poured at once, without a detour through the table.
    """
    rows = [
        (minute, *paths[code], requests)
        for minute, cells in minutes.items()
        for code, requests in cells.items()
        if code in paths
    ]
    poured = min(minutes, default=0) - 1
    if len(rows) > schema.WAITING_BOUND:
        poured = sorted((row[0] for row in rows), reverse=True)[schema.WAITING_BOUND]
        unmatched = book.gather(label, UNMATCHED)
        old = ((minute, unmatched, status, n) for minute, _, status, n in rows if minute <= poured)
        facts.add(connection, Fact.POURED, counts.add_rows(connection, old))
    kept = [(label, rule, minute, status, n) for minute, rule, status, n in rows if minute > poured]
    counts.upsert(connection, waiting, sorted(kept))


def claim(connection: Connection, label: str, routes: Mapping[str, int]) -> dict[int, int]:
    """Move the rows of paths that now answer to their routes, rule → route; requests moved by route."""
    moved: dict[int, int] = {}
    if connection.scalar(select(waiting.c.minute).limit(1)) is None:
        return moved
    for rule, route in routes.items():
        mine = (waiting.c.label == label, waiting.c.rule == rule)
        rows = connection.execute(
            select(waiting.c.minute, waiting.c.status, waiting.c.requests).where(*mine)
        ).all()
        if rows:
            requests = counts.add_rows(
                connection, ((row[0], route, row[1], row[2]) for row in rows)
            )
            moved[route] = moved.get(route, 0) + requests
            connection.execute(delete(waiting).where(*mine))
    return moved


def pour(connection: Connection, book: RouteBook) -> None:
    """When more rows wait than may, pour their oldest minutes, whole, into `<unmatched>`, and count that."""
    newest_first = select(waiting.c.minute).order_by(waiting.c.minute.desc())
    newest_poured = connection.scalar(newest_first.offset(schema.WAITING_BOUND).limit(1))
    if newest_poured is not None:
        pour_before(connection, book, newest_poured + 1)


def pour_before(connection: Connection, book: RouteBook, minute: int) -> int:
    """Pour what has waited since before a minute into `<unmatched>`, and count that; the requests."""
    old = waiting.c.minute < minute
    rows = connection.execute(
        select(waiting.c.minute, waiting.c.label, waiting.c.status, func.sum(waiting.c.requests))
        .where(old)
        .group_by(waiting.c.minute, waiting.c.label, waiting.c.status)
    ).all()
    unmatched = {label: book.gather(label, UNMATCHED) for label in {row[1] for row in rows}}
    poured = counts.add_rows(
        connection, ((minute, unmatched[label], status, n) for minute, label, status, n in rows)
    )
    connection.execute(delete(waiting).where(old))
    facts.add(connection, Fact.POURED, poured)
    return poured
