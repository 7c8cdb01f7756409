"""`flask-status db`: pruning, checking and copying a database from the shell; what an ingest prunes."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.cli.commands import ingest as ingest_command
from flask_status_cli.model import DatabaseInfo
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.model.trusted_clock import ClockTrust
from flask_status_cli.render.json import database_json

Call = Callable[..., Any]
NEW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def line(at: datetime, status: int = 200) -> str:
    return f'10.0.0.1 - - [{at:%d/%b/%Y:%H:%M:%S +0000}] "GET / HTTP/1.1" {status} 5 "-" "curl"\n'


@pytest.fixture
def old_log(tmp_path: Path) -> Path:
    """A log of 60 days, an entry an hour, with an outage of five minutes 50 days before its end."""
    path = tmp_path / "old.log"
    hours = [NEW - timedelta(hours=ago) for ago in range(60 * 24, -1, -1)]
    bad = NEW - timedelta(days=50)
    lines = [line(at) for at in hours]
    place = hours.index(bad) + 1
    lines[place:place] = [
        line(bad + timedelta(minutes=m), 503) for m in range(1, 6) for _ in range(4)
    ]
    path.write_text("".join(lines))
    return path


def rows(database: Path, table: str) -> int:
    with sqlite3.connect(database) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    return int(count)


def test_info_is_printed_as_json(call: Call, database: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    lines = [line(NEW), line(NEW + timedelta(minutes=1)), "no entry\n"]
    lines.append(line(NEW + timedelta(minutes=2), 404).replace("GET /", "GET /nope"))
    log.write_text("".join(lines))
    call("ingest", log)
    told = json.loads(call("db", "info", "--json").out)
    times = [told.pop("created_at"), told["logs"][0].pop("updated_at")]
    times += [told["runs"][0].pop(name) for name in ("started_at", "finished_at")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time) for time in times)
    rows = {"input", "minute_count", "quarter_count", "route", "run", "stream", "unread", "waiting"}
    tables = told.pop("rows")
    assert {name for name, number in tables.items() if number} == rows
    assert (tables["minute_count"], tables["quarter_count"]) == (2, 1)
    assert told == {
        "schema_version": 1,
        "database": str(database),
        "size": database.stat().st_size,
        "schema": "0022",
        "first": "2026-11-23T12:00:00Z",
        "last": "2026-11-23T12:02:00Z",
        "minutes_from": None,
        "clock": None,
        "answering": {"paths": 1, "limit": 5000},
        "waiting": {"rows": 1, "limit": 50000},
        "unmatched": 0,
        "other": 0,
        "merged": 0,
        "crowds": [],
        "hosts": [],
        "logs": [
            {
                "id": 1,
                "format": "combined",
                "offset": log.stat().st_size,
                "last": "2026-11-23T12:02:00Z",
                "paths": [str(log)],
            }
        ],
        "runs": [{"logs": 1, "lines": 4, "entries": 3, "noise": 1, "refused": 0, "problems": []}],
    }


def test_info_of_hosts_crowds_and_a_doubted_clock_is_printed_as_json() -> None:
    host = Host("web\udce9", NEW, None, retired=True)
    info = DatabaseInfo(
        Path("/s.db"), 4096, "0022", NEW, None, None, {}, 0, 5000, 0, 50000, 1, 2, 3,
        (("shop", "/p/<slug>"),), 29_000_000, ClockTrust(NEW, NEW + timedelta(days=400), NEW, 2), (), (),
        (host,),
    )  # fmt: skip
    told = json.loads(database_json.render(info))
    assert (told["first"], told["minutes_from"]) == (None, "2025-02-19T21:20:00Z")
    assert (told["unmatched"], told["other"], told["merged"]) == (1, 2, 3)
    assert told["crowds"] == [{"label": "shop", "rule": "/p/<slug>"}]
    assert told["hosts"] == [
        {
            "name": "web\\udce9",
            "last_run": "2026-11-23T12:00:00Z",
            "last_good_run": None,
            "retired": True,
        }
    ]
    assert told["clock"] == {
        "doubted": "2027-12-28T12:00:00Z",
        "trusted": "2026-11-23T12:00:00Z",
        "days": 2,
    }


def test_prune_drops_minutes_and_says_what_it_keeps(
    call: Call, old_log: Path, database: Path
) -> None:
    call("ingest", old_log)
    days = call("counts").out
    assert "Minutes   all kept" in call("db", "info").out
    before, quarters = rows(database, "minute_count"), rows(database, "quarter_count")
    told = call("db", "prune")
    assert (told.status, told.out) == (0, "")
    assert told.err.startswith(
        "minutes are kept from 2026-10-19 11:30 UTC on, and those of incidents before\n"
    )
    assert rows(database, "minute_count") < before * 0.7
    info = call("db", "info").out
    assert "kept from 2026-10-19 11:30 UTC on, and those of incidents before" in info
    assert rows(database, "quarter_count") == quarters
    assert call("counts").out == days
    assert "minutes are complete from 2026-10-19T11:30Z on" in call("counts", "--by", "minute").err
    found = call("report", "--now", "last", "--days", "60", "--json").out
    assert '"start": "2026-10-04T12:01:00Z", "end": "2026-10-04T12:06:00Z"' in found
    assert call("db", "prune", "-q").err == ""
    assert call("db", "check").status == 0


def test_the_configuration_says_how_long(
    call: Call, old_log: Path, database: Path, tmp_path: Path
) -> None:
    config = tmp_path / "flask-status.toml"
    config.write_text("[retention]\nminutes = 2\ndays = 3\n")
    call("ingest", old_log)
    told = call("--config", config, "db", "prune")
    assert "minutes are kept from 2026-11-21 11:30 UTC on" in told.err
    assert call("counts").out.splitlines()[1].startswith("2026-11-20,")


def test_prune_waits_for_an_ingest_and_then_says_so(
    call: Call, old_log: Path, database: Path
) -> None:
    from flask_status_cli.store import WriteLock

    call("ingest", old_log)
    with WriteLock(database, wait=0):
        told = call("db", "prune", "--wait", "0")
    assert told.status == 1
    assert "another ingest held the lock" in told.err


def test_an_ingest_prunes_once_a_day_the_first_time_after_a_day(
    call: Call, old_log: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = NEW
    monkeypatch.setattr(ingest_command, "clock", lambda: now)
    call("ingest", old_log)
    whole = rows(database, "minute_count")
    now = NEW + timedelta(hours=23)
    call("ingest", old_log)
    assert rows(database, "minute_count") == whole
    now = NEW + timedelta(hours=25)
    call("ingest", old_log)
    pruned = rows(database, "minute_count")
    assert pruned < whole
    with old_log.open("a") as log:
        log.write(line(now))
    call("ingest", old_log)
    assert rows(database, "minute_count") == pruned + 1, "a day has 24 hours"
    now = NEW + timedelta(hours=50)
    call("ingest", old_log)
    assert rows(database, "minute_count") < pruned + 1


def test_a_dry_run_prunes_nothing(
    call: Call, old_log: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("ingest", old_log)
    whole = rows(database, "minute_count")
    monkeypatch.setattr(ingest_command, "clock", lambda: NEW + timedelta(days=9999))
    call("ingest", "--dry-run", old_log)
    assert rows(database, "minute_count") == whole


def test_check_says_that_all_is_well(call: Call, log: Path, database: Path) -> None:
    call("ingest", log)
    told = call("db", "check")
    assert (told.status, told.out, told.err) == (0, f"{database} is sound\n", "")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            "UPDATE quarter_count SET requests = requests + 2 WHERE status = 500",
            "the quarter of 2026-11-23 10:00 UTC has 2 more requests than its minutes (route 2, status 500)",
        ),
        (
            "DELETE FROM quarter_count WHERE status = 500",
            "the quarter of 2026-11-23 10:00 UTC has 1 fewer requests than its minutes (route 2, status 500)",
        ),
        ("DELETE FROM route WHERE rule = '/'", "minute_count: 1 rows belong to no route"),
    ],
)
def test_check_reports_sums_that_are_wrong(
    call: Call, log: Path, database: Path, damage: str, message: str
) -> None:
    call("ingest", log)
    with sqlite3.connect(database) as connection:
        connection.execute(damage)
    connection.close()
    told = call("db", "check")
    assert told.status == 1
    assert f"flask-status: {database}: {message}" in told.err.splitlines()
    assert told.out == ""


def test_check_reports_a_damaged_file(call: Call, old_log: Path, database: Path) -> None:
    call("ingest", old_log)
    data = bytearray(database.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = bytes(range(256)) * 16
    database.write_bytes(data)
    told = call("db", "check")
    assert told.status == 1
    assert told.err


def test_a_backup_is_a_database_with_the_same_counts(
    call: Call, log: Path, database: Path, tmp_path: Path
) -> None:
    call("ingest", log)
    database.chmod(0o640)
    copy = tmp_path / "copy.db"
    for _ in range(2):
        told = call("db", "backup", copy)
        assert (told.status, told.out) == (0, "")
        assert f"wrote {copy} (" in told.err
    assert copy.stat().st_mode & 0o777 == 0o640
    assert call("counts", "--db", copy).out == call("counts").out
    assert call("db", "backup", "-q", copy).err == ""
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".db") == [
        "copy.db",
        "status.db",
    ]
    assert not list(tmp_path.glob(".copy*"))


def test_a_backup_replaces_only_a_database(
    call: Call, log: Path, database: Path, tmp_path: Path
) -> None:
    call("ingest", log)
    told = call("db", "backup", database)
    assert told.status == 1
    assert "is the database itself; name another file" in told.err
    told = call("db", "backup", log)
    assert told.status == 1
    assert "exists and is not a database; name another file" in told.err
    told = call("db", "backup", tmp_path)
    assert "is a directory" in told.err
    told = call("db", "backup", tmp_path / "no" / "copy.db")
    assert told.status == 1
    assert "cannot be written: No such file or directory" in told.err
    assert call("db", "check").status == 0


def test_a_backup_that_fails_leaves_the_earlier_one(
    call: Call, log: Path, database: Path, tmp_path: Path
) -> None:
    call("ingest", log)
    copy = tmp_path / "copy.db"
    call("db", "backup", copy)
    earlier = copy.read_bytes()
    database.write_bytes(b"this is a letter\n" * 100)
    assert call("db", "backup", copy).status == 1
    assert copy.read_bytes() == earlier
    assert not list(tmp_path.glob(".copy*"))


@pytest.mark.parametrize("command", [["prune"], ["check"], ["backup", "copy.db"]], ids=" ".join)
def test_without_a_database_db_commands_are_errors(
    call: Call, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = call("db", *command)
    assert told.status == 1
    assert "the database does not exist; flask-status ingest LOG creates it" in told.err
    assert not list(tmp_path.iterdir())
