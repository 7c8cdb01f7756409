"""The route under which the requests of a path are counted, whatever the cuts and the order."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.model import OTHER, UNMATCHED, Checkpoint, Mark, MinuteCount, MinuteCounts
from flask_status_cli.model.database_url import Database
from flask_status_cli.routes.discovered import crowds
from flask_status_cli.store import Batch, Committed, Ledger, Store, bounds
from flask_status_cli.store.counts.attribution import answers, make_ready
from flask_status_cli.store.database.sqlite import SqliteConnection
from flask_status_cli.store.schema import version
from tests.examples import examples

MakeBatch = Callable[..., Batch]
Write = Callable[..., Committed]
Cells = Mapping[tuple[int, str, int], int]
Cell = tuple[int, str, str, int]
Batches = list[tuple[str, Cells]]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def counts(path: Database, by: Any = "minute") -> dict[Cell, int]:
    with Ledger.open(path) as ledger:
        return listed(ledger, by)


def listed(ledger: Ledger, by: Any) -> dict[Cell, int]:
    rows = list(ledger.counts(by))
    cells = {(row.time, row.label, row.rule, row.status): row.requests for row in rows}
    assert len(cells) == len(rows), "no cell comes twice"
    assert list(cells) == sorted(cells), "sorted by time, label, rule, status"
    return cells


@contextmanager
def stored(batches: Batches, make_batch: MakeBatch) -> Iterator[Ledger]:
    """A ledger of batches that were committed one by one, to a database in memory."""
    nowhere = Path(os.devnull)
    with SqliteConnection("") as connection:
        version.make(connection, now=NOON)
        for number, (label, cells) in enumerate(batches):
            checkpoint = Checkpoint(b"%08d" % number, 100, (Mark(100, b"hundreds"),), newest=None)
            batch = make_batch(cells, label=label, checkpoint=checkpoint)
            Store(connection, nowhere, lambda: NOON).commit(batch)
        connection.exec_driver_sql("BEGIN")
        yield Ledger(connection, nowhere)


# RFC 9110: 2xx are successes, 304 stands for the 200 that a conditional request would have had.
@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, True), (204, True), (299, True), (304, True)]
    + [(code, False) for code in (0, 9, 100, 199, 300, 301, 303, 305, 404, 499, 500, 600)],
)
def test_a_path_answers_with_2xx_and_304(status: int, expected: bool) -> None:
    assert answers(status) is expected


# Each case: the batches in order, the counts at the end, and how many new routes each batch has.
A, B = "/a", "/b"
CASES: dict[str, tuple[list[Cells], dict[tuple[int, str, int], int], list[int]]] = {
    "a path that answers has a route of its own": (
        [{(1, A, 200): 2, (1, A, 500): 1}],
        {(1, A, 200): 2, (1, A, 500): 1},
        [1],
    ),
    "a path that never answered is shown under <unmatched>": (
        [{(1, A, 404): 2, (1, B, 404): 3, (2, B, 500): 1}],
        {(1, UNMATCHED, 404): 5, (2, UNMATCHED, 500): 1},
        [0],
    ),
    "what waited becomes the path's own when it answers, even with an older line": (
        [{(5, A, 404): 2, (9, A, 500): 1}, {(3, A, 304): 1, (5, A, 404): 1}],
        {(3, A, 304): 1, (5, A, 404): 3, (9, A, 500): 1},
        [0, 1],
    ),
    "a path answers for good": (
        [{(1, A, 200): 1}, {(2, A, 500): 1}],
        {(1, A, 200): 1, (2, A, 500): 1},
        [1, 0],
    ),
    "what the tally left unmatched stays so, whatever its status": (
        [{(1, UNMATCHED, 200): 1, (1, UNMATCHED, 404): 2, (1, A, 404): 4}],
        {(1, UNMATCHED, 200): 1, (1, UNMATCHED, 404): 6},
        [0],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_attribution(case: str, database: Database, write: Write) -> None:
    batches, expected, new_routes = CASES[case]
    assert [write(database, cells).new_routes for cells in batches] == new_routes
    assert counts(database) == {
        (minute, "", rule, status): requests
        for (minute, rule, status), requests in expected.items()
    }


def test_labels_answer_and_wait_apart(database: Database, write: Write) -> None:
    write(database, {(1, A, 404): 1}, label="blog")
    write(database, {(1, A, 404): 2}, label="shop")
    write(database, {(1, A, 200): 3}, label="shop")
    assert counts(database) == {
        (1, "blog", UNMATCHED, 404): 1,
        (1, "shop", A, 200): 3,
        (1, "shop", A, 404): 2,
    }


def test_paths_beyond_the_bound_are_other(
    database: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "ANSWERING_BOUND", 1)
    write(database, {(1, B, 404): 5})
    # In one batch the free routes go to the paths that come first in it.
    assert write(database, {(2, A, 200): 1, (2, B, 200): 1, (2, B, 500): 1}).new_routes == 1
    write(database, {(3, B, 500): 1})
    expected = {
        (1, "", OTHER, 404): 5,  # waited, then moved to `<other>`
        (2, "", A, 200): 1,
        (2, "", OTHER, 200): 1,
        (2, "", OTHER, 500): 1,
    }
    # The path is not remembered: its later requests wait again until it answers again.
    assert counts(database) == expected | {(3, "", UNMATCHED, 500): 1}
    write(database, {(4, B, 304): 1, (4, A, 500): 1})
    expected |= {(3, "", OTHER, 500): 1, (4, "", OTHER, 304): 1, (4, "", A, 500): 1}
    assert counts(database) == expected
    with Ledger.open(database) as ledger:
        info = ledger.info()
    assert (info.answering, info.other, info.poured) == (1, 9, 0)


def test_too_many_waiting_rows_make_the_oldest_minutes_unmatched(
    database: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "WAITING_BOUND", 3)
    write(database, {(1, A, 404): 10, (2, A, 404): 20, (2, B, 404): 30})
    with Ledger.open(database) as ledger:
        assert (ledger.info().waiting, ledger.info().poured) == (3, 0)
    write(database, {(3, B, 404): 40, (3, B, 500): 50})
    with Ledger.open(database) as ledger:
        # All of minute 2 becomes unmatched, too, because the three rows of minutes 2 and 3 are too many.
        assert (ledger.info().waiting, ledger.info().poured) == (2, 60)
    write(database, {(4, A, 200): 1, (4, B, 200): 1})
    assert counts(database) == {
        (1, "", UNMATCHED, 404): 10,
        (2, "", UNMATCHED, 404): 50,
        (3, "", B, 404): 40,
        (3, "", B, 500): 50,
        (4, "", A, 200): 1,
        (4, "", B, 200): 1,
    }


def test_paths_that_answer_get_routes_before_waiting_rows_become_unmatched(
    database: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "WAITING_BOUND", 1)
    write(database, {(1, A, 404): 1})
    write(database, {(2, A, 200): 1, (2, B, 404): 1})
    assert counts(database)[1, "", A, 404] == 1


# Minutes across an hour, a day and the epoch, where SQL and Python round differently.
MINUTES = st.sampled_from([-1441, -61, -16, -15, -1, 0, 14, 15, 59, 60, 1439, 1440])
KEYS = st.tuples(
    MINUTES,
    st.sampled_from([A, B, "/c", "/é", UNMATCHED]),
    st.sampled_from([200, 204, 304, 301, 404, 500]),
)
CELLS = st.dictionaries(KEYS, st.integers(1, 9), max_size=12)
BATCHES = st.lists(st.tuples(st.sampled_from(["", "shop"]), CELLS), max_size=6)


def added(batches: Batches, *, floor: int = 1) -> Counter[Cell]:
    """The definition: a path that answers anywhere has all its requests, the others are unmatched."""
    answering = {
        (label, rule)
        for label, cells in batches
        for _, rule, status in cells
        if (status in range(200, 300) or status == 304) and rule != UNMATCHED
    }
    total: Counter[Cell] = Counter()
    for label, cells in batches:
        for (minute, rule, status), requests in cells.items():
            shown = rule if (label, rule) in answering else UNMATCHED
            total[minute // floor * floor, label, shown, status] += requests
    return total


def by_status(cells: Mapping[Cell, int]) -> Counter[tuple[int, str, int]]:
    total: Counter[tuple[int, str, int]] = Counter()
    for (minute, label, _, status), requests in cells.items():
        total[minute, label, status] += requests
    return total


@settings(max_examples=examples(20))
@given(batches=BATCHES)
def test_counts_do_not_depend_on_cuts_or_order(batches: Batches, batch: MakeBatch) -> None:
    with stored(batches, batch) as ledger:
        for by, floor in (("minute", 1), ("hour", 60), ("day", 1440)):
            assert listed(ledger, by) == added(batches, floor=floor)


PAGES = st.sampled_from(
    [f"/{parent}{n}" for parent in ("", "blog/", "blog/tags/") for n in range(4)]
)
"""With the limit of one page below a parent, two of these form a crowd."""

VISITS = st.dictionaries(
    st.tuples(st.integers(0, 30), st.one_of(PAGES, st.just(UNMATCHED)), st.sampled_from([200, 404, 503])),
    st.integers(1, 9), max_size=8,
)  # fmt: skip


@settings(max_examples=examples(15))
@given(visits=st.lists(VISITS, max_size=5), answering=st.sampled_from([2, 100]))
def test_what_is_found_out_about_a_batch_before_its_turn_changes_nothing(
    visits: list[Cells], answering: int, batch: MakeBatch
) -> None:
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowds, "SLUG_LIMIT", 1)
        patch.setattr(bounds, "ANSWERING_BOUND", answering)
        for early in (False, True):
            with SqliteConnection("") as connection:
                version.make(connection, now=NOON)
                store = Store(connection, Path(os.devnull), lambda: NOON)
                results = []
                for number, cells in enumerate(visits):
                    checkpoint = Checkpoint(
                        b"%08d" % number, 9, (Mark(9, b"hundreds"),), newest=None
                    )
                    made = batch(cells, checkpoint=checkpoint)
                    if early:
                        known = make_ready(store._book, made.counts)  # noqa: SLF001 - as `made_ready` does
                        made = replace(made, ready=known)
                        assert known is not None or number == 0
                    results.append(store.commit(made))
                    store.follow()
                connection.exec_driver_sql("BEGIN")
                ledger = Ledger(connection, Path(os.devnull))
                found.append(
                    (results, listed(ledger, "minute"), listed(ledger, "day"), ledger.info())
                )
    assert found[0] == found[1]


def test_a_batch_that_forms_a_crowd_is_counted_for_it_although_its_routes_were_known_before(
    database: Database, batch: MakeBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "SLUG_LIMIT", 1)
    visits: list[Cells] = [{(1, "/a1", 200): 1}, {(2, "/a1", 200): 2, (2, "/a2", 200): 3}]
    with Store.open(database, create=True, clock=lambda: NOON) as store:
        for number, cells in enumerate(visits):
            checkpoint = Checkpoint(b"%08d" % number, 9, (Mark(9, b"hundreds"),), newest=None)
            made = batch(cells, checkpoint=checkpoint)
            made = replace(made, ready=make_ready(store._book, made.counts))  # noqa: SLF001
            store.commit(made, lock=ExitStack())
            store.follow()
    assert counts(database) == {(1, "", "/<slug>", 200): 1, (2, "", "/<slug>", 200): 5}


@settings(max_examples=examples(20))
@given(batches=BATCHES, answering=st.integers(0, 2), waiting=st.integers(0, 3))
def test_sums_by_minute_and_status_stay_exact_within_tight_bounds(
    batches: Batches,
    answering: int,
    waiting: int,
    batch: MakeBatch,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "ANSWERING_BOUND", answering)
        patch.setattr(bounds, "WAITING_BOUND", waiting)
        with stored(batches, batch) as ledger:
            for by, floor in (("minute", 1), ("hour", 60), ("day", 1440)):
                assert by_status(listed(ledger, by)) == by_status(added(batches, floor=floor))
            info, rows = ledger.info(), list(ledger.counts("minute"))
    assert info.answering <= answering
    assert info.waiting <= waiting
    assert info.other == requests_under(rows, OTHER)
    assert info.poured <= requests_under(rows, UNMATCHED)


SCANNED = {(1, "", UNMATCHED, 404): 1, (2, "", UNMATCHED, 404): 5, (5, "", UNMATCHED, 404): 4,
           (6, "", UNMATCHED, 404): 11}  # fmt: skip
"""The counts of the two batches of the test below. The rows of minute 6 wait."""


@pytest.mark.parametrize(
    ("between", "changes", "poured"),
    [
        ("nothing", {}, 10),
        ("another program stores", {(3, "", UNMATCHED, 404): 7}, 17),
        ("a path answers", {(2, "", UNMATCHED, 404): 3, (2, "", "/b", 404): 2, (4, "", "/b", 200): 1}, 8),
        ("a virtual host has a label",
         {(1, "shop", UNMATCHED, 404): 7, (2, "shop", UNMATCHED, 404): 9}, 26),
    ],
)  # fmt: skip
def test_stored_waiting_rows_become_unmatched_once(
    database: Database,
    batch: MakeBatch,
    monkeypatch: pytest.MonkeyPatch,
    between: str,
    changes: dict[Cell, int],
    poured: int,
) -> None:
    """A store remembers the sums of the rows of its last batch, as long as they are all."""

    def made(number: int, cells: Cells, **more: Any) -> Batch:
        checkpoint = Checkpoint(b"%08d" % number, 9, (Mark(9, b"hundreds"),), newest=None)
        return batch(cells, checkpoint=checkpoint, **more)

    monkeypatch.setattr(bounds, "WAITING_BOUND", 2)
    keys = [("/p", 404), ("/s", 404), ("/t", 404)]
    shop = MinuteCounts("shop", keys, {1: {0: 7}, 2: {1: 4, 2: 5}})
    hosts = {"of_hosts": (shop,), "named": True} if "host" in between else {}
    answer = {(4, "/b", 200): 1} if "answers" in between else {}
    with Store.open(database, create=True, clock=lambda: NOON) as store:
        first = {(1, "/a", 404): 1, (2, "/b", 404): 2, (2, "/c", 404): 3}
        store.commit(made(1, first, **hosts), lock=ExitStack())
        if "program" in between:
            with Store.open(database, create=False, clock=lambda: NOON) as other:
                other.commit(made(2, {(3, "/x", 404): 7}))
        last = {(5, "/d", 404): 4, (6, "/e", 404): 5, (6, "/f", 404): 6}
        store.commit(made(3, {**answer, **last}), lock=ExitStack())
    assert counts(database) == SCANNED | changes
    with Ledger.open(database) as ledger:
        assert ledger.info().poured == poured


def requests_under(rows: list[MinuteCount], rule: str) -> int:
    return sum(cell.requests for cell in rows if cell.rule == rule)
