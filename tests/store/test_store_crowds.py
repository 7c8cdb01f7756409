"""Stored routes become part of crowds, whatever the cuts, the order, and the kills.

By hand: `SEEDS=3000 pytest -n 2 tests/store/test_store_crowds.py`.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flask_status_cli.model import (
    UNMATCHED,
    Checkpoint,
    Mark,
    PathFailures,
    Route,
    RuleSource,
    UrlMap,
    UrlRule,
)
from flask_status_cli.model.database_url import Database
from flask_status_cli.routes import RuleReassignment
from flask_status_cli.routes.discovered import crowds
from flask_status_cli.store import Batch, Committed, FindDeclared, Ledger, Store
from flask_status_cli.store.database.sqlite import SqliteConnection
from flask_status_cli.store.routes import merged_counts
from flask_status_cli.store.schema import version
from tests.plain_crowds import PlainCrowds

MakeBatch = Callable[..., Batch]
Write = Callable[..., Committed]
Line = tuple[int, str, int]
Cell = tuple[int, str, str, int]

SEEDS = int(os.environ.get("SEEDS", "10"))
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SLUGS = ["x1", "y-2-3", "z-long-one", "p9", "q-8", "r7", "s_5", "t-4-4"]
SEGMENTS = ["a", "b", "login", "blog", "t", "u", "<int:id>", *SLUGS]
KEPT = "/blog/x1*"


@pytest.fixture
def small_crowds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "SLUG_LIMIT", 3)
    monkeypatch.setattr(crowds, "WORD_LIMIT", 4)
    monkeypatch.setattr(merged_counts, "ROWS_AT_ONCE", 7)


class Life:
    """A database in memory that several stores write one after the other. Some of them are killed."""

    def __init__(self, chance: random.Random, make: MakeBatch) -> None:
        self.connection = SqliteConnection("")
        version.make(self.connection, now=NOON)
        self.chance, self.make, self.batches = chance, make, 0
        self.store = self.new_store()

    def new_store(self) -> Store:
        return Store(self.connection, Path(os.devnull), lambda: NOON, keep=[KEPT])

    def write(self, lines: list[Line]) -> None:
        self.batches += 1
        checkpoint = Checkpoint(b"%08d" % self.batches, 100, (Mark(100, b"hundreds"),), newest=None)
        self.store.commit(self.make(Counter(lines), checkpoint=checkpoint))
        if self.chance.random() < 0.5:
            self.store.follow()
        elif self.chance.random() < 0.5:
            self.kill_while_following()
        if self.chance.random() < 0.5:
            self.store = self.new_store()

    def kill_while_following(self) -> None:
        """Do some of the steps of `Store.follow`, as a process that is killed."""
        steps = merged_counts.steps(self.connection)
        for step in steps[: self.chance.randrange(len(steps) + 1)]:
            merged_counts.move(self.connection, *step)

    def ledger(self) -> Ledger:
        self.connection.exec_driver_sql("BEGIN")
        merged_counts.redirect_reader(self.connection)
        return Ledger(self.connection, Path(os.devnull))

    def leave(self) -> None:
        self.connection.exec_driver_sql("COMMIT")
        for table in merged_counts.TIERS:
            self.connection.exec_driver_sql(f"DROP VIEW IF EXISTS temp.{table.name}")


@pytest.fixture
def new_life(batch: MakeBatch) -> Iterator[Callable[[int], Life]]:
    lives = []

    def begin(seed: int) -> Life:
        lives.append(Life(random.Random(seed), batch))
        return lives[-1]

    yield begin
    for life in lives:
        life.connection.close()


def a_log(chance: random.Random) -> list[Line]:
    """Requests in a few minutes; many paths only ever fail, and few parents have many pages."""
    heads = chance.sample(SEGMENTS, chance.randrange(1, 4))
    paths = sorted(
        "/" + "/".join([chance.choice(heads), *chance.choices(SEGMENTS, k=chance.randrange(1, 4))])
        for _ in range(chance.randrange(5, 60))
    )
    codes = {
        path: chance.choice([[200, 500], [304, 404], [200], [404], [500, 404]]) for path in paths
    }
    return [
        (chance.choice([-1, 0, 14, 15, 59, 60]), path, chance.choice(codes[path]))
        for path in chance.sample(paths, len(paths))
        + chance.choices(paths, k=chance.randrange(100))
    ]


def cut(chance: random.Random, lines: list[Line]) -> Iterator[list[Line]]:
    """The lines in pieces of any length, in any order."""
    lines = chance.sample(lines, len(lines)) if chance.random() < 0.5 else lines
    while lines:
        length = chance.choice([3, 10, 10, 30])
        yield lines[:length]
        lines = lines[length:]


def expected(lines: list[Line], floor: int = 1) -> Counter[Cell]:
    answering = {path for _, path, status in lines if status in range(200, 300) or status == 304}
    plain = PlainCrowds(answering, slugs=3, words=4, keep=[KEPT])
    routes = {plain.rule(path) for path in answering}
    total: Counter[Cell] = Counter()
    for minute, path, status in lines:
        rule = plain.rule(path)
        total[minute // floor * floor, "", rule if rule in routes else UNMATCHED, status] += 1
    return total


def listed(ledger: Ledger, by: str) -> dict[Cell, int]:
    rows = ledger.counts(by)  # type: ignore[arg-type]  # "minute" or "hour"
    return {(row.time, row.label, row.rule, row.status): row.requests for row in rows}


@pytest.mark.usefixtures("small_crowds")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_routes_and_counts_do_not_depend_on_cuts_order_or_kills(
    seed: int, new_life: Callable[[int], Life]
) -> None:
    life = new_life(seed)
    lines, read = a_log(life.chance), []
    for part in cut(life.chance, lines):
        life.write(part)
        read += part
        if life.chance.random() < 0.3 or len(read) == len(lines):
            ledger = life.ledger()
            assert listed(ledger, "minute") == expected(read)
            assert listed(ledger, "hour") == expected(read, floor=60)
            life.leave()
    life.store.follow()
    ledger = life.ledger()
    assert listed(ledger, "minute") == expected(lines)
    assert {each.rule for each in ledger.routes().values()} >= {key[2] for key in expected(lines)}
    assert list(ledger.problems()) == []
    life.leave()


# One batch after the other, with the design's own bounds.
POSTS = [f"/blog/post-{n}" for n in range(21)]


def routes_of(path: Database) -> dict[str, Route]:
    with Ledger.open(path) as ledger:
        return {route.rule: route for route in ledger.routes().values()}


def requests(path: Database) -> dict[tuple[str, int], int]:
    with Ledger.open(path) as ledger:
        routes = ledger.routes()
        return {(routes[n].rule, s): requests for n, s, requests in ledger.minutes(0, 10**6)}


def test_a_crowd_includes_stored_waiting_and_later_requests(
    database: Database, write: Write
) -> None:
    write(database, {(1, "/blog/.env", 404): 7} | {(2, post, 200): 1 for post in POSTS[:20]})
    assert len(routes_of(database)) == 21, "twenty posts, and <unmatched>"
    assert write(database, {(3, POSTS[20], 200): 1}).new_routes == 1
    write(database, {(4, "/blog/wp-login.php", 404): 5, (4, "/blog/archive", 404): 3})
    assert requests(database) == {
        ("/blog/<slug>", 200): 21,
        ("/blog/<slug>", 404): 12,
        (UNMATCHED, 404): 3,
    }
    with Ledger.open(database) as ledger:
        assert ledger.info().crowds == (("", "/blog/<slug>"),)
    assert routes_of(database)["/blog/<slug>"].crowd


def test_named_described_and_declared_routes_stay(database: Database, write: Write) -> None:
    write(database, {(1, post, 200): 1 for post in POSTS[:18]})
    with Store.open(database, create=False, clock=lambda: NOON) as store:
        store.name(Route("", POSTS[0]), "The first one")
        store.describe(Route("", POSTS[1]), "The second one")
        store.declare("", RuleSource.HAND, UrlMap((UrlRule(POSTS[2]),)), placing=lambda _: no_place)
    write(database, {(2, f"/blog/later-{n}", 200): 1 for n in range(20)})
    assert routes_of(database).keys() == {*POSTS[:3], "/blog/<slug>"}


def no_place(rule: str, *, hasty: bool = False) -> str | None:
    return None


def test_a_crowd_does_not_inherit_a_hidden_mark(database: Database, write: Write) -> None:
    write(database, {(1, post, 200): 1 for post in POSTS[:20]})
    with Store.open(database, create=False, clock=lambda: NOON) as store:
        store.hide([Route("", POSTS[3])])
    (folding,) = write(database, {(2, POSTS[20], 200): 1}).foldings
    assert (folding.hidden, folding.moved[POSTS[3]]) == ((POSTS[3],), "/blog/<slug>")
    assert not routes_of(database)["/blog/<slug>"].hidden


def test_a_crowd_keeps_the_server_errors_of_its_pages_by_path(
    database: Database, write: Write
) -> None:
    write(database, {(1, post, 200): 1 for post in POSTS[:20]} | {(1, POSTS[0], 503): 2})
    write(database, {(2, "/blog/new-1", 500): 4})  # waits
    write(database, {(3, POSTS[20], 200): 1})
    write(database, {(4, POSTS[0], 500): 1, (4, "/blog/new-2", 502): 1, (4, "/blog/new-2", 404): 9})
    write(database, {(2, "/blog/new-2", 502): 1})  # of another log, and earlier
    with Ledger.open(database) as ledger:
        assert ledger.crowd_failures("", "/blog/<slug>") == (
            PathFailures("/blog/new-1", {500: 4}),
            PathFailures(POSTS[0], {500: 1, 503: 2}),
            PathFailures("/blog/new-2", {502: 2}),
        )
        newer = ledger.crowd_failures("", "/blog/<slug>", since=3)
        assert [each.path for each in newer] == ["/blog/new-2", POSTS[0]]


def test_of_more_than_fifty_failing_pages_the_worst_are_stored(
    database: Database, write: Write
) -> None:
    write(database, {(1, post, 200): 1 for post in POSTS})
    write(database, {(2, f"/blog/bad-{n}", 500): n for n in range(1, 61)})
    write(database, {(3, "/blog/bad-1", 500): 100})
    with Ledger.open(database) as ledger:
        found = ledger.crowd_failures("", "/blog/<slug>")
    assert [found[0], found[-1]] == [
        PathFailures("/blog/bad-1", {500: 100}),
        PathFailures("/blog/bad-12", {500: 12}),
    ]
    assert len(found) == 50


def test_requests_folded_before_a_rule_or_keep_was_given_are_counted(
    database: Database, write: Write, batch: MakeBatch
) -> None:
    write(database, {(1, post, 200): 2 for post in POSTS} | {(1, "/blog", 200): 1})
    both = UrlMap((UrlRule("/blog/post-3"), UrlRule("/blog/<title>")))

    def placing(maps: tuple[UrlMap, ...]) -> FindDeclared:
        return RuleReassignment(maps).place

    with Store.open(database, create=False, clock=lambda: NOON) as store:
        for _ in range(2):  # given twice, it is counted once
            done = store.declare("", RuleSource.HAND, both, placing=placing)
            assert done.unclear == {"/blog/<slug>": 42}
    with Ledger.open(database) as ledger:
        assert ledger.info().merged == 42
    with Store.open(database, create=False, clock=lambda: NOON, keep=["/b*", "/shop"]) as store:
        store.declare("", RuleSource.HAND, None, placing=placing)
        store.commit(batch({(3, "/blog/post-7", 200): 1}, expected=((1, 100),), stream=1))
    assert (POSTS[7], 200) in requests(database)
    with Ledger.open(database) as ledger:
        assert ledger.info().merged == 84


def test_a_rule_that_matches_all_pages_of_a_crowd_gets_their_requests(
    database: Database, write: Write
) -> None:
    write(database, {(1, post, 200): 2 for post in POSTS} | {(1, "/blog/nope-1", 404): 1})
    with Store.open(database, create=False, clock=lambda: NOON) as store:
        posts = UrlMap((UrlRule("/blog/<slug>"),))
        store.declare("", RuleSource.APP, posts, placing=lambda maps: RuleReassignment(maps).place)
    assert requests(database) == {("/blog/<slug>", 200): 42, ("/blog/<slug>", 404): 1}
    assert not routes_of(database)["/blog/<slug>"].crowd
    with Ledger.open(database) as ledger:
        assert ledger.info().merged == 0
