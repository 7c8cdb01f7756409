"""A path that only fails is a route of its own, unless the whole site fails with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
Request = tuple[int, str, int]
"""The minute behind 10:00, the path, the status."""

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
NOW = ("--now", "last", "--timezone", "UTC")


@pytest.fixture
def ingest(call: Call, tmp_path: Path) -> Callable[[Iterable[Request]], None]:
    """Ingest a log of some requests."""

    def ingest(requests: Iterable[Request]) -> None:
        log = tmp_path / "some.log"
        with log.open("a") as lines:
            for minute, path, status in requests:
                stamp = f"{TEN + timedelta(minutes=minute):%d/%b/%Y:%H:%M:%S +0000}"
                lines.write(f'10.0.0.1 - - [{stamp}] "GET {path} HTTP/1.1" {status} 5\n')
        assert call("ingest", "-q", log).status == 0

    return ingest


Ingest = Callable[[Iterable[Request]], None]


def rows(call: Call, *options: str) -> dict[str, Any]:
    found = json.loads(call("report", *NOW, "--json", *options).out)
    return {row["rule"]: row for row in found["routes"]}


def failing(call: Call) -> list[str]:
    return [rule for rule, row in rows(call).items() if row["origin"] == "failing"]


def shop(minutes: int = 30) -> list[Request]:
    """A shop in which the checkout has failed since the first line."""
    return [
        (minute, path, status)
        for minute in range(minutes)
        for path, status in (("/", 200), ("/checkout", 500), ("/old", 302), ("/.env", 404))
    ]


def test_a_path_that_only_fails_has_a_row_and_an_incident(call: Call, ingest: Ingest) -> None:
    ingest(shop())
    found = rows(call)
    assert list(found) == ["/checkout", "/", "<unmatched>"]
    checkout = found["/checkout"]
    assert (checkout["origin"], checkout["now"], checkout["statuses"], checkout["shown"]) == (
        "failing",
        "major_outage",
        {"500": 30},
        True,
    )
    assert found["<unmatched>"]["statuses"] == {"302": 30, "404": 30}
    (incident,) = json.loads(call("incidents", "--json").out)["incidents"]
    assert [route["rule"] for route in incident["routes"]] == ["/checkout"]
    assert (incident["failures"], incident["valid"]) == (30, 30)
    assert "Outage of /checkout" in call("incidents", "show", incident["id"]).out
    assert "/checkout" in call("report", *NOW).out
    assert "/checkout" in call("report", *NOW, "--html", "-o", "-").out
    assert "/checkout" in call("check", "--route", "/c*", "--now", "last").out
    assert "/checkout" in call("check", "--incidents", "--now", "last").out
    assert '"/checkout"' not in call("routes", "list", "--json").out  # no database holds it


def test_a_failing_path_that_answers_becomes_a_route_with_all_its_requests(
    call: Call, ingest: Ingest
) -> None:
    ingest(shop())
    before = json.loads(call("incidents", "--json").out)["incidents"][0]["id"]
    ingest([(40, "/checkout", 200)])
    checkout = rows(call)["/checkout"]
    assert (checkout["origin"], checkout["statuses"]) == ("discovered", {"200": 1, "500": 30})
    assert json.loads(call("incidents", "--json").out)["incidents"][0]["id"] == before


FEW = [
    ("two failures", [(1, "/a", 500), (2, "/a", 500)]),
    ("three in one minute", [(1, "/a", 500)] * 3),
    ("only 404s and redirects", [(m, "/a", s) for m in range(9) for s in (404, 302)]),
    ("what a visitor can cause by the form of a request", [(m, "/a", 501) for m in range(9)]),
]


@pytest.mark.parametrize(("why", "requests"), FEW, ids=[why for why, _ in FEW])
def test_what_fails_too_seldom_stays_unmatched(
    why: str, requests: list[Request], call: Call, ingest: Ingest
) -> None:
    ingest([*requests, *((minute, "/", 200) for minute in range(9))])
    assert failing(call) == [], why
    assert sum(row["requests"] for row in rows(call).values()) == len(requests) + 9


def beside(*others: Request) -> list[Request]:
    """A path that fails four times in two minutes, beside others; `/` and a style sheet answered before."""
    early = [(0, "/", 200), (0, "/static/site.css", 200)]
    return [*early, *((minute, "/pay", 500) for minute in (1, 1, 2, 2)), *others]


OTHERS = [
    ("no others are no sign of an outage", beside(), ["/pay"]),
    ("the others work", beside((1, "/", 200), (2, "/", 200)), ["/pay"]),
    ("less than half fails", beside((1, "/", 200), (2, "/", 200), (2, "/", 503)), ["/pay"]),
    ("half of them fails", beside((1, "/", 200), (2, "/", 503)), []),
    ("all others fail", beside((1, "/", 503)), []),
    ("other minutes do not count", beside((1, "/", 200), (3, "/", 503), (4, "/", 503)), ["/pay"]),
    (
        "static files are answered in an outage too",
        beside((1, "/", 503), *[(1, "/static/site.css", 200)] * 9),
        [],
    ),
    (
        "a redirect of a path that never answered is no sign of health",
        beside((1, "/", 503), *[(1, "/old", 302)] * 9),
        [],
    ),
    ("a 404 is none either", beside((1, "/", 503), *[(1, "/.env", 404)] * 9), []),
]  # fmt: skip


@pytest.mark.parametrize(("why", "requests", "expected"), OTHERS, ids=[why for why, *_ in OTHERS])
def test_a_path_fails_by_itself_if_fewer_than_half_of_the_others_failed(
    why: str, requests: list[Request], expected: list[str], call: Call, ingest: Ingest
) -> None:
    ingest(requests)
    assert failing(call) == expected, why


def test_a_scan_in_an_outage_makes_no_rows(call: Call, ingest: Ingest) -> None:
    site = [(minute, "/", 200 if minute < 5 else 502) for minute in range(10) for _ in range(9)]
    scan = [(5 + n // 5000, f"/admin{n % 5000}.php", 502) for n in range(15_000)]
    ingest([*site, *scan])
    found = rows(call)
    assert set(found) == {"/", "<unmatched>"}
    assert found["<unmatched>"]["requests"] == 15_000


def test_of_many_broken_pages_the_worst_twenty_have_a_name(call: Call, ingest: Ingest) -> None:
    site = [(minute, "/", 200) for minute in range(60) for _ in range(30)]
    broken = [
        (minute % 50, f"/page{page:02}", 500) for page in range(30) for minute in range(60 - page)
    ]
    ingest([*site, *broken])
    named = {f"/page{page:02}" for page in range(20)}
    assert set(failing(call)) == named
    found = rows(call)
    assert sum(row["requests"] for row in found.values()) == len(site) + len(broken)
    assert found["<unmatched>"]["statuses"] == {"500": sum(60 - page for page in range(20, 30))}


def test_a_path_of_a_noted_incident_keeps_its_name(call: Call, ingest: Ingest) -> None:
    ingest(shop())
    (incident,) = json.loads(call("incidents", "--json").out)["incidents"]
    assert call("incidents", "note", incident["id"], "--cause", "no till").status == 0
    ingest((m, f"/page{p:02}", 500) for p in range(25) for m in range(30) for _ in range(9))
    ingest((m, "/", 200) for m in range(30) for _ in range(300))
    assert "/checkout" in failing(call)
    assert len(failing(call)) == 21


def test_an_incident_does_not_vanish_if_the_path_later_fails_with_the_site(
    call: Call, ingest: Ingest
) -> None:
    ingest(shop(minutes=5))
    assert failing(call) == ["/checkout"]
    before = json.loads(call("incidents", "--json").out)["incidents"]
    down = [(1440 + minute, path, 502) for minute in range(30) for path in ("/", "/checkout")]
    ingest([*down, *((1500 + minute, "/", 200) for minute in range(20))])
    assert "/checkout" in failing(call)
    after = json.loads(call("incidents", "--json").out)["incidents"]
    assert before[0]["id"] in [incident["id"] for incident in after]


def test_a_path_that_fails_in_maintenance_gets_no_row(call: Call, ingest: Ingest) -> None:
    ingest([*((m, "/", 200) for m in range(90)), *((m, "/pay", 503) for m in range(15, 30))])
    assert failing(call) == ["/pay"]
    span = ("2026-11-23T10:15Z", "2026-11-23T10:30Z")
    assert call("maintenance", "add", "--from", span[0], "--to", span[1]).status == 0
    assert failing(call) == []


def twice(paths: int) -> list[Request]:
    """So many paths that fail twice, with an ever longer name, and as many that are not found."""
    broken = [(m, f"/e{'x' * n}", 500) for n in range(paths) for m in (1, 2)]
    return [(0, "/", 200), *broken, *((3, f"/m{n}", 404) for n in range(paths))]


def test_the_paths_of_unmatched_are_named_with_their_codes(call: Call, ingest: Ingest) -> None:
    ingest([*twice(2), (2, "/ex", 502), (2, "/ex", 404), (4, "/a<b>%1b[31m", 500)])
    told = call("routes", "show", "<unmatched>", *NOW).out
    assert (
        "Paths without a route: most server errors first, then most 404s, then the busiest\n"
        "500 × 2, 502 × 1, 404 × 1  /ex\n"
        "500 × 2                    /e\n"
        "500 × 1                    /a%3Cb%3E%1B[31m\n"
        "404 × 1                    /m0\n"
        "404 × 1                    /m1\n"
    ) in told
    found = json.loads(call("routes", "show", "<unmatched>", *NOW, "--json").out)
    assert found["route"]["paths"][0] == {
        "path": "/ex",
        "statuses": {"404": 1, "500": 2, "502": 1},
    }
    (incident,) = json.loads(call("incidents", "--json").out)["incidents"]
    assert "500 × 2, 502 × 1, 404 × 1  /ex\n" in call("incidents", "show", incident["id"]).out


def test_no_more_than_twenty_of_each_kind_are_named(call: Call, ingest: Ingest) -> None:
    ingest(twice(30))
    paths = json.loads(call("routes", "show", "<unmatched>", *NOW, "--json").out)["route"]["paths"]
    assert len(paths) == 40
    assert json.loads(call("routes", "show", "/", *NOW, "--json").out)["route"]["paths"] == []


def test_routes_show_shows_a_path_that_only_fails(call: Call, ingest: Ingest) -> None:
    ingest(shop())
    found = json.loads(call("routes", "show", "/checkout", *NOW, "--json").out)["route"]
    assert (found["origin"], found["statuses"]) == ("failing", {"500": 30})
    assert (found["first"], found["last"]) == ("2026-11-23T10:00:00Z", "2026-11-23T10:29:00Z")


def test_the_report_says_where_server_errors_without_a_route_are_named(
    call: Call, ingest: Ingest
) -> None:
    ingest(twice(2))
    told = " ".join(call("report", *NOW).out.split())
    assert "4 server errors have no route; flask-status routes show '<unmatched>' names" in told
    assert "flask-status routes sync --app gives every request its rule" in told


def test_without_server_errors_in_unmatched_there_is_no_hint(call: Call, ingest: Ingest) -> None:
    ingest(shop())  # the checkout has a row; in <unmatched> only 404s are left
    assert "have no route;" not in call("report", *NOW).out
