"""The table `waiting`: the requests of paths that have not answered yet; see `attribution`.

When a path answers, its rows are moved to its route. If there are too many rows, the oldest are counted as
`<unmatched>` for ever.

The durations of a path are counted by hour. A batch adds those of an hour to its first row of the path in
that hour, so that they need no rows of their own and always go where this row goes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, Final

from flask_status_cli.compiled_code import COUNT_ROWS, compiled_module
from flask_status_cli.model import UNMATCHED, MinuteCounts
from flask_status_cli.model.duration_buckets import MINUTES_PER_HOUR
from flask_status_cli.store import bounds
from flask_status_cli.store.counts import durations, upsert
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection, HeldRows
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.routes.route_book import RouteBook, WaitingSum
from flask_status_cli.store.statements import compiled

WIDTH: Final = 6
"""The number of values of a row."""

MANY_ROWS: Final = 5_000
"""The durations of so many rows are found by reading all rows, which is faster than looking each one up."""

FEW_PATHS: Final = 50
"""The rows of at most this many paths are looked up one by one. For more, all rows of the label are read."""


def keep(
    book: RouteBook,
    batch: MinuteCounts,
    *,
    paths: Mapping[int, tuple[str, int]],
    within: Iterable[int],
    many: Mapping[int, int] | None = None,
) -> None:
    """Add the batch's requests of waiting paths.

    - `paths`: (path, status) for each code of a waiting path.
    - `within`: the minutes that may have such codes.
    - `many`: the result of `rows_by_minute` for them, if it is known.

    If there are too many rows, the oldest minutes become `<unmatched>`, each minute as a whole. New rows that
    would become `<unmatched>` at once are counted there directly, so a scan of many paths writes few rows.
    """
    connection, label, minutes = book.connection, batch.label, batch.minutes
    new = rows_by_minute(minutes, paths, within=within) if many is None else many
    surplus = _last_surplus(connection, new)
    if surplus is not None:
        give_up_before(book, surplus + 1)
        old = {minute: minutes[minute] for minute in new if minute <= surplus}
        _give_up_new(connection, book.gather(label, UNMATCHED), paths, old)
    kept = {minute: minutes[minute] for minute in new if surplus is None or minute > surplus}
    book.waiting = None
    alone = surplus is not None and connection.value(compiled.ANY_WAITING) is None
    if alone and not connection.may_be_lost:  # on a server, other hosts may add rows unnoticed
        book.waiting = sums_of(label, kept, paths)
    unmatched = book.gather(label, UNMATCHED) if batch.durations else 0

    def make() -> list[HeldRows]:
        took = durations.of_paths(batch.durations, paths)
        rows = compiled.ADD_WAITING, rows_of(label, paths, kept, took)
        return [rows, *durations.held_hours((h, unmatched, text) for (_, h), text in took.items())]

    connection.add_made(make, values=WIDTH * sum(map(new.__getitem__, kept)))


def rows_by_minute(
    minutes: Mapping[int, Mapping[int, int]],
    paths: Mapping[int, tuple[str, int]],
    *,
    within: Iterable[int],
) -> dict[int, int]:
    """Return how many codes of waiting paths each of the minutes `within` has, if it has any."""
    rows = compiled_module(COUNT_ROWS)
    if rows is not None:
        found: dict[int, int] = rows.rows_by_minute(minutes, paths, within)
        return found
    many = ((minute, sum(map(paths.__contains__, minutes[minute]))) for minute in within)
    return {minute: rows for minute, rows in many if rows}


def rows_of(
    label: str,
    paths: Mapping[int, tuple[str, int]],
    minutes: Mapping[int, Mapping[int, int]],
    took: dict[tuple[str, int], str],
) -> list[str | int]:
    """Return the rows of waiting paths in these minutes, value by value.

    They are sorted by their path, because that is fastest in SQLite. `took` has the durations by path and
    hour; they are removed from it.
    """
    rows = compiled_module(COUNT_ROWS)
    if rows is None:
        return _rows_of(label, paths, minutes, took)
    flat: list[Any] = rows.waiting_rows(label, sorted(minutes), minutes, paths)
    if took:
        for row in range(0, len(flat), WIDTH):
            flat[row + 5] = took.pop((flat[row + 1], flat[row + 2] // MINUTES_PER_HOUR), "")
    return flat


def _rows_of(
    label: str,
    paths: Mapping[int, tuple[str, int]],
    minutes: Mapping[int, Mapping[int, int]],
    took: dict[tuple[str, int], str],
) -> list[str | int]:
    """Return the same rows as `rows_of`, but make them in Python."""
    rows = [
        (rule, minute, status, requests)
        for minute in sorted(minutes)
        for code, requests in minutes[minute].items()
        if code in paths
        for rule, status in (paths[code],)
    ]
    rows.sort(key=itemgetter(0))
    flat: list[str | int] = []
    for rule, minute, status, requests in rows:
        duration = took.pop((rule, minute // MINUTES_PER_HOUR), "")
        flat += (label, rule, minute, status, requests, duration)
    return flat


def _give_up_new(
    connection: Connection,
    unmatched: int,
    paths: Mapping[int, tuple[str, int]],
    minutes: Mapping[int, Mapping[int, int]],
) -> None:
    """Count the requests of waiting paths in these minutes as `<unmatched>`.

    `unmatched` is the number of that route.
    """
    sums = sums_of("", minutes, paths)
    rows = [(minute, unmatched, status, requests) for minute, _, status, requests in sums]
    key_values.add(connection, NumberName.POURED, upsert.add_rows(connection, rows))


def sums_of(
    label: str, minutes: Mapping[int, Mapping[int, int]], paths: Mapping[int, tuple[str, int]]
) -> list[WaitingSum]:
    """Return the requests of waiting paths by minute and status."""
    module = compiled_module(COUNT_ROWS)
    sums: dict[tuple[int, int], int] = {}
    if module is not None:
        sums = module.waiting_sums(minutes, paths)
    else:
        for minute, cells in minutes.items():
            for code, requests in cells.items():
                if code in paths:
                    cell = minute, paths[code][1]
                    sums[cell] = sums.get(cell, 0) + requests
    return [(minute, label, status, requests) for (minute, status), requests in sums.items()]


def _last_surplus(connection: Connection, new: Mapping[int, int]) -> int | None:
    """Return the newest minute whose rows must become `<unmatched>`, so that all later rows have room.

    Return `None` if there is room for all. `new` is how many rows are to be added, by minute.
    """
    surplus = _surplus(new)
    if surplus is not None and connection.value(compiled.WAITING_SINCE, since=surplus + 1) is None:
        return surplus  # all stored rows are older, so they need not be counted
    many = Counter(new)
    for minute, number in connection.rows(compiled.WAITING_BY_MINUTE):
        many[minute] += number
    return _surplus(many)


def _surplus(many: Mapping[int, int]) -> int | None:
    """Return the newest minute for whose rows there is no room, `None` if there is room for all."""
    room = bounds.WAITING_BOUND
    for minute in sorted(many, reverse=True):
        room -= many[minute]
        if room < 0:
            return minute
    return None


def rules(connection: Connection, label: str) -> list[str]:
    """List the waiting paths of a label, sorted."""
    return sorted(connection.column(compiled.WAITING_RULES, of_label=label))


def move(connection: Connection, label: str, routes: Mapping[str, int]) -> dict[int, int]:
    """Move the waiting rows of paths to their routes; return the number of requests by route.

    `routes` has the number of the route for each path.
    """
    if not routes or connection.value(compiled.ANY_WAITING) is None:
        return {}
    if len(routes) <= FEW_PATHS:
        rows = [
            row
            for rule in routes
            for row in connection.rows(compiled.WAITING_OF_RULE, of_label=label, of_rule=rule)
        ]
    else:
        every = connection.rows(compiled.WAITING_OF_LABEL, of_label=label)
        rows = [row for row in every if row[1] in routes]
    moved: Counter[int] = Counter()
    for _, rule, _, requests, _ in rows:
        moved[routes[rule]] += requests
    upsert.add_rows(connection, ((minute, routes[rule], s, n) for minute, rule, s, n, _ in rows))
    durations.add_minutes(connection, ((row[0], routes[row[1]], row[4]) for row in rows if row[4]))
    gone = [{"of_label": label, "of_rule": rule} for rule in sorted({row[1] for row in rows})]
    connection.change_each(compiled.DROP_WAITING_RULE, gone)
    return dict(moved)


def give_up_before(book: RouteBook, minute: int) -> int:
    """Count the rows before a minute as `<unmatched>` for ever; return the number of requests."""
    connection = book.connection
    known, book.waiting = book.waiting, None
    all_old = known is not None and all(each[0] < minute for each in known)
    rows = known if known and all_old else connection.rows(compiled.OLD_WAITING, before=minute)
    if not rows:
        return 0
    unmatched = {label: book.gather(label, UNMATCHED) for label in {row[1] for row in rows}}
    requests = upsert.add_rows(
        connection, ((minute, unmatched[label], status, n) for minute, label, status, n in rows)
    )
    if requests < MANY_ROWS:
        had = connection.rows(compiled.OLD_WAITING_DURATIONS, before=minute)
    else:
        had = [row for row in connection.rows(compiled.WAITING_DURATIONS) if row[0] < minute]
    durations.add_minutes(connection, ((at, unmatched[label], text) for at, label, text in had))
    if connection.value(compiled.WAITING_SINCE, since=minute) is None:
        connection.change(compiled.DROP_ALL_WAITING)  # SQLite drops all rows at once
    else:
        connection.change(compiled.DROP_OLD_WAITING, before=minute)
    key_values.add(connection, NumberName.POURED, requests)
    return requests
