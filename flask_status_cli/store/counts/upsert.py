"""Adds requests to the tables of minutes and of quarters of an hour.

Requests are only ever added, so parts of a log may be stored in any order and by any number of processes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from flask_status_cli.compiled_code import COUNT_ROWS, compiled_module
from flask_status_cli.model import MINUTES_PER_QUARTER
from flask_status_cli.store.database.connection import Connection, HeldRows
from flask_status_cli.store.database.row_text import BYTES_AT_ONCE, WIDTH, RowText, RowTexts
from flask_status_cli.store.statements import compiled

VALUES_AT_ONCE: Final = 200_000
"""About this many values are added in one call. More would need more memory and not be faster."""

Places = Mapping[int, tuple[int, int]]
"""(route, status) of each code."""


Minutes = Mapping[int, Mapping[int, int]]
"""The requests of each minute, by code."""


def add(connection: Connection, places: Places, minutes: Minutes) -> Collection[int]:
    """Add `minutes[minute][code]` requests; return the minutes that may have codes that are not in `places`.

    Requests of those codes are left out. Each row is added once, sorted by minute, because that is fastest in
    SQLite.
    """
    rows = compiled_module(COUNT_ROWS)
    if rows is not None and connection.takes_text:
        return _add_texts(connection, places, minutes, rows)
    if rows is not None:
        return _add_compiled(connection, places, minutes, rows)
    quarters: list[int] = []
    left = _add_minutes(connection, places, minutes, quarters)
    connection.add_at_last(compiled.ADD_QUARTERS, quarters)
    return left


def _by_number(places: Places) -> tuple[dict[int, int], list[int], list[int]]:
    """Give the places numbers, in order of route and status.

    Return the number of each code, the route of each number, and its status.
    """
    in_order = sorted(set(places.values()))
    numbers = {place: number for number, place in enumerate(in_order)}
    number_of = {code: numbers[place] for code, place in places.items()}
    return number_of, [route for route, _ in in_order], [status for _, status in in_order]


def _add_texts(
    connection: Connection, places: Places, minutes: Minutes, module: Any
) -> Collection[int]:
    """Do the same as `add`, with the rows as texts.

    If there are many, most of them are made while the server stores the ones before.
    """
    left: set[int] = set()
    order, of = sorted(minutes), _by_number(places)
    at, text, quarters = module.copy_rows(order, 0, BYTES_AT_ONCE, minutes, *of, left)
    first = RowText(text)
    if at == len(order):
        connection.add_at_last(compiled.ADD_MINUTES, first)
        connection.add_at_last(compiled.ADD_QUARTERS, RowText(quarters))
        return left
    of_quarters = [quarters]

    def texts() -> Iterator[bytes]:
        nonlocal at
        yield text
        while at < len(order):
            at, more, quarters = module.copy_rows(order, at, BYTES_AT_ONCE, minutes, *of, left)
            of_quarters.append(quarters)
            yield more

    def made_quarters() -> Iterator[HeldRows]:
        for _ in rows.pieces():  # those of minutes were added before
            pass
        yield compiled.ADD_QUARTERS, RowText(b"".join(of_quarters))

    many = len(first) // WIDTH * len(order) // at
    rows = RowTexts(texts(), rows=many, first_time=order[0], last_time=order[-1])
    connection.add_at_last(compiled.ADD_MINUTES, rows)
    connection.add_made(made_quarters)
    return order


def _add_compiled(
    connection: Connection, places: Places, minutes: Minutes, module: Any
) -> set[int]:
    """Do the same as `add`. The rows of a minute are sorted by route and status, too."""
    left: set[int] = set()
    order, at, of = sorted(minutes), 0, _by_number(places)
    quarters: list[int] = []
    while at < len(order):
        at, flat = module.count_rows(order, at, VALUES_AT_ONCE, minutes, *of, quarters, left)
        connection.add_at_last(compiled.ADD_MINUTES, flat)
    connection.add_at_last(compiled.ADD_QUARTERS, quarters)
    return left


def _add_minutes(
    connection: Connection,
    places: Places,
    minutes: Mapping[int, Mapping[int, int]],
    quarters: list[int],
) -> set[int]:
    """Add the rows of minutes, and append those of quarters; return what `add` returns."""
    flat: list[int] = []
    left: set[int] = set()
    quarter, sums = 0, dict[int, int]()
    place_of, same = places.get, _same(places)
    for minute in sorted(minutes):
        cells = minutes[minute]
        if same and not same.keys().isdisjoint(cells):
            cells = _joined(cells, same)
        if minute // MINUTES_PER_QUARTER != quarter:
            _flatten(quarters, quarter, sums, places)
            quarter, sums = minute // MINUTES_PER_QUARTER, {}
        for code, requests in cells.items():
            place = place_of(code)
            if place is None:
                left.add(minute)
            else:
                route, status = place
                flat += (minute, route, status, requests)  # tuples of rows would take twice as long
                sums[code] = sums.get(code, 0) + requests
        if len(flat) >= VALUES_AT_ONCE:
            connection.add_at_last(compiled.ADD_MINUTES, flat)
            flat = []
    _flatten(quarters, quarter, sums, places)
    connection.add_at_last(compiled.ADD_MINUTES, flat)
    return left


def _flatten(flat: list[int], time: int, cells: Mapping[int, int], places: Places) -> None:
    """Append the values of a row for each code in `cells`."""
    for code, requests in cells.items():
        route, status = places[code]
        flat += (time, route, status, requests)


def _same(places: Places) -> dict[int, int]:
    """Return the codes whose place an earlier code has, each with that one, as in a crowd."""
    first: dict[tuple[int, int], int] = {}
    same: dict[int, int] = {}
    for code, place in places.items():
        if (earlier := first.setdefault(place, code)) != code:
            same[code] = earlier
    return same


def _joined(cells: Mapping[int, int], same: Mapping[int, int]) -> dict[int, int]:
    """Return the cells with one code for each place. `same` comes from `_same`."""
    joined = dict(cells)
    for code in same.keys() & cells.keys():
        requests = joined.pop(code)
        earlier = same[code]
        joined[earlier] = joined.get(earlier, 0) + requests
    return joined


def oldest(connection: Connection) -> int | None:
    """Return the first minute with requests, or the start of its quarter if minutes were pruned."""
    minute = connection.value(compiled.OLDEST_MINUTE)
    quarter = connection.value(compiled.OLDEST_QUARTER)
    if quarter is not None and (minute is None or minute // MINUTES_PER_QUARTER > quarter):
        minute = quarter * MINUTES_PER_QUARTER
    waits = connection.value(compiled.OLDEST_WAITING)
    return min((time for time in (minute, waits) if time is not None), default=None)


def newest_by_quarter(connection: Connection, until: int) -> int | None:
    """Return the first minute of the newest quarter with requests that begins at `until` or before."""
    found = connection.value(compiled.NEWEST_QUARTER, until=until // MINUTES_PER_QUARTER)
    return None if found is None else found * MINUTES_PER_QUARTER


def add_rows(connection: Connection, rows: Iterable[tuple[int, int, int, int]]) -> int:
    """Add rows of (minute, route, status, requests); return the sum of the requests."""
    codes: dict[tuple[int, int], int] = {}
    minutes: dict[int, dict[int, int]] = {}
    total = 0
    for minute, route, status, requests in rows:
        code = codes.setdefault((route, status), len(codes))
        cells = minutes.setdefault(minute, {})
        cells[code] = cells.get(code, 0) + requests
        total += requests
    add(connection, {code: place for place, code in codes.items()}, minutes)
    return total
