"""A real `flask-status ingest --follow`: what it counts, how it ends, and what it says."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

Line = Callable[..., bytes]
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DEADLINE = 120
"""Seconds after which anything that is waited for has failed."""

CODE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
if sys.argv.pop(1) == "polling":
    sys.modules["watchfiles"] = None  # as where it is not installed
from flask_status_cli.cli import run
sys.exit(run(sys.argv[1:]))
"""

Start = Callable[..., "Following"]


def wait_for(what: str, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)


class Following:
    """A running process; what it says goes to a file."""

    def __init__(self, database: Path, *words: object, how: str = "watchfiles") -> None:
        self.told_in = database.with_name(f"{time.monotonic_ns()}.txt")
        command = [sys.executable, "-c", CODE, how, "--db", str(database), "ingest", "--follow"]
        with self.told_in.open("wb") as told:
            self.process = subprocess.Popen(
                [*command, *map(str, words)], stdin=subprocess.DEVNULL, stdout=told, stderr=told
            )

    @property
    def told(self) -> str:
        return self.told_in.read_text()

    def holds(self, path: Path) -> None:
        """Wait until it keeps this file open: what is written to it from now on is counted."""
        seen = 0

        def holds_it() -> bool:
            nonlocal seen
            assert self.process.poll() is None, self.told
            links = Path(f"/proc/{self.process.pid}/fd").iterdir()
            seen = seen + 1 if any(_is(link, path) for link in links) else 0
            return seen > 20  # an ordinary run opens it for a moment only

        wait_for(f"{path} to be opened", holds_it)

    def end_when(self, path: Path) -> int:
        """End it once it holds this file."""
        self.holds(path)
        return self.end()

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(DEADLINE)


def _is(link: Path, path: Path) -> bool:
    try:
        return link.samefile(path)
    except OSError:
        return False


class Written:
    """A log and what was ever written to it."""

    def __init__(self, path: Path, line: Line) -> None:
        self.path = path
        self.expected: Counter[tuple[str, str]] = Counter()
        self._line = line
        self._number = 0

    def append(self, lines: int = 20, *, to: Path | None = None) -> None:
        with (to or self.path).open("ab") as file:
            for _ in range(lines):
                self._number += 1
                at, status = (
                    START + timedelta(seconds=self._number),
                    (200, 404, 500)[self._number % 3],
                )
                file.write(self._line(self._number, at=at, status=status))
                self.expected[at.strftime("%Y-%m-%dT%H:%MZ"), str(status)] += 1


@pytest.fixture
def written(tmp_path: Path, line: Line) -> Written:
    (tmp_path / "log").mkdir()
    return Written(tmp_path / "log" / "access.log", line)


@pytest.fixture
def start(ledger: Any) -> Iterator[Start]:
    running: list[Following] = []

    def begin(*words: object, how: str = "watchfiles") -> Following:
        running.append(Following(ledger.database, *words, how=how))
        return running[-1]

    yield begin
    for following in running:
        following.process.kill()
        following.process.wait()


@pytest.mark.parametrize("how", ["watchfiles", "polling"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_missing_log_is_awaited_and_followed_through_rotations_until_a_signal(
    ledger: Any, written: Written, start: Start, number: int, how: str
) -> None:
    log = written.path
    following = start(log, how=how)
    wait_for("a word on the missing log", lambda: "waiting for it" in following.told)
    written.append()
    following.holds(log)
    written.append()
    log.rename(log.with_name("access.log.1"))
    written.append(to=log.with_name("access.log.1"))
    written.append()
    following.holds(log)
    written.append()
    gone = log.rename(log.parent.parent / "elsewhere")
    written.append(to=gone)
    gone.unlink()
    written.append()
    following.holds(log)
    shutil.copyfile(log, log.with_name("access.log.2"))
    os.truncate(log, 0)
    written.append()
    assert following.end(number) == 0
    assert ledger.cells() == written.expected
    missing = f"flask-status: {log}: no such file yet; waiting for it\n"
    total = written.expected.total()
    assert following.told == f"{missing}followed: {total} entries are stored\n"


def test_after_a_kill_follow_continues_at_its_checkpoint(
    ledger: Any, written: Written, start: Start
) -> None:
    log = written.path
    written.append()
    ledger.ingest("-q", log)
    for number in range(3):
        written.append()
        following = start("-q", log)
        following.holds(log)
        written.append()
        following.end(signal.SIGKILL)
        log.rename(log.with_name(f"access.log-2026112{number}"))
    written.append()
    assert start("-q", log).end_when(log) == 0
    assert ledger.cells() == written.expected


def test_follow_and_cron_at_the_same_time_count_each_line_once(
    ledger: Any, written: Written, start: Start
) -> None:
    log = written.path
    written.append()
    both = [start("-q", log), start("-q", log.parent, how="polling")]
    for number in range(4):
        for following in both:
            following.holds(log)
        written.append()
        ledger.ingest("-q", log)
        written.append()
        log.rename(log.with_name(f"access.log.{9 - number}"))
        written.append()
    for following in both:
        following.holds(log)
        written.append()
        assert following.end() == 0
        assert following.told == ""
    assert ledger.cells() == written.expected


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-"], "standard input cannot be followed"),
        (["fifo"], "fifo cannot be followed"),
        (
            ["--json", "access.log"],
            "--json prints the result of one run, and --follow does not end",
        ),
        (["--dry-run", "access.log"], "--dry-run stores nothing"),
        ([], "name a log"),
    ],
)
def test_what_cannot_be_followed_is_a_usage_error(
    ledger: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo")
    said = ledger.ingest("--follow", *words, status=2)
    assert told in said.splitlines()[-1]
    assert not ledger.database.exists()


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ("120", "{} entries, {third} with 404, {third} with 5xx; stored at "),
        ("80", "{} entries, 404: {third}, 5xx: {third}; stored "),
    ],
)
def test_a_terminal_shows_a_line_with_the_progress(
    ledger: Any, written: Written, columns: str, told: str
) -> None:
    written.append(30)
    command = [sys.executable, "-c", CODE, "watchfiles", "--db", str(ledger.database)]
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": columns, "LINES": "24"}
    process = subprocess.Popen(
        [*command, "ingest", "--follow", str(written.path)], stderr=theirs, env=environment
    )
    os.close(theirs)
    seen = b""

    def see(what: bytes) -> None:
        nonlocal seen
        while what not in seen:
            seen += os.read(ours, 4096)

    see(told.format(30, third=10).encode())
    written.append(30)
    see(told.format(60, third=20).encode())
    assert b"1 log: " in seen
    assert b" lines/s" in seen
    process.send_signal(signal.SIGTERM)
    see(b"followed: 60 entries are stored")
    os.close(ours)
    assert process.wait(DEADLINE) == 0
