"""How long requests took, counted by bucket: in hours and in days of UTC, by route.

Days are added up beside hours so that a report of a month reads few rows. The durations of paths that have
not answered yet wait as their requests do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final, TypeAlias

from flask_status_cli.model import UNMATCHED, MinuteCounts
from flask_status_cli.model.duration_buckets import (
    CODE_BITS,
    CODE_MASK,
    CODES,
    HOURS_PER_DAY,
    MINUTES_PER_HOUR,
)
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.statements import compiled

Durations: TypeAlias = Mapping[int, Mapping[int, int]]
"""Requests by hour, and by bucket and code in one number: see `MinuteCounts.durations`."""

STEP_BITS: Final = 8
STEP: Final = 1 << STEP_BITS
"""`route * STEP + bucket` is one number for both: there are fewer buckets."""

STEP_MASK: Final = STEP - 1

Row: TypeAlias = tuple[int, int, int, int]
"""Hour, route, bucket, requests."""


def add(
    connection: Connection, places: Mapping[int, tuple[int, int]], durations: Durations
) -> None:
    """Add durations. `places` has (route, status) by code; codes without a place are left out."""
    if not durations:
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
    connection.add(compiled.ADD_HOUR_DURATIONS, _flat(hours))
    connection.add(compiled.ADD_DAY_DURATIONS, _flat(days))


def _flat(times: Mapping[int, Mapping[int, int]]) -> list[int]:
    """Return rows value by value, in the order of their keys, which is what makes SQLite fast."""
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
