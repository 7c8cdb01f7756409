"""The requests of paths that never answered, and a ledger in which some of these paths have own rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.model import UNMATCHED, Origin, PathFailures
from flask_status_cli.model.database_url import Database
from flask_status_cli.store import Ledger
from flask_status_cli.summary.ledger.named_paths import NamedLedger
from tests.examples import examples

Write = Callable[..., Any]
Cells = dict[tuple[int, str, int], int]

START = 29_000_010  # a quarter begins there


def test_the_worst_paths_come_by_server_errors_and_then_by_404(
    database: Database, write: Write
) -> None:
    cells: Cells = {(START, "/", 200): 9}
    cells |= {(START, f"/e{n}", 500): n for n in range(1, 5)}
    cells |= {(START + 1, "/e4", 502): 1, (START, "/e4", 404): 1}
    cells |= {(START, f"/m{n}", 404): n for n in range(1, 5)}
    cells |= {(START, "/moved", 302): 99}
    write(database, cells)
    with Ledger.open(database) as ledger:
        assert ledger.worst_unanswered("", most=2) == [
            PathFailures("/e4", {404: 1, 500: 4, 502: 1}),
            PathFailures("/e3", {500: 3}),
            PathFailures("/m4", {404: 4}),
            PathFailures("/m3", {404: 3}),
        ]
        with_failures = [each.path for each in ledger.worst_unanswered("", most=99)]
        assert with_failures == ["/e4", "/e3", "/e2", "/e1", "/m4", "/m3", "/m2", "/m1"]
        assert ledger.worst_unanswered("", most=1, busy=2)[2:] == [
            PathFailures(
                "/moved", {302: 99}
            )  # the second busiest is /e4, which stands above already
        ]
        assert ledger.worst_unanswered("", start=START + 1, end=START + 2) == [
            PathFailures("/e4", {502: 1})
        ]
        assert ledger.worst_unanswered("other") == []


def test_the_busiest_paths_have_many_requests_in_many_minutes(
    database: Database, write: Write
) -> None:
    cells: Cells = {(START, "/", 200): 90}
    cells |= {(START + n, "/old", 302): 4 for n in range(5)} | {(START, "/old", 404): 1}
    cells |= {(START + n, "/older", 302): 7 for n in range(3)}
    cells |= {(START + n, "/short", 404): 50 for n in range(2)}
    cells |= {(START + n, "/rare", 404): 1 for n in range(9)}
    write(database, cells)
    with Ledger.open(database) as ledger:
        both = [("", "/old", 302, 20), ("", "/old", 404, 1), ("", "/older", 302, 21)]
        assert ledger.busiest_unanswered(START, START + 9, least=(10, 3), most=5) == both
        assert ledger.busiest_unanswered(START, START + 9, least=(10, 3), most=1) == both[:2]
        assert ledger.busiest_unanswered(START, START + 9, least=(10, 4), most=5) == both[:2]
        assert ledger.busiest_unanswered(START + 1, START + 3, least=(10, 2), most=5) == [
            ("", "/older", 302, 14)
        ]


def test_redirects_of_many_paths_with_one_parent_are_a_group(
    database: Database, write: Write
) -> None:
    cells: Cells = {(START + n, f"/r/{n:04x}", 301): 2 for n in range(21)}
    cells |= {(START + n, f"/few/{n}x", 301): 9 for n in range(20)}
    cells |= {(START + n, f"/s/ta/{n:04x}/", 302): 3 for n in range(30)}
    cells |= {(START + n, f"/missing/{n}x", 404): 9 for n in range(30)}
    cells |= {(START + n % 2, f"/at-once/{n}x", 302): 9 for n in range(30)}
    cells |= {(START + n, f"/wp-{n}", 301): 1 for n in range(40)}
    write(database, cells)
    with Ledger.open(database) as ledger:
        assert ledger.busiest_unanswered(START, START + 45, least=(20, 3), most=5) == [
            ("", "/s/ta/*", 302, 90),
            ("", "/r/*", 301, 42),
        ]
        # Scanners redirect directly below "/": ten times as many requests are needed there.
        assert ledger.busiest_unanswered(START, START + 45, least=(4, 3), most=3) == [
            ("", "/s/ta/*", 302, 90),
            ("", "/r/*", 301, 42),
            ("", "/*", 301, 40),
        ]


def test_requests_without_a_path_are_busy_too(database: Database, write: Write) -> None:
    cells: Cells = {(START + 15 * n, UNMATCHED, 400): 30 for n in range(2)}
    write(database, cells | {(START + n, "/old", 302): 4 for n in range(12)})
    with Ledger.open(database) as ledger:
        assert ledger.busiest_unanswered(START, START + 30, least=(20, 10), most=5) == [
            ("", "", 400, 60),
            ("", "/old", 302, 48),
        ]
        assert ledger.busiest_unanswered(START, START + 15, least=(31, 10), most=5) == [
            ("", "/old", 302, 48)
        ]


CELLS = st.dictionaries(
    st.tuples(
        st.integers(START, START + 40),
        st.sampled_from(["/", "/a", "/b", "/c"]),
        st.sampled_from([200, 302, 404, 500, 503]),
    ),
    st.integers(1, 9),
    min_size=1,
    max_size=30,
)
NAMED = st.lists(st.sampled_from(["/a", "/b", "/c"]), unique=True)


@settings(max_examples=examples(12))
@given(cells=CELLS, paths=NAMED)
def test_a_waiting_path_can_be_shown_apart_from_unmatched(
    write: Write, cells: Cells, paths: list[str]
) -> None:
    # Paths that answered have a route. All others wait.
    routes = {rule for _, rule, status in cells if status == 200}
    cells = {**cells, (START, "/", 200): 1}
    routes.add("/")
    waiting = {rule for _, rule, _ in cells} - routes
    named = sorted(waiting.intersection(paths))

    def owner(rule: str) -> str:
        return rule if rule in routes or rule in named else UNMATCHED

    with TemporaryDirectory() as directory:
        database = Path(directory, "status.db")
        write(database, cells)
        with Ledger.open(database) as stored:
            keys = [("", rule) for rule in named]
            ledger = NamedLedger(stored, keys, stored.unanswered(keys))
            rules = {number: route.rule for number, route in ledger.routes().items()}
            assert {
                route.rule for route in ledger.routes().values() if route.origin is Origin.FAILING
            } == set(named)
            _compare(ledger, rules, cells, owner)


PAGES = [f"/blog/p{n}" for n in range(1, 4)]
CROWD_CELLS = st.dictionaries(
    st.tuples(
        st.integers(START, START + 40),
        st.sampled_from(["/", "/a", *PAGES]),
        st.sampled_from([200, 302, 404, 500, 503]),
    ),
    st.integers(1, 9),
    min_size=1,
    max_size=30,
)


@settings(max_examples=examples(8))
@given(cells=CROWD_CELLS, paths=st.lists(st.sampled_from(PAGES), unique=True))
def test_a_page_of_a_crowd_can_be_shown_apart_since_its_first_error(
    write: Write, cells: Cells, paths: list[str]
) -> None:
    crowd = {(START, f"/blog/q{n}", 200): 1 for n in range(21)}
    cells = {**cells, **crowd, (START, "/", 200): 1, (START, "/a", 200): 1}
    errors = [(minute, rule) for minute, rule, status in cells if status >= 500]
    first = {rule: min(m for m, r in errors if r == rule) for _, rule in errors}
    named = sorted(first.keys() & set(paths))

    def apart(minute: int, rule: str) -> bool:
        return rule in named and minute >= first[rule]

    split: Cells = {}  # requests of a page before its first error belong to the crowd's rule
    for (minute, rule, status), n in cells.items():
        key = (minute, rule if apart(minute, rule) else _folded(rule), status)
        split[key] = split.get(key, 0) + n
    with TemporaryDirectory() as directory:
        database = Path(directory, "status.db")
        write(database, cells)
        with Ledger.open(database) as stored:
            keys = [("", rule) for rule in named]
            rows = stored.pages(keys, until=START + 99)
            (number,) = [n for n, route in stored.routes().items() if route.crowd]
            ledger = NamedLedger(stored, keys, rows, dict.fromkeys(keys, number))
            rules = {n: route.rule for n, route in ledger.routes().items()}
            _compare(ledger, rules, split, lambda rule: rule)


def _folded(rule: str) -> str:
    return "/blog/<slug>" if rule.startswith("/blog/") else rule


def _compare(
    ledger: NamedLedger, rules: dict[int, str], cells: Cells, owner: Callable[[str], str]
) -> None:
    """Compare every method with a plain sum of the cells. Every second route number is asked for."""
    expected: Counter[tuple[int, str, int]] = Counter()
    for (minute, rule, status), n in cells.items():
        expected[minute, owner(rule), status] += n
    whole: Counter[tuple[str, int]] = Counter()
    for (_, rule, status), n in expected.items():
        whole[rule, status] += n
    first, last = START // 15, (START + 40) // 15 + 1
    for rows in (ledger.requests(first, last), ledger.minutes(START, START + 41)):
        assert Counter({(rules[number], status): n for number, status, n in rows}) == whole
    half = [number for place, number in enumerate(sorted(rules)) if place % 2]
    for some in (half, list(rules)):
        mine = {rules[number] for number in some}
        of_some = {key: n for key, n in expected.items() if key[1] in mine}
        by_minute = ledger.by_minute(START, START + 41, some)
        assert {(m, rules[number], s): n for m, number, s, n in by_minute} == of_some
        minutes: Counter[tuple[int, int]] = Counter()
        quarters: Counter[tuple[int, int]] = Counter()
        slices: Counter[tuple[int, str, int]] = Counter()
        failed: Counter[tuple[int, str]] = Counter()
        for (minute, rule, status), n in of_some.items():
            minutes[minute, status] += n
            quarters[minute // 15, status] += n
            slices[(minute - START) // 30, rule, status] += n
            if status >= 500:
                failed[minute, rule] += n
        sums = ledger.minute_sums(range(START, START + 41), some)
        assert {(m, s): n for m, s, n in sums} == minutes
        sums = ledger.quarter_sums(range(first, last), some)
        assert {(q, s): n for q, s, n in sums} == quarters
        parts = ledger.slices(first, last, 2, some)
        assert {(part, rules[number], s): n for part, number, s, n in parts} == slices
        found: Counter[tuple[int, str]] = Counter()
        for minute, number, failures, _ in ledger.failed(
            [500, 503], [200], routes=some, until=START + 41
        ):
            found[minute, rules[number]] += failures
        assert found == failed
