"""The data of a route's detail: its requests by slices of time, waiting paths as `<unmatched>`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_status_cli.model import UNMATCHED
from flask_status_cli.model.database_url import Database
from flask_status_cli.store import Committed, Ledger

Write = Callable[..., Committed]

# Minutes 0 to 14 are quarter 0, 15 to 29 quarter 1, …; /gone never answered.
COUNTS = {
    (0, "/a", 200): 1,
    (14, "/a", 500): 2,
    (29, "/a", 200): 4,
    (30, "/a", 200): 8,
    (75, "/a", 200): 16,
    (30, "/b", 200): 32,
    (31, "/gone", 404): 64,
    (75, UNMATCHED, 400): 128,
}


def named(ledger: Ledger, rows: list[tuple[int, int, int, int]]) -> list[tuple[int, str, int, int]]:
    routes = ledger.routes()
    return [(number, routes[route].rule, status, n) for number, route, status, n in rows]


def ids(ledger: Ledger, *rules: str) -> tuple[int, ...]:
    return tuple(number for number, route in ledger.routes().items() if route.rule in rules)


@pytest.mark.parametrize(
    ("start", "end", "size", "expected"),
    [
        (0, 2, 1, [(0, "/a", 200, 1), (0, "/a", 500, 2), (1, "/a", 200, 4)]),
        (0, 2, 2, [(0, "/a", 200, 5), (0, "/a", 500, 2)]),
        # a slice is counted from the start, and the end may cut the last one
        (1, 6, 4, [(0, "/a", 200, 12), (0, UNMATCHED, 404, 64),
                   (1, "/a", 200, 16), (1, UNMATCHED, 400, 128)]),
        (1, 5, 4, [(0, "/a", 200, 12), (0, UNMATCHED, 404, 64)]),
        (6, 9, 1, []),
    ],
)  # fmt: skip
def test_quarters_are_added_up_by_slices(
    start: int,
    end: int,
    size: int,
    expected: list[tuple[int, str, int, int]],
    database: Database,
    write: Write,
) -> None:
    write(database, COUNTS)
    with Ledger.open(database) as ledger:
        rows = ledger.slices(start, end, size, ids(ledger, "/a", UNMATCHED))
        assert named(ledger, rows) == expected


def test_minutes_are_listed_in_order(database: Database, write: Write) -> None:
    write(database, COUNTS)
    with Ledger.open(database) as ledger:
        rows = ledger.by_minute(14, 32, ids(ledger, "/a", UNMATCHED))
        assert named(ledger, rows) == [
            (14, "/a", 500, 2),
            (29, "/a", 200, 4),
            (30, "/a", 200, 8),
            (31, UNMATCHED, 404, 64),
        ]


def test_no_routes_give_no_rows(database: Database, write: Write) -> None:
    write(database, COUNTS)
    with Ledger.open(database) as ledger:
        assert ledger.slices(0, 9, 1, ()) == ledger.by_minute(0, 99, ()) == []
