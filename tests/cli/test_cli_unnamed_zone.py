"""Where the system's zone has rules and no name, every command works in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

Call = Callable[..., Any]

NAME = "local (UTC+05:30)"


@pytest.fixture(autouse=True, params=[None, "local"])
def unnamed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    with (files("tzdata") / "zoneinfo/Asia/Kolkata").open("rb") as rules:
        zone = ZoneInfo.from_file(rules, key=request.param)
    monkeypatch.setattr("flask_status_cli.system_zone.system_zone", lambda: zone)


@pytest.mark.parametrize("medium", [[], ["--markdown"], ["--html", "-o", "-"]])
def test_the_report_shows_its_times_and_names_its_offset(
    call: Call, log: Path, medium: list[str]
) -> None:
    call("ingest", log)
    told = call("report", "--now", "2026-11-23T10:10Z", *medium)
    assert told.status == 0
    assert f"time zone {NAME}" in told.out
    assert "2026-11-23 15:34 +05:30" in told.out, "the newest entry, of 10:04 UTC"


def test_the_days_are_those_of_the_zone(call: Call, log: Path) -> None:
    log.write_bytes(log.read_bytes().replace(b"23/Nov/2026:10:", b"23/Nov/2026:18:"))
    call("ingest", log)
    found = json.loads(call("report", "--now", "2026-11-23T18:40Z", "--json").out)
    assert found["timezone"] == NAME
    assert found["window"]["to"] == "2026-11-24"
    named = call("report", "--now", "2026-11-23T18:40Z", "--json", "--timezone", "Asia/Kolkata")
    assert json.loads(named.out) == {**found, "timezone": "Asia/Kolkata"}


def test_stamps_without_a_zone_are_read_in_it(call: Call, tmp_path: Path) -> None:
    flask = tmp_path / "flask.log"
    flask.write_bytes(b'127.0.0.1 - - [23/Nov/2026 06:39:43] "GET / HTTP/1.1" 200 -\n')
    assert "werkzeug (local), 1 line: 1 entry" in call("ingest", flask).err
    assert "2026-11-23T01:09Z" in call("counts", "--by", "minute").out
