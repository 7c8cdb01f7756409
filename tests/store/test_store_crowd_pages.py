"""The pages of crowds that are stored separately: which, since when, how many, and until when.

By hand: `SEEDS=500 pytest -n 2 tests/store/test_store_crowd_pages.py`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.model import (
    IncidentAnchor,
    IncidentNote,
    Route,
    RuleSource,
    UrlMap,
    UrlRule,
)
from flask_status_cli.model.database_url import Database
from flask_status_cli.routes import RuleReassignment
from flask_status_cli.store import Ledger, Store
from flask_status_cli.store.crowds import page_minutes

Write = Callable[..., Any]
Cells = dict[tuple[int, str, int], int]

SEEDS = int(os.environ.get("SEEDS", "2"))
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
POSTS = [f"/blog/post-{n}" for n in range(21)]
ANSWERS: Cells = {(1, post, 200): 1 for post in POSTS}
LATER = 1000


def pages(path: Database, *, until: int = LATER) -> dict[str, dict[tuple[int, int], int]]:
    """Return what is known of each page: requests by minute and status."""
    with Ledger.open(path) as ledger:
        found = ledger.page_failures([500, 502, 503], until=until)
        keys = sorted({(label, page) for label, page, *_ in found})
        known: dict[str, dict[tuple[int, int], int]] = {page: {} for _, page in keys}
        for _, page, minute, status, requests in ledger.pages(keys, until=until):
            known[page][minute, status] = requests
        return known


def test_a_page_is_stored_from_its_first_server_error_on(database: Database, write: Write) -> None:
    write(database, ANSWERS)
    write(database, {(2, POSTS[3], 200): 5, (3, POSTS[3], 500): 1, (3, POSTS[3], 200): 2})
    write(database, {(4, POSTS[3], 200): 7, (4, POSTS[4], 200): 9, (5, POSTS[3], 404): 1})
    assert pages(database) == {POSTS[3]: {(3, 200): 2, (3, 500): 1, (4, 200): 7, (5, 404): 1}}


def test_requests_of_a_route_or_waiting_path_become_those_of_a_page_of_the_crowd(
    database: Database, write: Write
) -> None:
    early = {(1, post, 200): 1 for post in POSTS[:20]}
    write(database, {**early, (2, POSTS[0], 503): 2, (3, POSTS[0], 200): 4})
    write(database, {(4, "/blog/new-1", 500): 3, (3, "/blog/new-1", 404): 1})
    assert pages(database) == {}
    write(database, {(5, POSTS[20], 200): 1})
    assert pages(database) == {
        POSTS[0]: {(2, 503): 2, (3, 200): 4},
        "/blog/new-1": {(4, 500): 3},
    }


def test_errors_before_the_newest_minute_of_the_crowd_do_not_show_the_state_of_a_page(
    database: Database, write: Write
) -> None:
    write(database, ANSWERS | {(50, POSTS[3], 200): 1})
    write(database, {(10, POSTS[3], 500): 9, (50, POSTS[3], 500): 1, (51, POSTS[3], 500): 1})
    assert pages(database) == {POSTS[3]: {(50, 500): 1, (51, 500): 1}}


def test_an_entry_in_the_future_does_not_hide_a_page(database: Database, write: Write) -> None:
    write(database, ANSWERS | {(10**6, POSTS[4], 200): 1})
    write(database, {(10, POSTS[3], 500): 9})
    assert pages(database) == {POSTS[3]: {(10, 500): 9}}


def test_pages_of_a_crowd_move_with_it_to_another_crowd(database: Database, write: Write) -> None:
    write(database, {(1, f"/a-1/post-{n}", 200): 1 for n in range(21)})
    write(database, {(2, "/a-1/post-3", 500): 2})
    write(database, {(3, f"/a-{parent}/about", 200): 1 for parent in range(21)})
    write(database, {(4, "/a-1/post-3", 500): 3})
    with Ledger.open(database) as ledger:
        ((_, page, crowd, *_), *_) = ledger.page_failures([500], until=LATER)
        assert (page, ledger.routes()[crowd].rule) == ("/a-1/post-3", "/<slug>/<slug2>")
    assert pages(database) == {"/a-1/post-3": {(2, 500): 2, (4, 500): 3}}


def test_of_fifty_pages_half_have_most_errors_and_half_failed_last(
    database: Database, write: Write
) -> None:
    write(database, ANSWERS)
    many = {(2, f"/blog/many-{n:02}", 500): 9 for n in range(60)}
    last = {(3, f"/blog/last-{n:02}", 500): 1 for n in range(60)}
    write(database, many | last)
    known = sorted(pages(database))
    assert known == [f"/blog/{kind}-{n:02}" for kind in ("last", "many") for n in range(25)]


def test_pages_that_recovered_are_dropped_first(database: Database, write: Write) -> None:
    write(database, ANSWERS | {(2, f"/blog/page-{n:02}", 500): 9 for n in range(50)})
    write(database, {(3, "/blog/page-49", 200): 1})
    write(database, {(4, "/blog/new", 500): 1, (4, "/blog/new-1", 500): 1})
    known = pages(database)
    assert len(known) == 50
    assert "/blog/page-49" not in known
    assert "/blog/new-1" in known


@pytest.mark.parametrize(("rows", "stay"), [(40, 4), (10, 3)])
def test_the_number_of_rows_is_bounded_too_but_some_pages_stay(
    database: Database, write: Write, monkeypatch: pytest.MonkeyPatch, rows: int, stay: int
) -> None:
    monkeypatch.setattr(page_minutes, "ROWS", rows)
    monkeypatch.setattr(page_minutes, "ALWAYS", 3)
    write(database, ANSWERS)
    write(database, {(m, f"/blog/page-{n}", 500): 9 - n for n in range(9) for m in range(2, 12)})
    assert sorted(pages(database)) == [f"/blog/page-{n}" for n in range(stay)]


@pytest.mark.parametrize(("minutes", "stays"), [(24 * 60, True), (24 * 60 + 1, False)])
def test_of_pages_that_failed_within_a_day_of_the_last_failure_those_with_most_errors_stay(
    database: Database, write: Write, minutes: int, stays: bool
) -> None:
    write(database, ANSWERS)
    write(database, {(2, "/blog/often-1", 500): 100})
    write(database, {(2 + minutes, f"/blog/once-{n:02}", 500): 1 for n in range(59)})
    known = pages(database, until=5000)
    assert len(known) == 50
    assert ("/blog/often-1" in known) is stays


def test_a_page_whose_incident_has_a_note_stays(database: Database, write: Write) -> None:
    write(database, ANSWERS | {(2, "/blog/noted-1", 500): 1})
    with Store.open(database, create=False, clock=lambda: NOON) as store:
        anchor = IncidentAnchor("0badcafe", "", "/blog/noted-1", 2)
        store.write_note(anchor, IncidentNote("Database full"))
    write(database, {(3, "/blog/noted-1", 200): 1})
    write(database, {(900, f"/blog/page-{n:02}", 500): 9 for n in range(60)})
    known = pages(database)
    assert len(known) == 50
    assert "/blog/noted-1" in known


def test_forgetting_a_crowd_deletes_its_pages(database: Database, write: Write) -> None:
    write(database, ANSWERS)
    write(database, {(2, POSTS[3], 500): 2})
    with Store.open(database, create=False, clock=lambda: NOON) as store:
        store.forget([Route("", "/blog/<slug>")])
    assert kept(database) == (0, 0)


def test_a_declared_rule_has_no_pages(database: Database, write: Write) -> None:
    write(database, ANSWERS)
    write(database, {(2, POSTS[3], 500): 2})
    with Store.open(database, create=False, clock=lambda: NOON) as store:
        posts = UrlMap((UrlRule("/blog/<title>"),))
        store.declare("", RuleSource.APP, posts, placing=lambda maps: RuleReassignment(maps).place)
    write(database, {(3, "/blog/<title>", 500): 2})
    assert kept(database) == (0, 0)


def kept(path: Database) -> tuple[int, int]:
    with Ledger.open(path) as ledger:
        rows = ledger.info().rows
    return rows["crowd_page"], rows["page_count"]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_cuts_in_order_of_time_do_not_change_the_stored_pages(
    seed: int, tmp_path: Path, write: Write
) -> None:
    chance = random.Random(seed)
    posts = [f"/blog/post-{n}" for n in range(25)]
    broken = set(chance.sample(posts, 3))
    minutes: list[Cells] = []
    for minute in range(1, 60):
        asked = [post for post in posts if chance.random() < 0.5]
        failing = {post for post in broken if chance.random() < minute / 60}
        minutes.append({(minute, post, 500 if post in failing else 200): 1 for post in asked})
    write(tmp_path / "whole.db", {key: n for cells in minutes for key, n in cells.items()})
    at = 0
    while at < len(minutes):
        several = minutes[at : at + chance.choice([1, 2, 9])]
        write(tmp_path / "cut.db", {key: n for cells in several for key, n in cells.items()})
        at += len(several)
    known = pages(tmp_path / "whole.db")
    assert broken == known.keys()
    assert pages(tmp_path / "cut.db") == known
