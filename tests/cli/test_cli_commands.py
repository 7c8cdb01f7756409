"""What the commands print, and where: stdout carries the payload, stderr the words for people."""

from __future__ import annotations

import csv
import io
import json
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.cli import run
from flask_status_cli.store.schema.version import REVISIONS

Call = Callable[..., Any]


def test_ingest_prints_one_line_on_stderr(call: Call, log: Path) -> None:
    told = call("ingest", log)
    assert told.err == (
        f"{log}: combined (times as logged), 4 lines: 4 entries, 0 noise, 0 refused; 2 new routes\n"
    )
    assert told.out == ""


def test_ingest_quietly_says_nothing(call: Call, log: Path) -> None:
    assert call("ingest", "-q", log) == call("ingest", "-q", log)
    assert call("ingest", "-q", log).err == ""


def test_ingest_shows_the_first_refused_line_of_a_log(call: Call, log: Path) -> None:
    with log.open("ab") as file:
        file.write(b"10.0.0.9 - \x1b[31mthis\n10.0.0.9 - and this\n")
    shown = r"no known format: '10.0.0.9 - \x1b[31mthis'"
    summary, sample = call("ingest", log).err.splitlines()
    assert "6 lines: 4 entries, 0 noise, 2 refused" in summary
    assert sample == f"{log}:5: {shown}"
    with log.open("ab") as file:
        file.write(log.read_bytes())
    _, sample = call("ingest", log).err.splitlines()
    assert sample == f"{log}, line 5 of what was read: {shown}"
    with log.open("ab") as file:
        file.write(log.read_bytes())
    assert call("ingest", "-q", log).err == ""


def test_a_log_that_failed_is_not_reported_as_having_nothing_new(
    call: Call, tmp_path: Path
) -> None:
    told = call("ingest", tmp_path / "nowhere.log")
    assert told.err.count("\n") == 1
    assert "nothing new" not in told.err


