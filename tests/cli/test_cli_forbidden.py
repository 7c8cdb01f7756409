"""Paths in a directory that may not be entered: every command says so in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flask_status_cli.cli import run

LINE = '192.0.2.1 - - [23/Nov/2026:10:05:42 +0000] "GET / HTTP/1.1" 200 5\n'
DENIED = "ermission denied"

CALLS = """
import contextlib, io, json, sys
from flask_status_cli.cli import run

for arguments in json.loads(sys.argv[1]):
    printed = io.StringIO()
    with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(printed):
        try:
            status = run(arguments)
        except OSError as error:
            status = repr(error)
    print(json.dumps([status, printed.getvalue()]))
"""


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "closed"
    directory.mkdir()
    directory.chmod(0)
    yield directory
    directory.chmod(0o700)


def test_a_directory_that_may_not_be_entered_is_named_in_one_line(
    tmp_path: Path, closed: Path
) -> None:
    log, database, conf = tmp_path / "a.log", tmp_path / "a.db", tmp_path / "nginx.conf"
    log.write_text(LINE)
    conf.write_text(
        f"events {{}}\nhttp {{ access_log {closed}/a.log; access_log {closed}/b.log; }}\n"
    )
    assert run(["--db", str(database), "ingest", "-q", str(log)]) == 0
    ours, theirs = ["--db", str(database)], ["--db", f"{closed}/a.db"]
    fails = [
        [*ours, "report", "--html", f"{closed}/page.html"],
        [*ours, "report", "--site", f"{closed}/site"],
        [*ours, "db", "import", f"{closed}/old.db"],
        [*ours, "ingest", "--nginx-conf", str(conf)],
        [*theirs, "ingest", str(log)],
        [*theirs, "ingest", "--dry-run", str(log)],
        [*theirs, "db", "prune"],
        [*theirs, "report"],
    ]
    works = [[*theirs, "config", "check"], ["config", "path"]]
    drop = (
        ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    )
    done = subprocess.run(
        [*drop, sys.executable, "-c", CALLS, json.dumps(fails + works)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "TZ": "UTC", "XDG_CONFIG_HOME": str(closed)},
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for arguments, (status, printed) in zip(fails, found, strict=False):
        assert status == 1, (arguments, status)
        assert DENIED in printed, arguments
        assert str(closed) in printed, arguments
    assert [status for status, _ in found[len(fails) :]] == [0, 0]
    assert f"{closed}/flask-status/flask-status.toml  (cannot be read: Permission denied)" in str(
        found[-1][1]
    )
