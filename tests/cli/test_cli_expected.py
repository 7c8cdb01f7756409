"""Traffic that is promised: its silence is an outage, in every medium, from the day it was promised on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli import judgement, summary
from flask_status_cli.model import Expectation
from flask_status_cli.model.settings import PolicySettings
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.run import ingest
from flask_status_cli.store import Ledger

Call = Callable[..., Any]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HEALTH = Expectation("/health", 5)
SITE = Expectation("", 10)


class Watched:
    """A log, its database, and the clock of whoever reads it."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "access.log"
        self.log.touch()
        self.database = folder / "status.db"

    def write(self, path: str, *minutes: int) -> None:
        with self.log.open("a") as log:
            for minute in minutes:
                at = NOON + minute * MINUTE
                log.write(
                    f'10.0.0.1 - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" 200 5\n'
                )

    def read(self, minute: int, *expected: Expectation) -> None:
        """Ingest at a minute after noon, with a configuration that promises this."""
        options = IngestOptions(self.database, (str(self.log),), UTC, expectations=expected)
        ingest(options, progress=lambda *_: None, clock=lambda: NOON + minute * MINUTE)

    def silences(self, minute: int) -> list[tuple[list[str], int, int | None]]:
        """Return the routes of each silence, its first minute after noon, and the one that ended it."""
        now = NOON + minute * MINUTE
        with Ledger.open(self.database) as ledger:
            found = summary.find_incidents(
                ledger,
                judgement.policy(PolicySettings()),
                newest=summary.newest_entry(ledger, now=now),
                read=summary.log_freshness(ledger, now=now, stale_after=timedelta(minutes=15)),
            )
        return [
            (
                [route.rule for route in each.routes],
                (each.start - NOON) // MINUTE,
                None if each.end is None else (each.end - NOON) // MINUTE,
            )
            for each in reversed(found)
        ]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_silence_is_an_outage_from_the_last_entry_on(watched: Watched) -> None:
    watched.write("/health", *range(-5, 11))
    watched.read(0, HEALTH)
    # Five whole minutes are silent at the end of minute 15; the last minute before a run may be in a buffer.
    watched.read(16, HEALTH)
    assert watched.silences(16) == []
    watched.read(17, HEALTH)
    assert watched.silences(17) == [(["/health"], 11, None)]


def test_a_silence_ends_with_the_next_entry(watched: Watched) -> None:
    watched.write("/health", *range(-5, 11))
    watched.read(0, HEALTH)
    watched.write("/health", 31, 34, 38, 42)
    watched.read(43, HEALTH)
    assert watched.silences(43) == [(["/health"], 11, 31)]


def test_a_silence_that_comes_back_within_half_an_hour_is_the_same(watched: Watched) -> None:
    watched.write("/health", 0, 10, 20, 30)
    watched.read(0, HEALTH)
    watched.read(31, HEALTH)
    assert watched.silences(31) == [(["/health"], 1, 30)]


def test_silence_before_the_expectation_was_configured_is_not_judged(watched: Watched) -> None:
    watched.write("/health", -600, -300, -60)
    watched.read(0, HEALTH)
    assert watched.silences(0) == []
    watched.read(4, HEALTH)
    assert watched.silences(4) == []
    watched.read(8, HEALTH)
    assert watched.silences(8) == [(["/health"], 0, None)]
    # It is taken back, and promised anew.
    watched.read(9)
    assert watched.silences(9) == []
    watched.read(12, HEALTH)
    assert watched.silences(12) == []


def test_a_log_that_is_not_read_is_no_silence(watched: Watched) -> None:
    watched.write("/health", 0)
    watched.read(0, HEALTH)
    assert watched.silences(60) == []
    watched.read(30, HEALTH)
    assert watched.silences(600) == [(["/health"], 1, None)]


def test_only_its_own_requests_end_the_silence_of_a_route(watched: Watched) -> None:
    watched.write("/health", 0)
    watched.write("/", *range(30))
    watched.read(0, HEALTH, SITE)
    watched.read(31, HEALTH, SITE)
    assert watched.silences(31) == [(["/health"], 1, None)]
    watched.read(45, HEALTH, SITE)
    assert watched.silences(45) == [(["/health"], 1, None), (["/", "/health"], 30, None)]


@pytest.fixture
def silent(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A health check that was silent for an hour, up to the present minute."""
    monkeypatch.chdir(tmp_path)
    found = Watched(tmp_path)
    begin = datetime.now(UTC) - timedelta(minutes=70)
    lines = [
        f'10.0.0.1 - - [{begin + n * MINUTE:%d/%b/%Y:%H:%M:%S} +0000] "GET /health HTTP/1.1" 200 5\n'
        for n in range(10)
    ]
    found.log.write_text("".join(lines))
    options = IngestOptions(found.database, (str(found.log),), UTC, expectations=(HEALTH,))
    ingest(options, progress=lambda *_: None, clock=lambda: begin + 9 * MINUTE)
    (tmp_path / "flask-status.toml").write_text(
        '[[routes]]\nrule = "/health"\nexpect_every = "5m"\n'
    )
    assert call("ingest", "-q", found.log).status == 0
    return found


def test_every_medium_shows_the_silence(silent: Watched, call: Call, tmp_path: Path) -> None:
    (incident,) = json.loads(call("incidents", "--json").out)["incidents"]
    assert (incident["kind"], incident["open"], incident["failures"]) == ("silent", True, 0)
    assert incident["routes"][0]["rule"] == "/health"
    report = json.loads(call("report", "--json").out)
    assert report["routes"][0]["now"] == "major_outage"
    assert report["incidents"] == [incident]
    terminal = call("report").out
    assert "No requests to /health" in terminal
    assert "down since" in terminal
    page = tmp_path / "status.html"
    assert call("report", "--html", page).status == 0
    assert "No requests to <wbr>/health" in page.read_text()
    assert "no requests" in call("incidents").out
    assert "No requests to /health" in call("incidents", "show", incident["id"]).out
    assert call("check", "incidents").status == 2 or call("check", "--incidents").status == 2
    assert call("check").status == 2


def test_the_configuration_says_what_is_expected(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flask-status.toml").write_text(
        '[expect]\nevery = "10m"\n[[policy.routes]]\nrule = "/api/*"\nexpect_every = "1h"\n'
        '[[routes]]\nrule = "/health"\nexpect_every = "90s"\n'
    )
    log = tmp_path / "access.log"
    log.write_text('10.0.0.1 - - [23/Nov/2026:12:00:00 +0000] "GET /health HTTP/1.1" 200 5\n')
    assert call("config", "check").status == 0
    assert 'every = "10m"' in call("config", "show").out
    assert call("ingest", "-q", log).status == 0
    with Ledger.open(tmp_path / "status.db") as ledger:
        found = {each.rule: each.minutes for each in ledger.expectations()}
    assert found == {"": 10, "/api/*": 60, "/health": 2}
