"""Durations are stored with their requests, and move to the same routes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model import (
    UNMATCHED,
    Checkpoint,
    Mark,
    MinuteCounts,
    Route,
    RuleSource,
    UrlMap,
    UrlRule,
)
from flask_status_cli.model.database_url import parse_url
from flask_status_cli.model.duration_buckets import CODES
from flask_status_cli.model.pruning import ClosedEpisodes, Pruning
from flask_status_cli.routes import RuleReassignment
from flask_status_cli.routes.discovered import crowds
from flask_status_cli.store import Batch, Ledger, Store, bounds
from flask_status_cli.store.counts import duration_rows, durations
from flask_status_cli.store.database.connection import transaction
from flask_status_cli.store.database.sqlite import SqliteConnection
from flask_status_cli.store.routes import merged_counts
from flask_status_cli.store.schema import version
from tests.postgresql_server import PostgresqlServer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Request = tuple[int, str, int, int]
"""Minute, path, status, bucket."""


def batch_of(requests: Iterable[Request], number: int = 0, *, label: str = "") -> Batch:
    """A batch of a log of its own."""
    keys: dict[tuple[str, int], int] = {}
    minutes: dict[int, Counter[int]] = {}
    hours: dict[int, Counter[int]] = {}
    for minute, path, status, bucket in requests:
        code = keys.setdefault((path, status), len(keys))
        minutes.setdefault(minute, Counter())[code] += 1
        hours.setdefault(minute // 60, Counter())[bucket * CODES + code] += 1
    return Batch(
        counts=MinuteCounts(label, tuple(keys), minutes, hours),
        unread={},
        checkpoint=Checkpoint(b"%08d" % number, 100, (Mark(100, b"hundreds"),), newest=None),
        stream=None,
        expected=(),
    )


class Stored(Store):
    """A database that can be read meanwhile."""

    @contextmanager
    def reading(self) -> Iterator[Ledger]:
        with transaction(self._connection, writing=False):
            merged_counts.redirect_reader(self._connection)
            yield Ledger(self._connection, self._path)
        if not self._connection.moves_at_once:
            for table in merged_counts.TIERS:
                self._connection.run(f"DROP VIEW IF EXISTS temp.{table.name}")

    def run(self, statements: Iterable[str]) -> None:
        with transaction(self._connection, writing=True):
            for statement in statements:
                self._connection.run(statement)

    def column(self, query: str) -> list[Any]:
        with transaction(self._connection, writing=False):
            return [row[0] for row in self._connection.exec_driver_sql(query)]

    def migrate(self) -> None:
        self._connection.expected_version = None  # as when the database is opened
        with transaction(self._connection, writing=True):
            version.migrate(self._connection)


Stores = Callable[..., AbstractContextManager[Stored]]


@contextmanager
def in_memory(*batches: Iterable[Request]) -> Iterator[Stored]:
    with closing(SqliteConnection("")) as connection:
        version.make(connection, now=NOON)
        store = Stored(connection, Path(os.devnull), lambda: NOON)
        yield filled(store, batches)


def on(server: PostgresqlServer) -> Stores:
    @contextmanager
    def opened(*batches: Iterable[Request]) -> Iterator[Stored]:
        url = parse_url(server.new_schema())
        with Stored.open(url, create=True, clock=lambda: NOON) as store:
            yield filled(store, batches)

    return opened


def filled(store: Stored, batches: Sequence[Iterable[Request]]) -> Stored:
    for number, requests in enumerate(batches):
        store.commit(batch_of(requests, number))
    return store


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest) -> Stores:
    """Makes a database of batches, of each engine in turn."""
    if request.param == "sqlite":
        return in_memory
    return on(request.getfixturevalue("postgresql"))


def by_rule(store: Stored) -> dict[str, Counter[tuple[int, int]]]:
    """Requests by (hour, bucket) of each rule, as hours have them; days must agree."""
    with store.reading() as ledger:
        names = {number: route.rule for number, route in ledger.routes().items()}
        cells = list(ledger.duration_counts(by_day=False))
        days = {cell.time // 1440 for cell in cells}
        sums = [
            (day, names[number], bucket, n)
            for day in days
            for number, bucket, n in ledger.durations(day * 24, day * 24 + 24)
        ]
    found: dict[str, Counter[tuple[int, int]]] = {}
    by_day: Counter[tuple[int, str, int]] = Counter()
    for cell in cells:
        found.setdefault(cell.rule, Counter())[cell.time // 60, cell.bucket] += cell.requests
        by_day[cell.time // 1440, cell.rule, cell.bucket] += cell.requests
    for day, rule, bucket, n in sums:
        by_day[day, rule, bucket] -= n
    assert not any(by_day.values())
    return found


def requests_of(store: Stored) -> Mapping[tuple[int, str], int]:
    """All requests by hour and rule."""
    with store.reading() as ledger:
        sums: Counter[tuple[int, str]] = Counter()
        for cell in ledger.counts("minute"):
            sums[cell.time // 60, cell.rule] += cell.requests
    return sums


def durations_of(store: Stored) -> Mapping[tuple[int, str], int]:
    """All durations by hour and rule."""
    sums: Counter[tuple[int, str]] = Counter()
    for rule, cells in by_rule(store).items():
        for (hour, _), n in cells.items():
            sums[hour, rule] += n
    return sums


DAY = 1440


def test_durations_are_added_up_by_hour_route_and_bucket(stores: Stores) -> None:
    first = [(59, "/", 200, 7), (59, "/", 500, 7), (60, "/", 200, 7), (DAY, "/", 200, 184)]
    with stores(first, [(0, "/", 200, 0), (58, "/", 200, 7)]) as store:
        expected = {(0, 7): 3, (0, 0): 1, (1, 7): 1, (24, 184): 1}
        assert by_rule(store) == {"/": expected}


def test_durations_of_waiting_paths_are_unmatched_and_move_when_the_path_answers(
    stores: Stores,
) -> None:
    failed, answered = [(1, "/pay", 500, 9), (2, "/old", 404, 3)], [(70, "/pay", 200, 5)]
    with stores(failed) as store:
        assert by_rule(store) == {UNMATCHED: {(0, 9): 1, (0, 3): 1}}
    with stores(failed, answered) as store:
        assert by_rule(store) == {"/pay": {(0, 9): 1, (1, 5): 1}, UNMATCHED: {(0, 3): 1}}


def test_durations_that_became_unmatched_stay_so(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "WAITING_BOUND", 1)
    failed = [(1, "/pay", 500, 9), (130, "/pay", 500, 8)]
    with stores(failed, [(190, "/pay", 200, 5)]) as store:
        assert by_rule(store) == {UNMATCHED: {(0, 9): 1}, "/pay": {(2, 8): 1, (3, 5): 1}}


def test_thousands_of_hours_are_added_to_stored_ones(stores: Stores) -> None:
    first = [(hour * 60, "/", 200, hour % 185) for hour in range(1_500)]
    then = [(hour * 60, path, 200, 7) for hour in range(700, 2_200) for path in ("/", "/b")]
    with stores(first, then) as store:
        found = by_rule(store)
        root = Counter((hour, hour % 185) for hour in range(1_500))
        assert found["/"] == root + Counter((hour, 7) for hour in range(700, 2_200))
        assert found["/b"] == Counter((hour, 7) for hour in range(700, 2_200))


def test_rows_do_not_grow_with_each_run(stores: Stores) -> None:
    runs = [[(run % 60, "/", 200, bucket) for bucket in range(100, 180)] for run in range(20)]
    with stores(*runs) as store:
        for table in ("hour_duration", "day_duration"):
            (longest,) = store.column(f"SELECT max(length(buckets)) FROM {table}")
            assert longest <= 2_000 + 800  # the limit, and one run
        assert by_rule(store) == {"/": {(0, bucket): 20 for bucket in range(100, 180)}}


def test_a_damaged_row_is_said_to_be_damaged(stores: Stores) -> None:
    with stores([(1, "/", 200, 7)]) as store:
        store.run(("UPDATE day_duration SET buckets = '7*x'",))
        with pytest.raises(DatabaseError, match="is damaged"):
            by_rule(store)


SCHEMA_19 = (
    "DROP TABLE hour_duration",
    "DROP TABLE day_duration",
    "ALTER TABLE waiting DROP COLUMN buckets",
    "CREATE TABLE hour_duration (hour INTEGER, route INTEGER, bucket INTEGER, requests BIGINT)",
    "CREATE TABLE day_duration (day INTEGER, route INTEGER, bucket INTEGER, requests BIGINT)",
    "CREATE TABLE waiting_duration (label TEXT, rule TEXT, hour INTEGER, bucket INTEGER, requests BIGINT)",
    "INSERT INTO hour_duration VALUES (24, 1, 7, 2), (24, 1, 3, 50000000), (25, 1, 7, 1)",
    "INSERT INTO day_duration VALUES (1, 1, 3, 50000000), (1, 1, 7, 3)",
    "INSERT INTO waiting_duration VALUES ('', '/old', 24, 9, 4), ('', '/pay', 24, 8, 1)",
    "UPDATE alembic_version SET version_num = '0019'",
)
"""The tables of durations before schema 0020, without their keys, and some rows."""


def test_the_rows_of_an_older_schema_are_kept(stores: Stores) -> None:
    with stores([(24 * 60, "/", 200, 0), (24 * 60 + 9, "/old", 404, 0)]) as store:
        store.run(SCHEMA_19)
        store.migrate()
        root = {"/": {(24, 7): 2, (24, 3): 50_000_000, (25, 7): 1}}
        assert by_rule(store) == root | {UNMATCHED: {(24, 9): 4, (24, 8): 1}}
        store.commit(batch_of([(24 * 60 + 70, "/old", 200, 5)], 7))
        old = {(24, 9): 4, (25, 5): 1}
        assert by_rule(store) == root | {"/old": old, UNMATCHED: {(24, 8): 1}}


def test_waiting_requests_have_the_durations_of_their_hour_beside_them(stores: Stores) -> None:
    first = [(1, "/pay", 500, 9), (2, "/pay", 404, 9), (61, "/pay", 500, 3), (2, "/old", 404, 7)]
    with stores(first, [(1, "/pay", 500, 8)]) as store:
        query = "SELECT rule || ' ' || minute || ': ' || buckets FROM waiting ORDER BY rule, minute"
        expected = ["/old 2: 7 ", "/pay 1: 9*2 8 ", "/pay 2: ", "/pay 61: 3 "]
        assert store.column(query) == expected


def test_hours_of_a_day_with_few_requests_have_no_rows(stores: Stores) -> None:
    few = [(60, "/", 200, 7), (65, "/", 200, 7)]
    many = [(minute, "/b", 200, bucket) for minute in (125, 190) for bucket in range(185)]
    with stores([*few, *many]) as store:
        assert store.column("SELECT hour FROM hour_duration ORDER BY hour") == [2, 3]
        expected = {(hour, bucket): 1 for hour in (2, 3) for bucket in range(185)}
        assert by_rule(store) == {"/": {(1, 7): 2}, "/b": expected}


requests = st.tuples(
    st.sampled_from([0, 30, 59, 60, 119, DAY - 1, DAY, DAY + 1, 3 * DAY]),
    st.sampled_from(["/a", "/b", "/c", "/t/x-1", "/t/x-2", "/t/x-3", "/t/x-4", UNMATCHED]),
    st.sampled_from([200, 304, 404, 500]),
    st.integers(0, 184),
)


cut = st.lists(st.lists(requests, max_size=12), min_size=1, max_size=4)
limits = st.sampled_from([(0, 0), (8, 16), (16, 8), (1_500, 2_000)])
"""How long a day with the hours of its buckets may be, and any row before it is added up."""


@given(cut, limits)
@settings(max_examples=int(os.environ.get("EXAMPLES", "15")))
def test_every_duration_has_the_route_of_its_request_whatever_the_cuts(
    batches: list[list[Request]], limit: tuple[int, int]
) -> None:
    check_cut(in_memory, batches, limit)


@given(batches=cut, limit=limits)
@settings(
    max_examples=int(os.environ.get("EXAMPLES", "4")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_in_postgresql_every_duration_has_the_route_of_its_request_too(
    postgresql: PostgresqlServer, batches: list[list[Request]], limit: tuple[int, int]
) -> None:
    check_cut(on(postgresql), batches, limit)


def check_cut(stores: Stores, batches: list[list[Request]], limit: tuple[int, int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowds, "SLUG_LIMIT", 2)
        patch.setattr(duration_rows, "LONGEST_WITH_HOURS", limit[0])
        patch.setattr(durations, "LONG", limit[1])
        whole = [request for batch in batches for request in batch]
        with stores(*batches) as store:
            assert durations_of(store) == requests_of(
                store
            )  # also while merged routes are not moved yet
            store.follow()
            assert durations_of(store) == requests_of(store)
            found = by_rule(store)
        with stores(whole) as store:
            store.follow()
            assert by_rule(store) == found


def test_durations_move_to_declared_rules_and_are_deleted_with_their_route(stores: Stores) -> None:
    before = [(1, "/users/<int:id>", 200, 4), (2, "/users/<int:id>", 500, 5), (3, "/x", 404, 6)]
    with stores(before) as store:
        rules = UrlMap((UrlRule("/users/<int:number>", methods=("GET",)),), complete=True)
        store.declare("", RuleSource.APP, rules, placing=lambda maps: RuleReassignment(maps).place)
        declared = {(0, 4): 1, (0, 5): 1}
        assert by_rule(store) == {"/users/<int:number>": declared, UNMATCHED: {(0, 6): 1}}
        store.forget([Route("", "/users/<int:number>")])
        assert by_rule(store) == {UNMATCHED: {(0, 6): 1}}
        store.forget([Route("", UNMATCHED)])
        assert by_rule(store) == {}


def test_pruning_keeps_durations_of_days_whose_minutes_are_kept(stores: Stores) -> None:
    days = [(day * DAY + 5, "/", 200, day) for day in range(6)]
    with stores(days) as store:
        horizon = 4 * DAY + 30
        for _ in store.prune(Pruning(horizon, None, ClosedEpisodes(horizon, ()))):
            pass
        assert by_rule(store) == {"/": {(96, 4): 1, (120, 5): 1}}


@pytest.mark.parametrize("longest", [1_000, 0])
def test_a_stretch_of_hours_is_read_from_days_and_the_hours_at_its_ends(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, longest: int
) -> None:
    monkeypatch.setattr(duration_rows, "LONGEST_WITH_HOURS", longest)
    with stores([(hour * 60, "/", 200, hour % 185) for hour in range(24 * 4)]) as store:
        for start, end in ((0, 96), (5, 90), (5, 20), (24, 48), (20, 30), (7, 7), (30, 96)):
            with store.reading() as ledger:
                found = Counter[int]()
                for _, bucket, n in ledger.durations(start, end):
                    found[bucket] += n
            assert found == Counter(range(start, end)), (start, end)
