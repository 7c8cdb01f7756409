"""Rules that are declared later get requests counted before, at the same minute and status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.model import (
    UNMATCHED,
    Declaration,
    IncidentAnchor,
    Origin,
    Route,
    RuleSource,
    UrlMap,
    UrlRule,
)
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.pruning import ClosedEpisode, ClosedEpisodes
from flask_status_cli.model.route.url_rules import MovedRequests
from flask_status_cli.routes import RuleReassignment, finder, fold
from flask_status_cli.store import Batch, Committed, Ledger, Store, StreamsChanged
from flask_status_cli.store.database.connection import Mode, connect
from flask_status_cli.store.incidents import closed_episodes, notes
from tests.examples import examples

MakeBatch = Callable[..., Batch]
Write = Callable[..., Committed]

GET = ("GET", "HEAD", "OPTIONS")

SHOP = (
    UrlRule("/", methods=GET),
    UrlRule("/users/<int:id>", "user", GET, name="A user", group="users"),
    UrlRule("/users/<int:id>", "save", ("OPTIONS", "POST")),
    UrlRule("/users/<name>", "by_name", GET),
    UrlRule("/static/<path:filename>"),
)
APP = UrlMap(SHOP, complete=True)


def noon() -> datetime:
    return datetime(2026, 11, 23, 12, tzinfo=UTC)


def declare(
    path: Database, url_map: UrlMap | None, source: RuleSource = RuleSource.APP, label: str = ""
) -> Declaration:
    with Store.open(path, create=True, clock=noon) as store:
        return store.declare(
            label, source, url_map, placing=lambda maps: RuleReassignment(maps).place
        )


def counted(path: Database) -> dict[tuple[str, int], int]:
    """Requests by rule and status (both tiers must agree); waiting ones as unmatched."""
    with Ledger.open(path) as ledger:
        routes = ledger.routes()
        by_tier = [
            Counter({(routes[n].rule, status): requests for n, status, requests in rows})
            for rows in (ledger.minutes(0, 10**6), ledger.requests(0, 10**6))
        ]
    assert by_tier[0] == by_tier[1]
    return dict(by_tier[0])


def known(path: Database) -> dict[str, Route]:
    with Ledger.open(path) as ledger:
        return {route.rule: route for route in ledger.routes().values()}


BEFORE = {
    (1, "/", 200): 1,
    (2, "/users/<int:id>", 200): 2,
    (20, "/users/<uuid:id>", 200): 4,
    (20, "/users/alice", 200): 8,
    (21, "/users/<str>", 404): 16,  # waits
    (40, "/static/<path:file>", 304): 32,
    (41, "/gone/<int:id>", 200): 64,
    (42, UNMATCHED, 404): 128,
}


def test_counted_requests_move_to_the_declared_rule(database: Database, write: Write) -> None:
    write(database, BEFORE)
    done = declare(database, APP)
    assert counted(database) == {
        ("/", 200): 1,
        ("/users/<int:id>", 200): 2,
        ("/users/<name>", 200): 12,
        ("/users/<name>", 404): 16,
        ("/static/<path:filename>", 304): 32,
        ("/gone/<int:id>", 200): 64,
        (UNMATCHED, 404): 128,
    }
    assert done == Declaration(
        rules=4,
        added=("/users/<name>", "/static/<path:filename>"),
        changed=("/", "/users/<int:id>"),
        moves=(
            MovedRequests("/static/<path:file>", "/static/<path:filename>", 32),
            MovedRequests(UNMATCHED, "/users/<name>", 16),
            MovedRequests("/users/alice", "/users/<name>", 8),
            MovedRequests("/users/<uuid:id>", "/users/<name>", 4),
        ),
        foreign={"/gone/<int:id>": 64},
        unknown=128,
    )


def test_requests_that_may_belong_to_several_rules_stay(database: Database, write: Write) -> None:
    rules = (UrlRule("/posts/2024"), UrlRule("/posts/<int:n>"), UrlRule("/form", methods=("GET",)))
    write(database, {(1, "/posts/<int:id>", 200): 5, (1, "/form", 200): 7})
    done = declare(database, UrlMap((*rules, UrlRule("/<path:rest>", methods=("POST",)))))
    assert done.unclear == {"/posts/<int:id>": 5, "/form": 7}
    assert done.moved == 0
    assert counted(database) == {("/posts/<int:id>", 200): 5, ("/form", 200): 7}


def test_declaring_the_same_again_changes_nothing(database: Database, write: Write) -> None:
    write(database, BEFORE)
    declare(database, APP)
    before, routes = counted(database), known(database)
    done = declare(database, APP)
    assert done.same
    assert (counted(database), known(database)) == (before, routes)


def test_a_declared_route_exists_before_its_first_request(database: Database) -> None:
    declare(database, APP)
    assert known(database)["/users/<int:id>"] == Route(
        "",
        "/users/<int:id>",
        name="A user",
        origin=Origin.APP,
        endpoint="user",
        group="users",
        methods=("GET", "HEAD", "OPTIONS", "POST"),
    )


def test_a_declared_route_need_not_answer(database: Database, write: Write) -> None:
    declare(database, APP)
    write(database, {(1, "/users/<int:id>", 404): 1, (1, "/wp-login.php", 404): 2})
    assert counted(database) == {("/users/<int:id>", 404): 1, (UNMATCHED, 404): 2}


def test_a_rule_that_is_no_longer_declared_keeps_its_counts(
    database: Database, write: Write
) -> None:
    declare(database, APP)
    write(database, {(1, "/users/<int:id>", 200): 1})
    done = declare(database, UrlMap(SHOP[:1], complete=True))
    assert set(done.left) == {"/users/<int:id>", "/users/<name>", "/static/<path:filename>"}
    routes = known(database)
    assert {rule: route.retired for rule, route in routes.items()} == {
        "/": False,
        "/users/<int:id>": True,
    }
    assert counted(database) == {("/users/<int:id>", 200): 1}
    assert declare(database, APP).changed == ("/users/<int:id>",)  # and comes back
    assert not known(database)["/users/<int:id>"].retired


def test_the_rules_of_all_sources_are_merged(database: Database, write: Write) -> None:
    declare(database, UrlMap((UrlRule("/", name="Home"), UrlRule("/own"))), RuleSource.FILE)
    declare(database, UrlMap((UrlRule("/", "index", name="index", doc="All."),)))
    routes = known(database)
    assert (routes["/"].name, routes["/"].doc, routes["/"].endpoint) == ("Home", "All.", "index")
    assert (routes["/"].origin, routes["/own"].origin) == (Origin.APP, Origin.CONFIGURED)
    declare(database, None, RuleSource.FILE)
    assert {rule: route.name for rule, route in known(database).items()} == {"/": "index"}


def test_labels_do_not_mix(database: Database, write: Write) -> None:
    write(database, {(1, "/users/alice", 200): 1}, label="other")
    assert declare(database, APP, label="shop").moved == 0
    assert declare(database, APP, label="other").moved == 1


def mark(database: Database, what: str) -> None:
    with closing(connect(database, Mode.WRITE)) as connection:
        connection.exec_driver_sql(f"UPDATE route SET {what} WHERE rule = '/users/alice'")


def test_names_and_marks_of_the_user_move_with_the_requests(
    database: Database, write: Write
) -> None:
    write(database, {(1, "/users/alice", 200): 1})
    mark(database, "given_name = 'Alice', given_doc = 'Her page', hidden = TRUE")
    declare(database, APP)
    route = known(database)["/users/<name>"]
    assert (route.name, route.doc, route.hidden) == ("Alice", "Her page", True)
    declare(database, UrlMap((*SHOP, UrlRule("/more")), complete=True))
    route = known(database)["/users/<name>"]
    assert (route.name, route.doc, route.hidden) == ("Alice", "Her page", True)


def test_an_announced_incident_is_found_under_the_declared_rule(
    database: Database, write: Write
) -> None:
    write(database, {(1, "/users/alice", 200): 1})
    told = IncidentAnchor("0123abcd", "", "/users/alice", 1)
    with closing(connect(database, Mode.WRITE)) as connection:
        notes.anchor(connection, told)
    declare(database, APP)
    with closing(connect(database, Mode.READ)) as connection:
        assert notes.anchors(connection) == (replace(told, rule="/users/<name>"),)


def test_closed_episodes_are_found_under_the_declared_rule(
    database: Database, write: Write
) -> None:
    write(database, {(1, f"/users/{name}", 200): 1 for name in ("alice", "bob")})
    first = ClosedEpisode("", "/users/alice", 1, 9, bad=4, decided=20, recovered=True)
    both = [replace(first, rule="/users/bob"), replace(first, start=40, last=50)]
    with closing(connect(database, Mode.WRITE)) as connection:
        closed_episodes.write(connection, ClosedEpisodes(60, (first, *both)))
    declare(database, APP)
    with Ledger.open(database) as ledger:
        known_now = ledger.closed_episodes()
    assert known_now is not None
    moved = {each.start for each in known_now.episodes if each.rule == "/users/<name>"}
    assert moved == {1, 40}


def test_a_configuration_hides_and_shows(database: Database) -> None:
    declare(database, UrlMap((UrlRule("/", hidden=True),)), RuleSource.FILE)
    assert known(database)["/"].hidden
    declare(database, UrlMap((UrlRule("/"),)), RuleSource.FILE)
    assert not known(database)["/"].hidden


def test_a_batch_attributed_with_other_rules_is_not_stored(
    database: Database, batch: MakeBatch
) -> None:
    with Store.open(database, create=True, clock=noon) as store:
        version = store.rules_version()
        declare(database, APP)
        with pytest.raises(StreamsChanged):
            store.commit(batch({(1, "/users/alice", 200): 1}, rules=version))
        store.commit(batch({(1, "/users/<name>", 200): 1}, rules=store.rules_version()))
    assert counted(database) == {("/users/<name>", 200): 1}


def test_a_declaration_that_fails_changes_nothing(database: Database, write: Write) -> None:
    write(database, BEFORE)
    before, routes = counted(database), known(database)

    def fail(rule: str, *, hasty: bool = False) -> str:
        raise ZeroDivisionError

    with Store.open(database, create=False, clock=noon) as store:
        with pytest.raises(ZeroDivisionError):
            store.declare("", RuleSource.APP, APP, placing=lambda _: fail)
        assert store.url_maps("") == ()
    assert (counted(database), known(database)) == (before, routes)


SEGMENT = st.sampled_from(
    ["users", "posts", "7", "42", "2024", "alice", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "a@b"]
)
TARGET = st.lists(SEGMENT, max_size=3).map(lambda segments: "/" + "/".join(segments)) | st.sampled_from(
    ["/static/a.css", "/static/x/b.js", "/users/", "/users/7/"]
)  # fmt: skip
RULE = st.sampled_from([
    *("/", "/users", "/users/", "/users/<int:id>", "/users/<name>", "/users/<uuid:key>", "/posts/2024"),
    *("/posts/<int:id>", "/posts/<int(min=8):id>", "/<first>/<int:id>/<last>"),
    *("/<any(users,posts):kind>/<rest>", "/static/<path:name>", "/<path:rest>", "/<string(length=2):lang>"),
])  # fmt: skip
RULES = st.lists(
    st.tuples(RULE, st.sampled_from([None, ("GET", "HEAD", "OPTIONS"), ("POST",)])),
    max_size=5,
).map(lambda given: tuple(UrlRule(rule, methods=methods) for rule, methods in given))
REQUEST = st.tuples(
    st.integers(0, 40), st.sampled_from(["GET", "POST"]), TARGET, st.sampled_from([200, 404, 500])
)


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(REQUEST, max_size=12), RULES, st.booleans())
def test_no_request_is_lost_and_moved_ones_are_where_they_would_have_been_counted(
    batch: MakeBatch,
    requests: list[tuple[int, str, str, int]],
    rules: tuple[UrlRule, ...],
    complete: bool,
) -> None:
    url_map = UrlMap(rules, complete=complete)
    cells: Counter[tuple[int, str, int]] = Counter()
    for minute, _, target, status in requests:
        cells[minute, fold(target), status] += 1
    with TemporaryDirectory() as home:
        path = Path(home) / "status.db"
        with Store.open(path, create=True, clock=noon) as store:
            store.commit(batch(cells))
        done = declare(path, url_map)
        with Ledger.open(path) as ledger:
            routes = ledger.routes()
            found = Counter(
                {
                    (minute, routes[number].rule, status): n
                    for minute in range(41)
                    for number, status, n in ledger.minutes(minute, minute + 1)
                }
            )
        counted(path)
    totals: Counter[tuple[int, int]] = Counter()
    for (minute, _, status), n in found.items():
        totals[minute, status] += n
    assert totals == Counter((minute, status) for minute, _, _, status in requests)
    rule_of, place = finder((url_map,)).rule_of, RuleReassignment((url_map,)).place
    moved = [
        (m, rule_of(method, t), s)
        for m, method, t, s in requests
        if place(fold(t)) not in (None, UNMATCHED)
    ]
    declared = {rule.rule for rule in rules}
    kept = {fold(t) for _, _, t, _ in requests if place(fold(t)) in (None, UNMATCHED)}
    assert Counter(moved) == Counter(
        {key: n for key, n in found.items() if key[1] in declared and key[1] not in kept}
    )
    assert set(done.unclear) | set(done.foreign) <= kept
