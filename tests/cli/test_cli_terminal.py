"""At a terminal: a bar for a long ingest, a hint said to people only, and Ctrl-C."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

# The command, with a bar that is shown at once, and with Ctrl-C as a shell leaves it.
PROGRAM = """
import signal, sys
from flask_status_cli.cli import run
from flask_status_cli.cli.screen import progress_bar as progress

signal.signal(signal.SIGINT, signal.default_int_handler)
progress.SHOWN_AFTER = 0
sys.exit(run(sys.argv[1:]))
"""


def _start(
    database: Path, *arguments: object, stderr: int, stdin: int | None = None
) -> subprocess.Popen[bytes]:
    words = ["--db", str(database), "ingest", *map(str, arguments)]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=database.parent,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "24"},
        stdin=stdin,
        stderr=stderr,
    )


def _at_a_terminal(database: Path, *arguments: object) -> str:
    """What an ingest writes to standard error where that is a terminal."""
    ours, theirs = pty.openpty()
    process = _start(database, *arguments, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while more := os.read(ours, 4096):
            seen += more
    except OSError:  # how Linux says that nobody has the terminal open any more
        pass
    os.close(ours)
    assert process.wait() == 0, seen
    return seen.decode().replace("\r\n", "\n")


def _through_a_pipe(database: Path, *arguments: object) -> str:
    process = _start(database, *arguments, stderr=subprocess.PIPE)
    _, told = process.communicate()
    assert process.returncode == 0, told
    return told.decode()


def test_a_bar_is_shown_and_wiped_away(database: Path, log: Path) -> None:
    seen = _at_a_terminal(database, log)
    assert re.search(r"access\.log.*━.*\d+/\d+ bytes", seen)
    wiped, _, summary = seen.rpartition("\x1b[2K")
    assert "━" in wiped
    assert "━" not in summary
    assert "4 entries" in summary


@pytest.mark.parametrize("how", ["quietly", "into a file"])
def test_without_a_terminal_there_is_no_progress_bar(database: Path, log: Path, how: str) -> None:
    if how == "quietly":
        assert _at_a_terminal(database, "-q", log) == ""
    else:
        assert _through_a_pipe(database, log).startswith(f"{log}: combined")


@pytest.mark.parametrize(
    ("older", "hints"),
    [
        (0, []),
        (1, ["1 older log is next to {log}; flask-status ingest '{log}*' reads it too"]),
        (2, ["2 older logs are next to {log}; flask-status ingest '{log}*' reads them too"]),
    ],
    ids=["none", "one", "two"],
)
def test_older_logs_are_hinted_at_once_and_at_a_terminal(
    database: Path, log: Path, older: int, hints: list[str]
) -> None:
    for number in range(1, older + 1):
        log.with_name(f"access.log.{number}").write_bytes(b"an older log\n")
    assert " next to " not in _through_a_pipe(database.with_name("other.db"), log)
    seen = _at_a_terminal(database, log)
    assert [line for line in seen.splitlines() if " next to " in line] == [
        text.format(log=log) for text in hints
    ]
    assert " next to " not in _at_a_terminal(database, log), "said once"


def test_ctrl_c_ends_an_ingest_with_130_and_loses_nothing(
    call: Call, database: Path, log: Path
) -> None:
    begun = _start(database, "-", stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    with begun as process:
        assert process.stdin
        assert process.stderr
        process.stdin.write(log.read_bytes())
        process.stdin.flush()
        while not database.exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b""
    assert process.returncode == 130
    assert call("ingest", log).status == 0
    assert call("report", "--now", "last", "--csv").out.splitlines()[1].split(",")[6] == "2"
