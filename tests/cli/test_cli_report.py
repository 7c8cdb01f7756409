"""The options of `report` that choose days, failures and rows, through the command line."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
NOW = ("--now", "2026-11-23T12:00Z")


@pytest.fixture
def ingest(call: Call, tmp_path: Path) -> Callable[..., None]:
    """`ingest((day, path, status), ...)` reads a log of such requests."""

    def ingest(*requests: tuple[int, str, int]) -> None:
        log = tmp_path / "days.log"
        log.write_text(
            "".join(
                f'10.0.0.1 - - [{day:02}/Nov/2026:10:00:00 +0000] "GET {path} HTTP/1.1" {status} 5\n'
                for day, path, status in requests
            )
        )
        assert call("ingest", "-q", log).status == 0

    return ingest


def report(call: Call, *options: str) -> Any:
    return json.loads(call("report", *NOW, "--json", *options).out)


def test_days_are_calendar_days_with_today(call: Call, ingest: Callable[..., None]) -> None:
    ingest((1, "/", 200), (16, "/", 200), (17, "/", 200), (22, "/", 500), (23, "/", 200))
    requests = {
        days: report(call, "--days", str(days))["total"]["requests"] for days in (1, 2, 7, 8, 30)
    }
    assert requests == {1: 1, 2: 2, 7: 3, 8: 4, 30: 5}
    assert report(call) == report(call, "--days", "30")
    assert report(call, "--days", "7")["routes"][0]["days"][0]["date"] == "2026-11-17"
    assert len(report(call, "--days", "7")["routes"][0]["days"]) == 7


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Set the clock of `report`."""
    module = importlib.import_module("flask_status_cli.cli.commands.report")

    def at(instant: str) -> None:
        monkeypatch.setattr(module, "clock", lambda: datetime.fromisoformat(instant))

    return at


def test_one_day_is_shown_as_of_its_end(
    call: Call, ingest: Callable[..., None], at: Callable[[str], None]
) -> None:
    ingest((21, "/", 200), (22, "/", 500), (22, "/", 200), (23, "/", 200))
    at("2026-11-23T12:00:00+00:00")
    found = json.loads(call("report", "--day", "2026-11-22", "--json").out)
    assert found["window"] == {"days": 1, "from": "2026-11-22", "to": "2026-11-22"}
    assert (found["total"]["requests"], found["total"]["availability"]) == (2, "50.00%")
    lines = call("report", "--day", "2026-11-22").out.splitlines()
    assert lines[0].startswith("– As of 22 Nov 2026 23:59: ")
    assert any(line.startswith("Now ") and line.endswith("  2026-11-22") for line in lines)
    empty = call("report", "--day", "2026-11-19").out
    assert "no entries on 2026-11-19" in empty.casefold()


def test_today_is_shown_as_of_now_in_the_zone_of_the_report(
    call: Call, ingest: Callable[..., None], at: Callable[[str], None]
) -> None:
    ingest((22, "/", 200), (23, "/", 200))
    at("2026-11-23T23:30:00+00:00")
    zone = ("--timezone", "Europe/Berlin")  # where it is the 24th
    today = json.loads(call("report", "--day", "2026-11-24", "--json", *zone).out)
    assert today["generated_at"] == "2026-11-23T23:30:00Z"
    assert today["total"]["requests"] == 0
    yesterday = json.loads(call("report", "--day", "2026-11-23", "--json", *zone).out)
    assert yesterday["generated_at"] == "2026-11-23T22:59:59Z"
    assert yesterday["total"]["requests"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--day", "2026-11-24"), "--day: 2026-11-24 is in the future"),
        (("--day", "tuesday"), "'tuesday' is not a day; use for example 2026-11-24"),
        (("--day", "2026-11-22", "--days", "3"), "leave out --now and --days"),
        (("--day", "2026-11-22", "--now", "last"), "leave out --now and --days"),
    ],
)
def test_a_day_that_cannot_be_shown_is_a_usage_error(
    call: Call, at: Callable[[str], None], words: tuple[str, ...], said: str
) -> None:
    at("2026-11-23T12:00:00+00:00")
    told = call("report", *words)
    assert told.status == 2
    assert said in told.err


def test_a_policy_says_whether_404_is_a_failure(call: Call, ingest: Callable[..., None]) -> None:
    ingest((23, "/", 200), (23, "/", 200), (23, "/", 404), (23, "/", 500))
    (standard,) = report(call)["routes"]
    (server_errors,) = report(call, "--policy", "server-errors")["routes"]
    assert standard["statuses"] == server_errors["statuses"] == {"200": 2, "404": 1, "500": 1}
    assert (standard["failure"], server_errors["failure"]) == (2, 1)
    assert report(call, "--policy", "standard") == report(call)


WORDS = ("red", "green", "blue", "amber", "violet", "white", "black", "pink", "teal", "lime")
CROWD = [f"/wiki/{a}{b}{c}" for a in WORDS for b in WORDS for c in WORDS[:4]]  # words, no slugs


def test_paths_that_share_a_parent_are_one_row_unless_every_one_is_asked_for(
    call: Call, ingest: Callable[..., None]
) -> None:
    ingest(*((23, path, 200) for path in CROWD))
    (row,) = report(call)["routes"]
    assert row["requests"] == len(CROWD)
    every = report(call, "--no-group")["routes"]
    assert sorted(row["rule"] for row in every) == sorted(CROWD)
    assert {row["requests"] for row in every} == {1}


def test_a_terminal_shows_40_rows_unless_all_are_asked_for(
    call: Call, ingest: Callable[..., None]
) -> None:
    paths = [f"/{a}/{b}" for a in WORDS for b in WORDS[:5]]
    ingest(*((23, path, 200) for path in paths))
    first, every = call("report", *NOW).out, call("report", *NOW, "--all").out
    assert sum(f"{path} " in first for path in paths) == 40
    assert sum(f"{path} " in every for path in paths) == len(paths) == 50
    assert "--all" in first
    assert "--all" not in every


def test_a_report_is_in_the_given_language(
    call: Call, ingest: Callable[..., None], tmp_path: Path
) -> None:
    ingest((23, "/", 200))
    page = tmp_path / "estado.html"
    assert "Disponibilidad" in call("report", "--lang", "es").out
    assert "Disponibilidad" in call("report", "--lang", "es", "--markdown").out
    call("report", "--lang", "es", "--html", page)
    assert '<html lang="es">' in page.read_text()
    assert "Availability" in call("report").out


@pytest.mark.parametrize("medium", ["--json", "--csv"])
def test_output_for_programs_is_in_one_language(medium: str, call: Call) -> None:
    told = call("report", medium, "--lang", "es")
    assert told.status == 2
    assert f"{medium} has no language; leave out --lang" in told.err
