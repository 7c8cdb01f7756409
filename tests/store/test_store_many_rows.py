"""Batches of thousands of rows, which are added to PostgreSQL by COPY if their times are new."""

from __future__ import annotations

from collections.abc import Callable

from flask_status_cli.model.database_url import Database
from flask_status_cli.store import Committed, Ledger
from flask_status_cli.store.database.connection import Mode, connect
from flask_status_cli.store.routes.route_book import NOTHING_KNOWN
from flask_status_cli.store.statements import compiled

Write = Callable[..., Committed]


def by_minute(database: Database) -> dict[tuple[int, str], int]:
    with Ledger.open(database) as ledger:
        return {(cell.time, cell.rule): cell.requests for cell in ledger.counts("minute")}


def by_quarter(database: Database) -> dict[int, int]:
    with Ledger.open(database) as ledger:
        return {cell.time // 15: cell.requests for cell in ledger.counts("hour")}


def test_requests_are_added_to_stored_minutes_and_later_minutes_are_inserted(
    database: Database, write: Write
) -> None:
    write(database, {(minute, "/a", 200): 1 for minute in range(3000, 6000)})
    write(database, {(minute, "/a", 200): 10 for minute in range(4500, 7500)})
    expected = dict.fromkeys(((minute, "/a") for minute in range(3000, 4500)), 1)
    expected |= dict.fromkeys(((minute, "/a") for minute in range(4500, 6000)), 11)
    expected |= dict.fromkeys(((minute, "/a") for minute in range(6000, 7500)), 10)
    assert by_minute(database) == expected


def test_older_minutes_are_inserted_before_and_between_stored_ones(
    database: Database, write: Write
) -> None:
    write(database, {(minute, "/a", 200): 1 for minute in (5000, 8000)})
    write(database, {(minute, "/a", 200): 2 for minute in range(1000, 3000)})
    write(database, {(minute, "/a", 200): 4 for minute in range(4000, 7000)})
    expected = dict.fromkeys(((minute, "/a") for minute in range(1000, 3000)), 2)
    expected |= dict.fromkeys(((minute, "/a") for minute in range(4000, 7000)), 4)
    assert by_minute(database) == expected | {(5000, "/a"): 5, (8000, "/a"): 1}


def test_all_paths_of_a_crowd_add_up_to_one_row_a_minute(database: Database, write: Write) -> None:
    pages = [f"/blog/post-{number}" for number in range(30)]
    cells = {(minute, page, 200): 1 for minute in range(1200, 2400) for page in pages}
    write(database, cells)
    assert by_minute(database) == {(minute, "/blog/<slug>"): 30 for minute in range(1200, 2400)}
    assert by_quarter(database) == dict.fromkeys(range(80, 160, 4), 60 * 30)


def test_waiting_paths_with_any_characters_are_added_together_with_later_minutes(
    database: Database, write: Write
) -> None:
    paths = ("/a\tb", "/c\\n", "/d\\.", "/\u00e9\U0001f600", "/%s", "/\r\n")
    for first, requests in ((3000, 1), (3200, 10)):
        write(
            database,
            {(m, path, 404): requests for m in range(first, first + 400) for path in paths},
        )
    engine = connect(database, Mode.READ)
    with engine:
        found = {
            path: engine.rows(compiled.WAITING_OF_RULE, of_label="", of_rule=path) for path in paths
        }
    expected = [(minute, 1) for minute in range(3000, 3200)]
    expected += [(minute, 11) for minute in range(3200, 3400)]
    expected += [(minute, 10) for minute in range(3400, 3600)]
    for path, rows in found.items():
        assert sorted((minute, requests) for minute, _, _, requests, _ in rows) == expected, path


def test_new_routes_get_the_numbers_that_they_are_stored_under(
    database: Database, write: Write
) -> None:
    write(database, {(3000, f"/old/{name}", 200): 1 for name in "abc"})
    with connect(database, Mode.WRITE) as opened:
        opened.begin(writing=True)
        assert opened.insert(compiled.ADD_ROUTE, []) == []
        rules = [f"/new/{number:04}" for number in range(1500)]
        rows = [{**NOTHING_KNOWN, "label": "shop", "rule": rule} for rule in rules]
        numbers = opened.insert(compiled.ADD_ROUTE, rows)
        assert numbers == sorted(set(numbers))
        stored = {
            rule: number
            for number, label, rule, *_ in opened.rows(compiled.ROUTES)
            if label == "shop"
        }
        assert stored == dict(zip(rules, numbers, strict=True))
        opened.rollback()
