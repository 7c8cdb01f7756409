"""How long requests took, counted by bucket: in hours and in days of UTC, by route.

Days are added up beside hours so that a report of a month reads few rows. The durations of paths that have
not answered yet wait as their requests do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeAlias

from flask_status_cli.model import UNMATCHED, MinuteCounts
from flask_status_cli.model.duration_buckets import CODES, HOURS_PER_DAY, MINUTES_PER_HOUR
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.statements import compiled

Durations: TypeAlias = Mapping[int, Mapping[int, int]]
"""Requests by hour, and by bucket and code in one number: see `MinuteCounts.durations`."""

Row: TypeAlias = tuple[int, int, int, int]
"""Hour, route, bucket, requests."""


def add(
    connection: Connection, places: Mapping[int, tuple[int, int]], durations: Durations
) -> None:
    """Add the durations of codes that have a place, which is (route, status)."""
    if durations:
        _add(connection, _of_routes(places, durations))


def _of_routes(places: Mapping[int, tuple[int, int]], durations: Durations) -> Iterator[Row]:
    for hour, cells in durations.items():
        for key, requests in cells.items():
            bucket, code = divmod(key, CODES)
            place = places.get(code)
            if place is not None:
                yield hour, place[0], bucket, requests


def _add(connection: Connection, rows: Iterable[Row]) -> None:
    """Add rows to both tiers, sorted by their keys, which is what makes SQLite fast."""
    hours: Counter[tuple[int, int, int]] = Counter()
    days: Counter[tuple[int, int, int]] = Counter()
    for hour, route, bucket, requests in rows:
        hours[hour, route, bucket] += requests
        days[hour // HOURS_PER_DAY, route, bucket] += requests
    for statement, sums in (
        (compiled.ADD_HOUR_DURATIONS, hours),
        (compiled.ADD_DAY_DURATIONS, days),
    ):
        flat = chain.from_iterable((*key, sums[key]) for key in sorted(sums))
        connection.add(statement, list(flat))


def keep_waiting(
    connection: Connection,
    book: RouteBook,
    batch: MinuteCounts,
    *,
    paths: Mapping[int, tuple[str, int]],
    poured: int | None,
) -> None:
    """Add the durations of the codes in `paths`, which wait.

    Those of the hours up to that of the minute `poured` go to `<unmatched>`.
    """
    last = None if poured is None else poured // MINUTES_PER_HOUR
    waits: Counter[tuple[str, str, int, int]] = Counter()
    rest: list[Row] = []
    for hour, cells in batch.durations.items():
        for key, requests in cells.items():
            bucket, code = divmod(key, CODES)
            if code not in paths:
                continue
            if last is not None and hour <= last:
                rest.append((hour, book.gather(batch.label, UNMATCHED), bucket, requests))
            else:
                waits[batch.label, paths[code][0], hour, bucket] += requests
    _add(connection, rest)
    flat = chain.from_iterable((*key, waits[key]) for key in sorted(waits))
    connection.add(compiled.ADD_WAITING_DURATIONS, list(flat))


def claim(connection: Connection, label: str, routes: Mapping[str, int]) -> None:
    """Move what waits of paths that answer now to their routes, rule → route."""
    if connection.value(compiled.ANY_WAITING_DURATION) is None:
        return
    rows = connection.rows(compiled.WAITING_DURATIONS_OF_LABEL, of_label=label)
    mine = [row for row in rows if row[1] in routes]
    _add(connection, ((hour, routes[rule], bucket, n) for hour, rule, bucket, n in mine))
    gone = [{"of_label": label, "of_rule": rule} for rule in sorted({row[1] for row in mine})]
    connection.change_each(compiled.DROP_WAITING_DURATIONS, gone)


def pour_before(connection: Connection, book: RouteBook, minute: int) -> None:
    """Pour what waits of all hours that begin before a minute into `<unmatched>`."""
    if connection.value(compiled.ANY_WAITING_DURATION) is None:
        return
    before = (minute - 1) // MINUTES_PER_HOUR + 1
    rows = connection.rows(compiled.OLD_WAITING_DURATIONS, before=before)
    unmatched = {label: book.gather(label, UNMATCHED) for label in {row[1] for row in rows}}
    _add(connection, ((hour, unmatched[label], bucket, n) for hour, label, bucket, n in rows))
    connection.change(compiled.DROP_OLD_WAITING_DURATIONS, before=before)
