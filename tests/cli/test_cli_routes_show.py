"""`routes show`: all of one route, on a screen, in a pipe, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
NOW = ("--now", "2026-11-23T12:00Z")
# Day, hour, path, status, how many: on the 22nd, an hour of /users in which 12 of 16 failed.
REQUESTS = [
    (10, 9, "/users/1", 200, 90), (22, 10, "/users/1", 200, 20), (22, 11, "/users/1", 200, 4),
    (22, 11, "/users/2", 502, 12), (23, 11, "/users/1", 200, 8), (23, 11, "/users/1", 403, 2),
    (23, 11, "/", 500, 5), (23, 11, "/", 200, 1),
]  # fmt: skip


@pytest.fixture(autouse=True)
def read_log(call: Call, tmp_path: Path) -> None:
    log = tmp_path / "show.log"
    log.write_text(
        "".join(
            f'10.0.0.1 - - [{day}/Nov/2026:{hour:02}:{10 + i:02}:00 +0000] "GET {path} HTTP/1.1" {status} 5\n'
            for day, hour, path, status, n in REQUESTS
            for i in [number % 20 for number in range(n)]
        )
    )
    assert call("ingest", "-q", log).status == 0


SCREEN = """\
✓ Fully Operational  User page /users/<int:id>
What others see of a user
discovered, first seen 2026-11-10 09:10 UTC, last 2026-11-23 11:17 UTC, 136 requests in all

                24 hours    7 days   30 days
Availability        100%    72.72%    91.04%
Requests              10        46       136
Failures               0        12        12

Last 14 days  ▇···········▄▇

Days with failures, by hour
              0     6     12    18
2026-11-22    ··········▇✕············    66.66%  12 of 36

Responses
200                  122
403                    2
502                   12

"""


def test_routes_show_shows_all_of_a_route(call: Call) -> None:
    call("routes", "name", "/users/<int:id>", "User page")
    call("routes", "describe", "/users/<int:id>", "What others see of a user")
    told = call("routes", "show", "user page", *NOW, "--days", "14", "--timezone", "UTC")
    assert told.status == 0
    assert told.out.startswith(SCREEN)
    assert "\n\n\n" not in told.out
    assert "/users/<int:id>" in told.out.removeprefix(SCREEN).partition("Availability =")[0]


def test_routes_show_shows_only_incidents_of_the_route(call: Call) -> None:
    document = json.loads(call("routes", "show", "/users/<int:id>", *NOW, "--json").out)
    (incident,) = document["incidents"]
    assert incident["start"] == "2026-11-22T11:10:00Z"
    assert incident["failures"] == 12


def test_the_json_of_a_route_has_the_same_figures(call: Call) -> None:
    told = call(
        "routes", "show", "/users/<int:id>", *NOW, "--days", "14", "--timezone", "UTC", "--json"
    )
    document = json.loads(told.out)
    assert document["schema_version"] == 1
    route = document["route"]
    report = json.loads(call("report", *NOW, "--days", "14", "--timezone", "UTC", "--json").out)
    (row,) = (each for each in report["routes"] if each["rule"] == "/users/<int:id>")
    assert {key: route[key] for key in row if key != "group"} == {
        key: value for key, value in row.items() if key != "group"
    }
    assert [(span["days"], span["requests"], span["availability"]) for span in route["spans"]] == [
        (1, 10, "100%"),
        (7, 46, "72.72%"),
        (30, 136, "91.04%"),
    ]
    ((date, hours),) = ((day["date"], day["hours"]) for day in route["failed_days"])
    assert (date, len(hours)) == ("2026-11-22", 24)
    assert [hour["requests"] for hour in hours[9:13]] == [0, 20, 16, 0]
    assert (hours[11]["start"], hours[11]["condition"]) == ("2026-11-22T11:00:00Z", "major_outage")
    assert sum(minute["failure"] for minute in route["minutes"]) == 12
    assert (route["first"], route["last"]) == ("2026-11-10T09:10:00Z", "2026-11-23T11:17:00Z")


def test_a_route_without_failures_or_requests_in_the_window_is_shown(call: Call) -> None:
    told = call("routes", "show", "/users/<int:id>", "--now", "2026-11-15T12:00Z", "--days", "3")
    assert told.status == 0
    assert "No failures in this window" in told.out


def test_a_hidden_route_is_shown_and_marked_as_hidden(call: Call) -> None:
    call("routes", "hide", "/users/<int:id>")
    told = call("routes", "show", "/users/<int:id>", *NOW)
    assert told.status == 0
    assert "\ndiscovered, hidden, first seen" in told.out


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("days", ["1", "30", "400"])
def test_no_line_is_wider_than_the_screen(
    width: int, days: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    out = call("routes", "show", "/users/<int:id>", *NOW, "--days", days).out
    assert max(map(len, out.splitlines())) <= width


def test_an_unknown_route_gets_a_suggestion(call: Call) -> None:
    told = call("routes", "show", "/users/12")
    assert (told.status, told.out) == (1, "")
    assert told.err == ("flask-status: /users/12: no such route; did you mean /users/<int:id>?\n")
