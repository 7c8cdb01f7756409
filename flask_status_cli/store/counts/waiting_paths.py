"""Counts of paths that have not answered yet: kept, moved when they answer, poured if too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from flask_status_cli.model import UNMATCHED, MinuteCounts
from flask_status_cli.store import bounds
from flask_status_cli.store.counts import durations, upsert
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import Fact
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.statements import compiled

SEEKING: Final = 50
"""For at most this many paths, rows are looked up; for more, all waiting rows are searched."""


def keep(
    connection: Connection,
    book: RouteBook,
    batch: MinuteCounts,
    *,
    paths: Mapping[int, tuple[str, int]],
    within: Iterable[int],
) -> None:
    """Add a batch's requests of the codes in `paths`, which are (rule, status), `within` these minutes.

    If there are too many rows, the oldest minutes are poured as a whole. New rows that would be poured are
    never written, so a scan writes nothing.
    """
    label, minutes, waits = batch.label, batch.minutes, paths.keys()
    new = {minute: minutes[minute].keys() & waits for minute in within}
    poured = _last_to_pour(connection, {minute: len(codes) for minute, codes in new.items()})
    if poured is not None:
        pour_before(connection, book, poured + 1)
        old = {minute: minutes[minute] for minute in new if minute <= poured}
        _pour_new(connection, book.gather(label, UNMATCHED), paths, old)
    rows = [
        (label, rule, minute, status, minutes[minute][code])
        for minute, codes in new.items()
        if poured is None or minute > poured
        for code in codes
        for rule, status in (paths[code],)
    ]
    rows.sort()
    connection.add_at_last(compiled.ADD_WAITING, list(chain.from_iterable(rows)))
    durations.keep_waiting(connection, book, batch, paths=paths, poured=poured)


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
    for minute, number in connection.rows(compiled.WAITING_BY_MINUTE):
        many[minute] += number
    if many.total() <= bounds.WAITING_BOUND:
        return None
    room = bounds.WAITING_BOUND
    for minute in sorted(many, reverse=True):
        room -= many[minute]
        if room < 0:
            return minute
    return None


def rules(connection: Connection, label: str) -> list[str]:
    """List the waiting paths of a label."""
    return sorted(connection.column(compiled.WAITING_RULES, of_label=label))


def claim(connection: Connection, label: str, routes: Mapping[str, int]) -> dict[int, int]:
    """Move the rows of paths that now answer to their routes, rule → route; return the requests by route."""
    if not routes or connection.value(compiled.ANY_WAITING) is None:
        return {}
    if len(routes) <= SEEKING:
        rows = [
            row
            for rule in routes
            for row in connection.rows(compiled.WAITING_OF_RULE, of_label=label, of_rule=rule)
        ]
    else:
        every = connection.rows(compiled.WAITING_OF_LABEL, of_label=label)
        rows = [row for row in every if row[1] in routes]
    moved: Counter[int] = Counter()
    for _, rule, _, requests in rows:
        moved[routes[rule]] += requests
    upsert.add_rows(connection, ((minute, routes[rule], s, n) for minute, rule, s, n in rows))
    gone = [{"of_label": label, "of_rule": rule} for rule in sorted({row[1] for row in rows})]
    connection.change_each(compiled.DROP_WAITING_RULE, gone)
    durations.claim(connection, label, routes)
    return dict(moved)


def pour_before(connection: Connection, book: RouteBook, minute: int) -> int:
    """Pour rows that have waited since before a minute into `<unmatched>`; return the number of requests."""
    rows = connection.rows(compiled.OLD_WAITING, before=minute)
    if not rows:
        return 0
    unmatched = {label: book.gather(label, UNMATCHED) for label in {row[1] for row in rows}}
    poured = upsert.add_rows(
        connection, ((minute, unmatched[label], status, n) for minute, label, status, n in rows)
    )
    if connection.value(compiled.WAITING_SINCE, since=minute) is None:
        connection.change(compiled.DROP_ALL_WAITING)  # SQLite drops all rows at once
    else:
        connection.change(compiled.DROP_OLD_WAITING, before=minute)
    durations.pour_before(connection, book, minute)
    key_values.add(connection, Fact.POURED, poured)
    return poured
