"""A page of a crowd that fails by itself is a route of its own until it recovers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
Request = tuple[int, str, int]
"""The minute behind 14:00, the path, the status."""

NOW = ("--now", "last", "--timezone", "UTC")
CROWD = "/<slug>/x"
BROKEN = "/r005/x"
TIMES = range(33, 91, 3)
DOWN = range(63, 91, 3)


def pages(minutes: Iterable[int] = TIMES, *, status: int = 200) -> list[Request]:
    """Eighty pages that all answer, but for the one that is broken, in each of the minutes."""
    names = (f"/r{n:03}/x" for n in range(80) if n != 5)
    return [(minute, name, status) for name in names for minute in minutes]


def broken(
    minutes: Iterable[int] = DOWN, *, status: int = 500, path: str = BROKEN
) -> list[Request]:
    return [(minute, path, status) for minute in minutes]


ONE_OF_80 = sorted([*pages(), *broken(range(33, 63, 3), status=200), *broken()])
"""57 minutes of 80 pages, of which one fails from 15:03 on: 10 of its 20 requests."""


@pytest.fixture
def ingest(call: Call, tmp_path: Path) -> Callable[[Iterable[Request]], None]:
    """Ingest some requests as a batch: they are appended to a log."""

    def ingest(requests: Iterable[Request], *, name: str = "some.log") -> None:
        with (tmp_path / name).open("a") as lines:
            for minute, path, status in requests:
                stamp = f"28/Nov/2026:{14 + minute // 60:02}:{minute % 60:02}:00 +0000"
                lines.write(f'10.0.0.1 - - [{stamp}] "GET {path} HTTP/1.1" {status} 5\n')
        assert call("ingest", "-q", tmp_path / name).status == 0

    return ingest


Ingest = Callable[..., None]


def rows(call: Call) -> dict[str, dict[str, Any]]:
    found = json.loads(call("report", *NOW, "--json").out)
    assert sum(row["requests"] for row in found["routes"]) == found["total"]["requests"]
    return {row["rule"]: row for row in found["routes"]}


def incidents(call: Call) -> list[tuple[list[str], str, str | None, int]]:
    """Return of each incident its routes, start, end and failures."""
    found = json.loads(call("incidents", "--json", *NOW).out)["incidents"]
    return [
        ([route["rule"] for route in each["routes"]], each["start"], each["end"], each["failures"])
        for each in found
    ]


OUTAGE = ([BROKEN], "2026-11-28T15:03:00Z", None, 10)


def test_one_broken_page_of_eighty_is_shown_everywhere(call: Call, ingest: Ingest) -> None:
    ingest(ONE_OF_80)
    found = rows(call)
    assert list(found) == [BROKEN, CROWD]
    assert (found[BROKEN]["origin"], found[BROKEN]["now"]) == ("failing", "major_outage")
    assert found[BROKEN]["statuses"] == {"500": 10}  # from its first error on
    assert found[CROWD]["statuses"] == {"200": 1590}
    assert found[CROWD]["now"] == "operational"
    assert incidents(call) == [OUTAGE]
    told = call("report", *NOW).out
    assert "1 route down since 15:03; 1 operational" in told
    assert f"Outage of {BROKEN}" in told
    for options in ((), ("--incidents",)):
        checked = call("check", *options, "--now", "last")
        assert (checked.status, checked.out[:8]) == (2, "CRITICAL")
        assert BROKEN in checked.out


def test_the_html_page_has_a_linked_section_for_a_broken_page(call: Call, ingest: Ingest) -> None:
    ingest(ONE_OF_80)
    page = call("report", *NOW, "--html", "-o", "-").out
    (link,) = set(re.findall(r'<a href="#([^"]+)">(?:<code>|Outage of )/r005/x<', page))
    assert page.count(f'<a href="#{link}">') >= 2
    head = r"<h3><code>/r005/x</code></h3> <small>10 of 10 requests failed</small></summary>"
    assert re.search(rf'{head}\s*<div[^>]* id="{link}"', page)


def test_raw_counts_do_not_separate_the_broken_page(call: Call, ingest: Ingest) -> None:
    ingest(ONE_OF_80)
    assert call("counts", "--by", "day").out == (
        "time,label,route,status,requests\n"
        "2026-11-28,,/<slug>/x,200,1590\n"
        "2026-11-28,,/<slug>/x,500,10\n"
    )


@pytest.mark.parametrize("cut", [21, 850])
def test_the_result_is_the_same_wherever_the_log_is_cut(
    cut: int, call: Call, ingest: Ingest
) -> None:
    ingest(ONE_OF_80[:cut])
    ingest(ONE_OF_80[cut:])
    found = rows(call)
    assert {rule: row["statuses"] for rule, row in found.items()} == {
        BROKEN: {"500": 10},
        CROWD: {"200": 1590},
    }
    assert incidents(call) == [OUTAGE]


def test_many_cuts_change_nothing(call: Call, ingest: Ingest) -> None:
    for start in range(0, 1600, 400):
        ingest(ONE_OF_80[start : start + 400])
    assert rows(call)[BROKEN]["statuses"] == {"500": 10}
    assert incidents(call) == [OUTAGE]


def test_a_recovered_page_returns_to_its_crowd_and_its_incident_stays(
    call: Call, ingest: Ingest
) -> None:
    ingest(ONE_OF_80)
    after = range(93, 120, 3)
    ingest([*broken(after, status=200), *pages(after)])
    found = rows(call)
    assert list(found) == [CROWD]
    assert (found[CROWD]["now"], found[CROWD]["statuses"]) == (
        "operational",
        {"200": 2310, "500": 10},
    )
    over = ([BROKEN], OUTAGE[1], "2026-11-28T15:31:00Z", 10)
    assert incidents(call) == [over]
    assert call("check", "--now", "last").status == 0
    shown = json.loads(call("routes", "show", BROKEN, *NOW, "--json").out)["route"]
    assert shown["statuses"] == {"200": 9, "500": 10}
    assert (
        "\npart of /<slug>/x, first seen 2026-11-28 15:03 UTC"
        in call("routes", "show", BROKEN, *NOW).out
    )
    ingest([(32 * 60, BROKEN, 500), (32 * 60, "/r006/x", 200)])  # one error, a day later
    assert incidents(call) == [over]


def test_a_page_that_fails_half_of_the_time_has_an_incident_while_it_does(
    call: Call, ingest: Ingest
) -> None:
    half = [(m, BROKEN, status) for m in range(60, 91) for status in (200, 500) for _ in range(3)]
    ingest(sorted([*pages(), *half]))
    assert rows(call)[BROKEN]["now"] == "partial_outage"
    assert [each[0] for each in incidents(call)] == [[BROKEN]]


def test_maintenance_of_the_crowd_is_that_of_its_pages(call: Call, ingest: Ingest) -> None:
    ingest(ONE_OF_80)
    span = ("--from", "2026-11-28T15:00Z", "--to", "2026-11-28T15:45Z")
    assert call("maintenance", "add", *span, "--route", CROWD).status == 0
    assert list(rows(call)) == [CROWD]
    assert incidents(call) == []


def test_a_page_without_a_row_is_said_to_be_part_of_its_crowd(call: Call, ingest: Ingest) -> None:
    ingest(pages((33,)))
    assert call("routes", "show", "/r007/x").err == (
        "flask-status: /r007/x: no such route; it is counted as part of /<slug>/x\n"
    )
    assert "part of" not in call("routes", "show", "/about/x").err
    assert "part of" not in call("routes", "show", "/r007/y").err


def test_when_the_whole_crowd_is_down_no_page_has_its_own_row(call: Call, ingest: Ingest) -> None:
    home = [(minute, "/", 200) for minute in range(33, 91) for _ in range(200)]
    ingest([*home, *pages(range(33, 63, 3)), *pages(DOWN, status=500), *broken()])
    found = rows(call)
    assert set(found) == {"/", CROWD}
    assert found[CROWD]["now"] == "major_outage"
    assert [each[0] for each in incidents(call)] == [[CROWD]]


def test_half_of_the_crowd_failing_is_an_outage_of_the_crowd(call: Call, ingest: Ingest) -> None:
    home = [(minute, "/", 200) for minute in range(33, 91) for _ in range(200)]
    well = pages(range(33, 63, 3))
    beside = [
        (m, f"/r{n:03}/x", 503 if n <= 15 else 200) for m in (63, 66, 69) for n in range(6, 26)
    ]
    ingest([*home, *well, *beside, *broken((63, 66, 69))])
    assert set(rows(call)) == {"/", CROWD}  # 10 of the 20 other pages failed


FEW = [
    ("two failures", broken((63, 66))),
    ("three in one minute", broken((63, 63, 63))),
    ("it has answered since", [*broken(), *broken((90,), status=200)][-3:]),
    ("only 404s", broken(status=404)),
]


@pytest.mark.parametrize(("why", "requests"), FEW, ids=[why for why, _ in FEW])
def test_what_fails_too_seldom_has_no_row(
    why: str, requests: list[Request], call: Call, ingest: Ingest
) -> None:
    ingest([*pages(), *requests])
    assert list(rows(call)) == [CROWD], why
    assert incidents(call) == [], why


def test_an_older_log_that_is_read_later_opens_no_incident(call: Call, ingest: Ingest) -> None:
    """The page answered in what was read first; how often it did is not known by page any more."""
    ingest(sorted([*pages(range(60, 91, 3)), *broken(range(60, 91, 3), status=200)]))
    ingest(sorted([*pages(range(33, 60, 3)), *broken(range(33, 60, 3))]), name="before.log")
    assert list(rows(call)) == [CROWD]


def test_a_scan_that_makes_5000_pages_fail_is_bounded(call: Call, ingest: Ingest) -> None:
    scan = [(40 + n // 500, f"/s{n:04}/x", 500) for n in range(5000)]
    ingest(sorted([*pages(), *broken(), *scan]))
    told = call("db", "info").out
    assert "crowd_page 50," in told
    (kept,) = re.findall(r"page_count (\d+),", told)
    assert int(kept) == 49 + 10  # the scan's pages failed once each
    found = rows(call)
    assert found[BROKEN]["statuses"] == {"500": 10}
    assert set(found) == {BROKEN, CROWD}


def test_a_page_of_a_noted_incident_keeps_its_name_beside_many(call: Call, ingest: Ingest) -> None:
    ingest(ONE_OF_80)
    id_ = json.loads(call("incidents", "--json", *NOW).out)["incidents"][0]["id"]
    assert call("incidents", "note", id_, "--cause", "no till").status == 0
    many = [(m, f"/r{n:03}/x", 500) for n in range(30, 60) for m in range(93, 113)]
    home = [(minute, "/", 200) for minute in range(93, 113) for _ in range(900)]
    well = [(m, f"/r{n:03}/x", 200) for n in range(20) for m in range(93, 113) for _ in range(9)]
    ingest([*many, *home, *(each for each in well if each[1] != BROKEN)])
    named = [rule for rule, row in rows(call).items() if row["origin"] == "failing"]
    assert BROKEN in named
    assert len(named) == 21
