"""`routes list`: what is known of every route."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


@pytest.fixture
def ingest(call: Call, tmp_path: Path) -> Callable[..., None]:
    """`ingest((time, path, status), ..., label=...)` reads a log of such requests of 23 November 2026."""

    def ingest(*requests: tuple[str, str, int], label: str = "") -> None:
        log = tmp_path / f"list{label}.log"
        log.write_text(
            "".join(
                f'10.0.0.1 - - [23/Nov/2026:{time}:30 +0000] "GET {path} HTTP/1.1" {status} 5\n'
                for time, path, status in requests
            )
        )
        assert call("ingest", "-q", "--label", label, log).status == 0

    return ingest


def listed(call: Call) -> list[dict[str, Any]]:
    document = json.loads(call("routes", "list", "--json").out)
    assert document["schema_version"] == 1
    routes: list[dict[str, Any]] = document["routes"]
    return routes


def test_routes_list_shows_first_and_last_request_and_their_number(
    call: Call, ingest: Callable[..., None]
) -> None:
    ingest(("09:07", "/b", 200), ("10:31", "/b", 500), ("23:59", "/b", 404), ("10:00", "/a", 200))
    assert listed(call) == [
        {
            "label": "",
            "rule": "/a",
            "name": "",
            "doc": "",
            "origin": "discovered",
            "group": "",
            "endpoint": "",
            "methods": [],
            "hidden": False,
            "left": False,
            "first": "2026-11-23T10:00:00Z",
            "last": "2026-11-23T10:00:00Z",
            "requests": 1,
        },
        {
            "label": "",
            "rule": "/b",
            "name": "",
            "doc": "",
            "origin": "discovered",
            "group": "",
            "endpoint": "",
            "methods": [],
            "hidden": False,
            "left": False,
            "first": "2026-11-23T09:07:00Z",
            "last": "2026-11-23T23:59:00Z",
            "requests": 3,
        },
    ]


def test_paths_that_wait_for_an_answer_are_unmatched_and_stand_last(
    call: Call, ingest: Callable[..., None]
) -> None:
    ingest(("10:00", "/z", 200), ("09:00", "/.env", 404), ("11:00", "/wp-login.php", 404))
    first, last = listed(call)
    assert (first["rule"], last["rule"]) == ("/z", "<unmatched>")
    assert (last["first"], last["last"]) == ("2026-11-23T09:00:00Z", "2026-11-23T11:00:00Z")
    assert last["requests"] == 2


def test_without_minutes_routes_list_shows_the_quarter(
    call: Call, ingest: Callable[..., None], database: Path
) -> None:
    ingest(("09:07", "/", 200), ("10:31", "/", 200))
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM minute_count WHERE minute < ?", (29_740_000,))
        connection.execute(
            "DELETE FROM minute_count WHERE minute = (SELECT min(minute) FROM minute_count)"
        )
    connection.close()
    (route,) = listed(call)
    assert (route["first"], route["last"]) == ("2026-11-23T09:00:00Z", "2026-11-23T10:31:00Z")
    assert route["requests"] == 2


def test_routes_list_shows_labels(call: Call, ingest: Callable[..., None]) -> None:
    ingest(("10:00", "/", 200), label="shop")
    ingest(("11:00", "/", 200), ("11:01", "/", 200), label="blog")
    assert [(r["label"], r["requests"]) for r in listed(call)] == [("blog", 2), ("shop", 1)]
    lines = call("routes", "list").out.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["blog:", "/"], ["shop:", "/"]]


LONG = "/reports/" + "-".join(["quarterly"] * 12)


def test_in_a_pipe_nothing_is_cut(call: Call, ingest: Callable[..., None]) -> None:
    ingest(("10:00", "/", 200), ("10:00", LONG, 200))
    assert call("routes", "list").out.splitlines() == [
        f"{'Route':<{len(LONG)}}  Origin      First seen        Last seen         Requests",
        f"{'/':<{len(LONG)}}  discovered  2026-11-23 10:00  2026-11-23 10:00         1",
        f"{LONG}  discovered  2026-11-23 10:00  2026-11-23 10:00         1",
    ]


@pytest.mark.parametrize("width", [50, 79, 80, 100, 140])
def test_columns_are_kept_where_a_width_is_given(
    width: int, call: Call, ingest: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(("10:00", "/", 200), ("10:00", LONG, 200), ("10:00", "/äöü%20日本", 200))
    monkeypatch.setenv("COLUMNS", str(width))
    lines = call("routes", "list").out.splitlines()
    assert max(map(len, lines)) <= width
    assert all(line.endswith(("Requests", " 1")) for line in lines)


def test_control_characters_in_a_path_are_harmless(call: Call, ingest: Callable[..., None]) -> None:
    ingest(("10:00", "/a\x1b[2J[red]x", 200))
    out = call("routes", "list").out
    assert "\x1b" not in out
    assert "[red]x" in out


def test_without_a_database_routes_list_says_how_to_make_one(call: Call) -> None:
    told = call("routes", "list")
    assert (told.status, told.out) == (1, "")
    assert "the database does not exist; flask-status ingest LOG creates it" in told.err
