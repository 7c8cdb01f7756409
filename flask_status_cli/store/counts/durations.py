"""How long requests took: numbers of requests by route and bucket, for each hour and each day of UTC.

Days are stored beside hours, so that a report of a month reads few rows. The durations of waiting paths are
in a table of their own until the path answers; see `attribution`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final, TypeAlias

from flask_status_cli.compiled_code import COUNT_ROWS, compiled_module
from flask_status_cli.model import UNMATCHED, MinuteCounts
from flask_status_cli.model.duration_buckets import (
    CODE_BITS,
    CODE_MASK,
    HOURS_PER_DAY,
    MINUTES_PER_HOUR,
)
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.statements import compiled

Durations: TypeAlias = Mapping[int, Mapping[int, int]]
"""Numbers of requests by hour, then by bucket and code as one number; see `MinuteCounts.durations`."""

STEP_BITS: Final = 8
STEP: Final = 1 << STEP_BITS
"""A route and a bucket as one number are `route * STEP + bucket`. There are fewer than `STEP` buckets."""

STEP_MASK: Final = STEP - 1

Row: TypeAlias = tuple[int, int, int, int]
"""The values (hour, route, bucket, requests)."""


def add(
    connection: Connection, places: Mapping[int, tuple[int, int]], durations: Durations
) -> None:
    """Add durations to the routes of their codes.

    `places` has (route, status) by code. Codes that are not in it are left out.
    """
    if not durations:
        return
    rows = compiled_module(COUNT_ROWS)
    if rows is not None:
        route_of = {code: route for code, (route, _) in places.items()}
        by_hour, by_day = rows.duration_rows(sorted(durations), durations, route_of)
        connection.add_at_last(compiled.ADD_HOUR_DURATIONS, by_hour)
        connection.add_at_last(compiled.ADD_DAY_DURATIONS, by_day)
        return
    routes = {code: route * STEP for code, (route, _) in places.items()}
    hours: dict[int, dict[int, int]] = {}
    for hour, cells in durations.items():
        sums = hours[hour] = {}
        for key, requests in cells.items():
            route = routes.get(key & CODE_MASK)
            if route is not None:
                row = route + (key >> CODE_BITS)
                sums[row] = sums[row] + requests if row in sums else requests
    _add_hours(connection, hours)


def _add(connection: Connection, rows: Iterable[Row]) -> None:
    """Add rows to the counts by hour and by day."""
    hours: dict[int, dict[int, int]] = {}
    for hour, route, bucket, requests in rows:
        sums = hours.setdefault(hour, {})
        row = route * STEP + bucket
        sums[row] = sums.get(row, 0) + requests
    _add_hours(connection, hours)


def _add_hours(connection: Connection, hours: Mapping[int, Mapping[int, int]]) -> None:
    """Add requests to the counts by hour and by day. The inner keys are `route * STEP + bucket`."""
    days: dict[int, dict[int, int]] = {}
    for hour, rows in hours.items():
        sums = days.setdefault(hour // HOURS_PER_DAY, {})
        for row, requests in rows.items():
            sums[row] = sums[row] + requests if row in sums else requests
    connection.add_at_last(compiled.ADD_HOUR_DURATIONS, _flat(hours))
    connection.add_at_last(compiled.ADD_DAY_DURATIONS, _flat(days))


def _flat(times: Mapping[int, Mapping[int, int]]) -> list[int]:
    """Return the values of all rows, row after row, sorted by key, because that is fastest in SQLite."""
    flat: list[int] = []
    for time in sorted(times):
        rows = times[time]
        for row in sorted(rows):
            flat += (time, row >> STEP_BITS, row & STEP_MASK, rows[row])
    return flat


def keep_waiting(
    connection: Connection,
    book: RouteBook,
    batch: MinuteCounts,
    *,
    paths: Mapping[int, tuple[str, int]],
    given_up: int | None,
) -> None:
    """Add the durations of waiting paths. `paths` has (path, status) by code.

    Durations up to the hour of the minute `given_up` are counted as `<unmatched>`.
    """
    last = None if given_up is None else given_up // MINUTES_PER_HOUR
    waits: Counter[tuple[str, str, int, int]] = Counter()
    rest: list[Row] = []
    for hour, cells in batch.durations.items():
        for key, requests in cells.items():
            code = key & CODE_MASK
            if code not in paths:
                continue
            bucket = key >> CODE_BITS
            if last is not None and hour <= last:
                rest.append((hour, book.gather(batch.label, UNMATCHED), bucket, requests))
            else:
                waits[batch.label, paths[code][0], hour, bucket] += requests
    _add(connection, rest)
    flat = chain.from_iterable((*key, waits[key]) for key in sorted(waits))
    connection.add(compiled.ADD_WAITING_DURATIONS, list(flat))


def move_waiting(connection: Connection, label: str, routes: Mapping[str, int]) -> None:
    """Move the durations of waiting paths to their routes. `routes` has the route of each path."""
    if connection.value(compiled.ANY_WAITING_DURATION) is None:
        return
    rows = connection.rows(compiled.WAITING_DURATIONS_OF_LABEL, of_label=label)
    mine = [row for row in rows if row[1] in routes]
    _add(connection, ((hour, routes[rule], bucket, n) for hour, rule, bucket, n in mine))
    gone = [{"of_label": label, "of_rule": rule} for rule in sorted({row[1] for row in mine})]
    connection.change_each(compiled.DROP_WAITING_DURATIONS, gone)


def give_up_before(connection: Connection, book: RouteBook, minute: int) -> None:
    """Count the durations of waiting paths as `<unmatched>`, for all hours that begin before a minute."""
    if connection.value(compiled.ANY_WAITING_DURATION) is None:
        return
    before = (minute - 1) // MINUTES_PER_HOUR + 1
    rows = connection.rows(compiled.OLD_WAITING_DURATIONS, before=before)
    unmatched = {label: book.gather(label, UNMATCHED) for label in {row[1] for row in rows}}
    _add(connection, ((hour, unmatched[label], bucket, n) for hour, label, bucket, n in rows))
    connection.change(compiled.DROP_OLD_WAITING_DURATIONS, before=before)
