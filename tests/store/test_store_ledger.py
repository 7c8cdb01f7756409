"""The data that reports read: sums over ranges of time, lines, runs, and all counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model import (
    OTHER,
    UNMATCHED,
    Checkpoint,
    InputFact,
    Mark,
    MinuteCount,
    Route,
    Run,
    StreamInfo,
    UnreadKind,
)
from flask_status_cli.model.database_url import Database
from flask_status_cli.store import (
    THIS_STREAM,
    Batch,
    Committed,
    Ledger,
    Store,
    bounds,
)
from flask_status_cli.store.schema.version import REVISIONS
from tests.examples import examples

MakeBatch = Callable[..., Batch]
Write = Callable[..., Committed]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
RUN = Run(NOON - timedelta(seconds=1), NOON, logs=2, lines=10, entries=7, noise=2, refused=1)
BAD = replace(RUN, problems=("access.log: may not be read",))


def noon() -> datetime:
    return NOON


def record(path: Database, *runs: Run) -> None:
    with Store.open(path, create=True, clock=noon) as store:
        for run in runs:
            store.record(run)


# Minutes 0 to 14 are quarter 0, 15 to 29 quarter 1; /gone never answered, /b answered and failed.
COUNTS = {
    (0, "/a", 200): 1,
    (14, "/a", 200): 2,
    (15, "/a", 200): 4,
    (15, "/b", 304): 8,
    (29, "/b", 500): 16,
    (14, "/gone", 404): 32,
    (30, "/gone", 404): 64,
    (31, UNMATCHED, 400): 128,
}


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 1, {("/a", 200): 3, (UNMATCHED, 404): 32}),
        (1, 2, {("/a", 200): 4, ("/b", 304): 8, ("/b", 500): 16}),
        (2, 3, {(UNMATCHED, 404): 64, (UNMATCHED, 400): 128}),
        (3, 9, {}),
        (1, 1, {}),
    ],
)
def test_quarters_are_added_up(
    start: int, end: int, expected: Mapping[tuple[str, int], int], database: Database, write: Write
) -> None:
    write(database, COUNTS)
    with Ledger.open(database) as ledger:
        routes = ledger.routes()
        rows = ledger.requests(start, end)
        same = ledger.minutes(start * 15, end * 15)
    assert {(routes[route].rule, status): requests for route, status, requests in rows} == expected
    assert rows == same


def test_minutes_are_added_up(database: Database, write: Write) -> None:
    write(database, COUNTS)
    with Ledger.open(database) as ledger:
        routes = ledger.routes()
        rows = ledger.minutes(14, 16)
    assert [(routes[route].rule, status, requests) for route, status, requests in rows] == [
        ("/a", 200, 6),
        ("/b", 304, 8),
        (UNMATCHED, 404, 32),
    ]


def test_every_label_has_its_own_pseudo_routes(
    database: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, {(1, "/gone", 404): 1, (1, "/", 200): 1}, label="blog")
    monkeypatch.setattr(bounds, "ANSWERING_BOUND", 1)
    write(database, {(1, "/", 200): 1}, label="shop")
    with Ledger.open(database) as ledger:
        assert ledger.routes() == {
            1: Route("blog", "/"),
            2: Route("blog", UNMATCHED),
            3: Route("shop", OTHER),
        }


@pytest.mark.parametrize(
    ("until", "expected"),
    [(-1, (0, None)), (0, (0, 0)), (20, (0, 15)), (30, (0, 30)), (99, (0, 31))],
)
def test_the_span_includes_minutes_of_waiting_paths(
    until: int, expected: tuple[int | None, int | None], database: Database, write: Write
) -> None:
    write(database, COUNTS)
    with Ledger.open(database) as ledger:
        assert ledger.span(until) == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [(31, (0, None)), (30, (128, 31)), (29, (192, 31)), (28, (208, 31)), (-1, (255, 31))],
)
def test_requests_of_the_future(
    after: int, expected: tuple[int, int | None], database: Database, write: Write
) -> None:
    write(database, COUNTS)
    with Ledger.open(database) as ledger:
        assert ledger.future(after) == expected


def test_a_new_database_has_nothing(database: Database) -> None:
    record(database)
    with Ledger.open(database) as ledger:
        assert ledger.routes() == {}
        assert ledger.requests(0, 9) == ledger.minutes(0, 9) == []
        assert list(ledger.counts("day")) == []
        assert ledger.span(9) == (None, None)
        assert ledger.future(-1) == (0, None)
        assert ledger.unread(0, 9) == {UnreadKind.REFUSED: 0, UnreadKind.NOISE: 0}
        assert (ledger.last_run(), ledger.last_good_run()) == (None, None)
        assert ledger.complete_from() is None


def test_unread_lines_are_added_up_by_kind(database: Database, write: Write) -> None:
    lines = {
        (0, UnreadKind.NOISE, "banner"): 1,
        (1, UnreadKind.NOISE, "banner"): 2,
        (1, UnreadKind.NOISE, "traceback"): 4,
        (1, UnreadKind.REFUSED, "no known format"): 8,
        (2, UnreadKind.REFUSED, "no known format"): 16,
    }
    for _ in range(2):
        write(database, {}, unread=lines)
    with Ledger.open(database) as ledger:
        assert ledger.unread(1, 2) == {UnreadKind.NOISE: 12, UnreadKind.REFUSED: 16}
        assert ledger.unread(0, 3) == {UnreadKind.NOISE: 14, UnreadKind.REFUSED: 48}


INSTANTS = st.datetimes(timezones=st.just(UTC))
RUNS = st.builds(
    Run,
    INSTANTS,
    INSTANTS,
    *[st.integers(0, 2**63 - 1)] * 5,
    problems=st.lists(st.text(st.characters(exclude_categories=())), max_size=3).map(tuple),
)


@settings(max_examples=examples(15))
@given(run=RUNS)
def test_a_run_comes_back_as_it_was(run: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    database = tmp_path_factory.mktemp("run") / "status.db"
    record(database, run)
    with Ledger.open(database) as ledger:
        assert ledger.last_run() == run
        assert ledger.last_good_run() == (None if run.problems else run)


def test_the_last_run_is_the_last_recorded_even_when_a_clock_went_back(database: Database) -> None:
    ahead = replace(RUN, finished_at=NOON + timedelta(days=1000))
    record(database, ahead, RUN, BAD)
    with Ledger.open(database) as ledger:
        assert (ledger.last_run(), ledger.last_good_run()) == (BAD, RUN)


def test_runs_are_bounded_but_the_last_good_one_stays(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "RUNS_KEPT", 3)
    record(database, RUN, replace(RUN, logs=5), BAD, BAD, BAD, BAD)
    with Ledger.open(database) as ledger:
        assert ledger.info().runs == (BAD, BAD, BAD, replace(RUN, logs=5))
    record(database, replace(RUN, logs=6))
    with Ledger.open(database) as ledger:
        assert ledger.info().runs == (replace(RUN, logs=6), BAD, BAD)


def test_counts_are_sorted_by_time_label_rule_and_status(database: Database, write: Write) -> None:
    # Code points, not letters of a language: Z before a before é before an emoji.
    write(database, {(61, rule, 200): 1 for rule in ("/é", "/a", "/Z", "/😀")}, label="b")
    write(database, {(61, "/a", 500): 2, (61, "/a", 200): 3, (0, "/a", 404): 4})
    write(database, {(1500, "/gone", 404): 5}, label="a")
    with Ledger.open(database) as ledger:
        by_hour = list(ledger.counts("hour"))
        by_day = [(cell.time, cell.requests) for cell in ledger.counts("day")]
    assert by_hour == [
        MinuteCount(0, "", "/a", 404, 4),
        MinuteCount(60, "", "/a", 200, 3),
        MinuteCount(60, "", "/a", 500, 2),
        MinuteCount(60, "b", "/Z", 200, 1),
        MinuteCount(60, "b", "/a", 200, 1),
        MinuteCount(60, "b", "/é", 200, 1),
        MinuteCount(60, "b", "/😀", 200, 1),
        MinuteCount(1500, "a", UNMATCHED, 404, 5),
    ]
    assert by_day == [(0, 3), (0, 4), (0, 2), (0, 1), (0, 1), (0, 1), (0, 1), (1440, 5)]


def test_a_slow_listing_does_not_stop_an_ingest(
    database: Database, write: Write, batch: MakeBatch
) -> None:
    write(database, {(1, "/", 200): 1, (1000, "/", 200): 1})
    with (
        Store.open(database, create=False, clock=noon, busy_timeout=0.05) as store,
        Ledger.open(database) as ledger,
    ):
        listing = ledger.counts("minute")
        first = next(listing)
        store.commit(batch({(2, "/", 200): 7, (1001, "/", 200): 9}, expected=((1, 100),)))
        assert [first, *listing] == [
            MinuteCount(1, "", "/", 200, 1),
            MinuteCount(1000, "", "/", 200, 1),
            MinuteCount(1001, "", "/", 200, 9),
        ]


def test_a_report_sees_one_snapshot(database: Database, write: Write, batch: MakeBatch) -> None:
    write(database, {(1, "/", 200): 1})
    with (
        Ledger.open(database) as ledger,
        Store.open(database, create=False, clock=noon, busy_timeout=0.05) as store,
    ):
        before = ledger.minutes(0, 9)
        held_up = pytest.raises(DatabaseError, match="locked by another program")
        with held_up if isinstance(database, Path) else nullcontext():
            store.commit(batch({(2, "/", 200): 7}, expected=((1, 100),)))
        assert ledger.requests(0, 9) == before


def test_the_figures_of_a_database(database: Database, write: Write) -> None:
    paths = ("/logs/b", "/logs/a")
    seen = tuple(InputFact(path, 1, 2, 3, 4, 5, THIS_STREAM) for path in paths)
    checkpoint = Checkpoint(b"headhead", 100, (Mark(100, b"hundreds"),), 29, "combined")
    lines = {(0, UnreadKind.NOISE, "banner"): 1}
    write(database, COUNTS, checkpoint=checkpoint, inputs=seen, unread=lines)
    record(database, *[BAD] * 11, RUN)
    with Ledger.open(database) as ledger:
        info = ledger.info()
    assert info.path == database
    assert info.size == (database.stat().st_size if isinstance(database, Path) else info.size) > 0
    assert (info.schema_version, info.created_at) == (REVISIONS[-1], NOON)
    assert (info.first, info.newest) == (0, 31)
    assert info.rows == {
        "crowd": 0,
        "crowd_failure": 0,
        "crowd_page": 0,
        "delivery": 0,
        "deploy": 0,
        "extension_flush": 0,
        "extension_span": 0,
        "host": 0,
        "pruned_count": 0,
        "frozen": 0,
        "said": 0,
        "incident": 0,
        "incident_note": 0,
        "input": 2,
        "kept": 0,
        "expectation": 0,
        "maintenance": 0,
        "minute_count": 6,
        "misread": 0,
        "place": 0,
        "placed": 0,
        "notice": 0,
        "page_count": 0,
        "hidden_by_only": 0,
        "hour_duration": 0,
        "day_duration": 0,
        "quarter_count": 5,
        "route": 3,
        "run": 12,
        "settled": 0,
        "stream": 1,
        "unread": 1,
        "url_map": 0,
        "waiting": 2,
    }
    assert (info.answering, info.answering_bound) == (2, 5000)
    assert (info.waiting, info.waiting_bound) == (2, 50_000)
    assert (info.poured, info.other, info.merged) == (0, 0, 0)
    assert info.streams == (StreamInfo(1, "combined", 100, 29, NOON, ("/logs/a", "/logs/b")),)
    assert info.runs == (RUN, *[BAD] * 9)
