"""A directory and a pattern mean the same: what is understood counts, what is not is named with its file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from flask_status_cli.cli import run

ACCESS = '10.0.0.1 - - [23/Nov/2026:08:00:01 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n'
REQUESTS = '{"zeit": "2026-11-23T08:00:00Z", "status": 500, "uri": "/x", "method": "GET"}\n'
WORDS = '{"level": "info", "msg": "hello"}\n'


@pytest.fixture(params=["directory", "pattern"])
def logs(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A directory with logs, and how they are named."""
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder, str(folder if request.param == "directory" else folder / "*")


def ingest(folder: Path, *arguments: str) -> int:
    return run(["--db", str(folder.parent / "s.db"), "ingest", *arguments])


def report(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert run(["--db", str(folder.parent / "s.db"), "report", "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)["data"]
    return found


@pytest.mark.parametrize("again", [False, True])
def test_a_log_of_requests_that_no_format_reads_is_named_each_time_and_the_run_is_good(
    logs: tuple[Path, str],
    again: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, named = logs
    (folder / "access.log").write_text(ACCESS)
    (folder / "api.log").write_text(REQUESTS)
    if again:  # under cron a problem that lasts is said once a day
        ingest(folder, "-q", named)
        capsys.readouterr()
        assert ingest(folder, "-q", named) == 1
        assert capsys.readouterr().err == ""
    assert ingest(folder, named) == 1
    assert f"flask-status: {folder}/api.log:1: no known format: this is JSON lines" in (
        capsys.readouterr().err
    )
    assert report(folder, capsys)["stale"] is False


@pytest.mark.parametrize("again", [False, True])
def test_a_file_that_is_no_access_log_is_named_and_is_no_problem(
    logs: tuple[Path, str],
    again: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, named = logs
    (folder / "access.log").write_text(ACCESS)
    (folder / "app.json").write_text(WORDS)
    if again:
        assert ingest(folder, "-q", named) == 0
        assert capsys.readouterr().err == ""
    assert ingest(folder, named) == 0
    assert f"{folder}/app.json: no request in it was understood" in capsys.readouterr().err
    assert report(folder, capsys)["stale"] is False


def test_a_run_that_understands_no_line_is_a_problem(
    logs: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, named = logs
    (folder / "app.json").write_text(WORDS)
    assert ingest(folder, "-q", named) == 1
    told = capsys.readouterr().err
    assert (
        f"{folder}: no log was found in this directory" in told
        or f"{folder}/app.json:1: no known" in told
    )


def test_entries_after_pages_of_other_text_are_counted(
    logs: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, named = logs
    (folder / "app.log").write_text("a word of the app\n" * 20_000 + ACCESS)
    assert ingest(folder, "-q", named) == 0
    assert report(folder, capsys)["last"] == "2026-11-23T08:00:00Z"


@pytest.mark.parametrize("quiet", [False, True])
def test_each_file_without_lines_is_named_once_and_the_other_logs_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], quiet: bool
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for n in range(80):
        (logs / f"site{n:02}.log").write_text(ACCESS.replace("10.0.0.1", f"10.0.0.{n}"))
    (logs / "broken.gz").write_bytes(b"\x1f\x8b\x08\x00 this is no archive")
    os.mkfifo(logs / "pipe.log")
    (logs / "link.log").symlink_to(logs / "missing")
    (logs / "older").mkdir()
    (logs / "empty.log").touch()
    assert ingest(logs, *["-q"][: int(quiet)], str(logs)) == 1
    told = capsys.readouterr().err.splitlines()
    problems = [line for line in told if line.startswith("flask-status: ")]
    assert len(problems) == 1
    assert f"{logs}/broken.gz: the archive is damaged" in problems[0]
    assert [line for line in told if line not in problems] == (
        []
        if quiet
        else [
            "80 logs: combined (times as logged), 80 lines: 80 entries, 0 noise, 0 refused; 1 new route",
            f"{logs}/link.log: not read, because it is a link to a missing file",
            f"{logs}/pipe.log: not read, because it is a named pipe",
            f"{logs}/empty.log: empty",
        ]
    )
    (logs / "empty2.log").touch()
    assert ingest(logs, str(logs)) == 1
    assert f"2 files are empty, such as {logs}/empty.log" in capsys.readouterr().err