def test_ingest_as_json_has_an_item_for_each_log(call: Call, log: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere.log"
    files = json.loads(call("ingest", "--json", log, nowhere, log).out)["files"]
    assert files == [
        {"path": str(nowhere), "result": "failed", "format": None, "timezone": None,
         "lines": 0, "entries": 0, "noise": 0, "refused": {}, "assumed": 0, "counted_before": 0,
         "problem": f"{nowhere}: no such file; check the path; a name with * or ? needs quotes"},
        {"path": str(log), "result": "new", "format": "combined", "timezone": "as logged",
         "lines": 4, "entries": 4, "noise": 0, "refused": {}, "assumed": 0, "counted_before": 0,
         "problem": None},
    ]  # fmt: skip
    with log.open("ab") as file:
        file.write(b"10.0.0.9 - what\n" + log.read_bytes())
    (again,) = json.loads(call("ingest", "--json", log).out)["files"]
    assert (again["result"], again["lines"], again["refused"]) == (
        "continued",
        5,
        {"no known format": 1},
    )


def test_local_stamps_are_read_in_the_zone_given_and_the_line_says_so(
    call: Call, tmp_path: Path
) -> None:
    flask = tmp_path / "flask.log"
    flask.write_bytes(
        b'127.0.0.1 - - [23/Nov/2026 06:39:43] "\x1b[35m\x1b[1mGET /boom HTTP/1.1\x1b[0m" 500 -\n'
    )
    assert (
        "werkzeug (Asia/Kolkata), 1 line: 1 entry"
        in call("ingest", "--log-timezone", "Asia/Kolkata", flask).err
    )
    assert (
        call("counts", "--by", "minute").out.splitlines()[1]
        == "2026-11-23T01:09Z,,<unmatched>,500,1"
    )


def test_a_format_given_restricts_what_is_read(call: Call, log: Path) -> None:
    told = call("ingest", "--format", "werkzeug", log)
    assert (told.status, "no known format" in told.err) == (1, True)
    assert call("ingest", "--format", "common", log).status == 0


def test_labels_keep_apps_apart(call: Call, log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.log"
    other.write_bytes(log.read_bytes().replace(b"10.0.0.1", b"10.0.0.2"))
    call("ingest", "--label", "shop", log)
    call("ingest", "--label", "blog", other)
    labels = [row["label"] for row in csv.DictReader(io.StringIO(call("counts").out))]
    assert (labels.count("shop"), labels.count("blog")) == (4, 4)


COUNTS = """\
time,label,route,status,requests
2026-11-23T10:01Z,,/,200,1
2026-11-23T10:02Z,,/users/<int:id>,200,1
2026-11-23T10:03Z,,/users/<int:id>,500,1
2026-11-23T10:04Z,,<unmatched>,404,1
"""


def test_counts_are_utf_8_whatever_the_encoding_of_the_stream_is(
    call: Call, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "wide.log"
    log.write_bytes(
        b'10.0.0.1 - - [23/Nov/2026:10:01:00 +0000] "GET /caf%C3%A9 HTTP/1.1" 200 5 "-" "curl"\n'
    )
    assert call("ingest", "-q", log).status == 0
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252"))
    assert run(["--db", str(database), "counts"]) == 0
    assert written.getvalue().decode().splitlines()[1] == "2026-11-23,,/café,200,1"


def test_counts_by_minute_hour_and_day(call: Call, log: Path) -> None:
    call("ingest", log)
    assert call("counts", "--by", "minute").out == COUNTS
    assert "2026-11-23T10:00Z,,/users/<int:id>,500,1\n" in call("counts", "--by", "hour").out
    assert "2026-11-23,,/users/<int:id>,500,1\n" in call("counts").out
    rows = json.loads(call("counts", "--by", "minute", "--json").out)
    assert rows[0] == {
        "time": "2026-11-23T10:01Z",
        "label": "",
        "route": "/",
        "status": 200,
        "requests": 1,
    }


def test_the_report_in_every_medium(call: Call, log: Path) -> None:
    call("ingest", log)
    as_of = ("report", "--now", "2026-11-23T10:10Z")
    assert "/users/<int:id>" in call(*as_of).out
    summary = json.loads(call(*as_of, "--json").out)
    assert [route["rule"] for route in summary["routes"]] == ["/users/<int:id>", "/", "<unmatched>"]
    assert summary["total"]["requests"] == 4
    assert (
        call(*as_of, "--csv").out.splitlines()[1]
        == ",/users/<int:id>,,partial_outage,partial_outage,50.00%,2,1,1,0"
    )
    assert "| 50.00% |" in call(*as_of, "--markdown").out
    assert call(*as_of, "--html", "-o", "-").out.startswith("<!doctype html>")


def test_the_page_is_written_whole_and_readable_by_a_web_server(
    call: Call, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call("ingest", log)
    told = call("report", "--html")
    page = tmp_path / "status.html"
    assert stat.S_IMODE(page.stat().st_mode) == 0o644
    assert "wrote status.html" in told.err
    assert "publishes 2 discovered routes" in told.err
    assert told.out == ""
    assert "publishes" not in call("report", "--html").err, "said once"
    assert call("report", "-q", "--html", "other.html").err == ""
    assert call("report", "--json", "-o", "status.json").out == ""
    assert json.loads((tmp_path / "status.json").read_text())["schema_version"] == 1


def test_the_same_database_and_options_give_the_same_bytes(call: Call, log: Path) -> None:
    call("ingest", log)
    for medium in (["--json"], ["--html", "-o", "-"], ["--csv"], ["--markdown"], []):
        report = ["report", "--now", "2026-11-23T10:10Z", "--timezone", "Asia/Kolkata", *medium]
        assert call(*report).out == call(*report).out


def test_only_and_exclude_choose_routes_and_the_total(call: Call, log: Path) -> None:
    call("ingest", log)

    def rules(*options: str) -> list[str]:
        summary = json.loads(call("report", "--now", "last", "--json", *options).out)
        assert summary["total"]["requests"] == sum(route["requests"] for route in summary["routes"])
        return [route["rule"] for route in summary["routes"]]

    assert rules("--only", "/users/*") == ["/users/<int:id>"]
    assert rules("--exclude", "/users/*", "--exclude", "<unmatched>") == ["/"]


def test_the_database_is_named_before_or_after_the_command_or_in_the_environment(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call
) -> None:
    from flask_status_cli.cli import run

    monkeypatch.setenv("FLASK_STATUS_DB", str(tmp_path / "environment.db"))
    assert run(["ingest", "-q", str(log)]) == 0
    assert (tmp_path / "environment.db").exists()
    assert run(["--db", str(tmp_path / "before.db"), "ingest", "-q", str(log)]) == 0
    assert (tmp_path / "before.db").exists()
    assert run(["ingest", "--db", str(tmp_path / "behind.db"), "-q", str(log)]) == 0
    assert (tmp_path / "behind.db").exists()


def test_the_default_database_is_in_the_state_directory(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flask_status_cli.cli import run

    monkeypatch.delenv("FLASK_STATUS_DB", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert run(["ingest", "-q", str(log)]) == 0
    assert (tmp_path / "state" / "flask-status" / "status.db").exists()


def test_db_info_shows_what_is_in_the_database(call: Call, log: Path) -> None:
    call("ingest", log)
    told = call("db", "info").out
    for part in (
        f"schema {REVISIONS[-1]}",
        "2026-11-23 10:01 UTC",
        "2 of at most 5,000 answering paths",
        "1 of at most 50,000 rows",
        str(log),
        "4 entries",
    ):
        assert part in told


def test_the_crontab_line_is_absolute_and_escapes_percent_signs(
    call: Call, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    line = call(
        "schedule", "cron", "acc ess-%Y.log", "--html", "www/100%.html", "--log-timezone", "UTC"
    ).out
    assert line.startswith("* * * * * ")
    assert line.count("\n") == 1
    assert "%" not in line.replace("\\%", "")
    words = shlex.split(line.replace("\\%", "%").replace("; ", " ; ").removeprefix("* * * * * "))
    assert str(tmp_path / "acc ess-%Y.log") in words
    assert str(tmp_path / "www" / "100%.html") in words
    assert words[words.index("--log-timezone") + 1] == "UTC"


def test_the_crontab_line_runs_as_cron_would_run_it(call: Call, log: Path, tmp_path: Path) -> None:
    page = tmp_path / "status.html"
    line = call("schedule", "cron", log, "--html", page).out
    command = line.removeprefix("* * * * * ").rstrip("\n")
    found = subprocess.run(
        ["/bin/sh", "-c", command],
        env={"PATH": "/usr/bin:/bin"},
        cwd="/",
        capture_output=True,
        check=False,
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, b"", b"")
    assert page.exists()


def test_version_and_help_need_no_database(call: Call) -> None:
    assert call("--version").out.startswith("flask-status, version ")
    assert "ingest" in call("--help").out
    for command in ("ingest", "report", "counts", "db", "schedule"):
        assert "Usage:" in call(command, "--help").out


def test_the_formats_of_the_command_line_are_those_of_the_formats() -> None:
    from flask_status_cli.cli.log_format_option import FORMATS
    from flask_status_cli.formats import FORMAT_NAMES

    assert sorted(FORMATS) == sorted(FORMAT_NAMES)


def test_a_module_is_a_command_too(log: Path, database: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "flask_status_cli",
        "--db",
        str(database),
        "ingest",
        "-q",
        str(log),
    ]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
