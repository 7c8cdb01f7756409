"""`flask-status ingest --format` with Apache LogFormat strings."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

FORMAT = '%h %t %>s %D "%r"'


def line(second: int, status: int) -> str:
    return f'::1 [23/Nov/2026:06:42:{second:02} +0000] {status} 7 "GET /a HTTP/1.1"\n'


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "flask_status_cli", "--db", "s.db", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_later_run_remembers_the_string(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text(line(1, 200) + line(2, 404))
    first = run(tmp_path, "ingest", "--format", FORMAT, "a.log")
    assert (first.returncode, first.stderr.split(":")[1].strip()[: len(FORMAT)]) == (0, FORMAT)
    with log.open("a") as more:
        more.write(line(3, 500))
    then = run(tmp_path, "ingest", "a.log")
    assert then.returncode == 0
    assert f"{FORMAT} (times as logged), 1 line: 1 entry" in then.stderr


def test_a_stored_format_that_no_longer_exists_is_ignored(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text('::1 - - [23/Nov/2026:06:42:01 +0000] "GET /a HTTP/1.1" 200 7\n')
    assert run(tmp_path, "ingest", "a.log").returncode == 0
    with sqlite3.connect(tmp_path / "s.db") as database:
        database.execute("UPDATE stream SET format = '%broken'")
    with log.open("a") as more:
        more.write('::1 - - [23/Nov/2026:06:42:02 +0000] "GET /a HTTP/1.1" 200 7\n')
    then = run(tmp_path, "ingest", "a.log")
    assert (then.returncode, "1 entry" in then.stderr) == (0, True)


def test_an_invalid_format_string_is_one_line_and_exit_status_2(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(line(1, 200))
    found = run(tmp_path, "ingest", "--format", "%h %t %r", "a.log")
    assert found.returncode == 2
    assert found.stderr == (
        "flask-status: --format: the format lacks a status (%>s); add what is missing\n"
    )
    nginx = run(tmp_path, "ingest", "--format", "$remote_addr [$time_local]", "a.log")
    assert nginx.returncode == 2
    assert nginx.stderr == (
        "flask-status: --format: the format lacks a status ($status) and a request "
        '("$request", or $request_method with $request_uri); add what is missing\n'
    )
    assert not (tmp_path / "s.db").exists()


def test_a_mistyped_format_gets_a_suggestion(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(line(1, 200))
    found = run(tmp_path, "ingest", "--format", "combine", "a.log")
    assert found.returncode == 2
    assert (
        "'combine' is not a known format, an Apache LogFormat or an nginx log_format: did you mean combined?"
        in found.stderr
    )


def test_logs_in_a_pipe_are_read_by_the_string(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(line(1, 200) + line(2, 404))
    command = f"{sys.executable} -m flask_status_cli --db s.db ingest --format '{FORMAT}' - < a.log"
    found = subprocess.run(
        command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (found.returncode, "2 entries" in found.stderr) == (0, True)


def test_explain_shows_the_fields_of_a_format_string(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(line(1, 404))
    found = run(tmp_path, "formats", "explain", "--format", FORMAT, "a.log")
    assert found.returncode == 0
    assert "  status       404\n" in found.stdout
    refused = run(tmp_path, "formats", "explain", "--format", "%h", "a.log")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
