"""The data of incidents: minutes with failures, sums of single minutes, anchors and maintenance windows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from flask_status_cli.model import UNMATCHED, IncidentAnchor, IncidentNote, Maintenance
from flask_status_cli.model.database_url import Database
from flask_status_cli.store import Ledger, Store
from flask_status_cli.store.database.connection import Mode, connect
from flask_status_cli.store.queries import failing_minutes

Write = Callable[..., Any]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SERVER_ERRORS = range(500, 600)
SUCCESSES = range(200, 400)

CELLS = {
    (10, "/a", 200): 5,
    (10, "/a", 500): 1,
    (10, "/a", 503): 2,
    (10, "/a", 404): 7,
    (10, "/b", 200): 9,
    (11, "/a", 200): 3,
    (12, "/b", 302): 1,
    (12, "/b", 599): 4,
    (12, "/gone", 500): 6,  # it never answered: it waits
    (13, "/b", 502): 1,
}


@pytest.fixture
def ledger(database: Database, write: Write) -> Ledger:
    write(database, CELLS)
    return Ledger.open(database)


def numbers(ledger: Ledger) -> dict[str, int]:
    return {route.rule: number for number, route in ledger.routes().items()}


def test_minutes_with_failures_come_with_their_successes(ledger: Ledger) -> None:
    by_rule = numbers(ledger)
    routes = list(by_rule.values())
    rows = ledger.failed(SERVER_ERRORS, SUCCESSES, routes=routes, until=12)
    assert sorted(rows) == sorted(
        [
            (10, by_rule["/a"], 3, 5),
            (12, by_rule["/b"], 4, 1),
            (12, by_rule[UNMATCHED], 6, 0),
        ]
    )
    ledger.close()


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ([404], [(10, "/a", 7, 5)]),
        ([404, 502], [(10, "/a", 7, 5), (13, "/b", 1, 0)]),
        ([503, 599], [(10, "/a", 2, 5), (12, "/b", 4, 1)]),
        ([], []),
        ([418], []),
    ],
)
def test_any_codes_may_be_failures(
    ledger: Ledger, codes: list[int], found: list[tuple[int, str, int, int]]
) -> None:
    by_rule = numbers(ledger)
    rows = ledger.failed(codes, SUCCESSES, routes=list(by_rule.values()), until=99)
    assert sorted(rows) == [(m, by_rule[rule], f, s) for m, rule, f, s in found]
    ledger.close()


def test_only_the_given_routes_are_read(ledger: Ledger) -> None:
    wanted = [numbers(ledger)["/b"]]
    rows = ledger.failed(SERVER_ERRORS, SUCCESSES, routes=wanted, until=99)
    assert [row[0] for row in sorted(rows)] == [12, 13]
    assert ledger.failed(SERVER_ERRORS, SUCCESSES, routes=[], until=99) == []
    ledger.close()


def test_minutes_and_quarters_are_added_up_by_status(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_rule = numbers(ledger)
    every = list(by_rule.values())
    expected = [
        (10, 200, 14),
        (10, 404, 7),
        (10, 500, 1),
        (10, 503, 2),
        (12, 302, 1),
        (12, 500, 6),
        (12, 599, 4),
    ]
    assert ledger.minute_sums([10, 12, 99], every) == expected
    monkeypatch.setattr(failing_minutes, "TIMES_AT_ONCE", 1)
    monkeypatch.setattr(failing_minutes, "SEEKING", 0)
    assert ledger.minute_sums([10, 12, 99], every) == expected
    assert ledger.minute_sums([10, 11], [by_rule["/a"]])[-1] == (11, 200, 3)
    assert ledger.minute_sums([12], [by_rule[UNMATCHED]]) == [(12, 500, 6)]
    assert ledger.quarter_sums([0], [by_rule["/b"]]) == [
        (0, 200, 9),
        (0, 302, 1),
        (0, 502, 1),
        (0, 599, 4),
    ]
    assert ledger.minute_sums([], every) == []
    ledger.close()


def test_of_years_only_the_quarters_with_counts_are_read(database: Database, write: Write) -> None:
    write(database, {(10, "/a", 200): 5, (15, "/a", 500): 1, (9_999_999, "/a", 200): 2})
    write(database, {(20, "/gone", 404): 3, (90, "/gone", 404): 4})  # these wait
    expected = [(0, 200, 5), (1, 404, 3), (1, 500, 1), (6, 404, 4), (666_666, 200, 2)]
    with Ledger.open(database) as ledger:
        every = list(numbers(ledger).values())
        assert ledger.quarter_sums(range(700_000), every) == expected
        assert ledger.quarter_sums([*range(7), *range(10, 700_000)], every) == expected
        assert ledger.quarter_sums(range(1, 666_666), every) == expected[1:4]
    with connect(database, Mode.READ) as connection:
        assert failing_minutes.stored_quarters(connection) == [0, 1, 666_666]


@pytest.mark.sqlite_only
def test_server_errors_are_found_by_their_index(database: Database, write: Write) -> None:
    write(database, CELLS)
    asked: list[tuple[str, Any]] = []
    with connect(database, Mode.READ) as connection:
        event.listen(
            connection.alchemy,
            "before_cursor_execute",
            lambda _connection, _cursor, sql, parameters, *_: asked.append((sql, parameters)),
        )
        list(failing_minutes.failed(connection, SERVER_ERRORS, SUCCESSES, routes=[1, 2], until=99))
        sql, parameters = asked[0]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all()
    steps = [str(step[-1]) for step in plan]
    assert any("USING COVERING INDEX minute_count_failing" in step for step in steps)
    assert any("USING PRIMARY KEY (minute=? AND route=?)" in step for step in steps)


def test_an_anchor_stays_where_it_was_first_set(database: Database, write: Write) -> None:
    write(database, CELLS)
    first, second = (
        IncidentAnchor("0badcafe", "", "/a", 10),
        IncidentAnchor("deadbeef", "shop", "*", 9),
    )
    with Store.open(database, create=False, clock=lambda: NOON) as store:
        store.anchor(second)
        store.write_note(first, IncidentNote("One"))
        store.anchor(IncidentAnchor("0badcafe", "", "/b", 77))
        store.write_note(first, IncidentNote("Two", "a cause", "learned", false_alarm=True))
    with Ledger.open(database) as ledger:
        assert ledger.anchors() == (second, first)
        assert ledger.notes() == {
            "0badcafe": IncidentNote("Two", "a cause", "learned", false_alarm=True)
        }


def test_maintenance_windows_come_back_as_they_were(database: Database, write: Write) -> None:
    write(database, CELLS)
    hour = timedelta(hours=1)
    windows = [
        Maintenance(0, NOON, NOON + hour, ("/a*", "/\udce9"), "a 'note'\x1b"),
        Maintenance(0, NOON - hour, NOON),
    ]
    with Store.open(database, create=False, clock=lambda: NOON) as store:
        stored = [store.add_maintenance(each) for each in windows]
        assert [each.id for each in stored] == [1, 2]
        assert store.remove_maintenance(7) is False
    with Ledger.open(database) as ledger:
        assert ledger.maintenance() == (stored[1], stored[0])
    with Store.open(database, create=False, clock=lambda: NOON) as store:
        assert store.remove_maintenance(1) is True
    with Ledger.open(database) as ledger:
        assert ledger.maintenance() == (stored[1],)
