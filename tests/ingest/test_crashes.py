"""Runs that are killed, run beside each other, or find the log changing: nothing lost, nothing twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.formats import Counted
from flask_status_cli.pipeline import logfile
from flask_status_cli.sources import Content

Line = Callable[..., bytes]
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SMALL_BATCHES = """
import sys
from flask_status_cli.formats import Counted
from flask_status_cli.pipeline import logfile
from flask_status_cli.sources import reading
logfile.BATCH = reading.CHUNK = 1 << 16
from flask_status_cli.cli import run
sys.exit(run(sys.argv[1:]))
"""


def _log(line: Line, lines: int) -> tuple[bytes, Counter[tuple[str, str]]]:
    cells: Counter[tuple[str, str]] = Counter()
    parts = []
    for n in range(lines):
        at, status = START + timedelta(seconds=n // 3), (200, 503, 404)[n % 3]
        cells[at.strftime("%Y-%m-%dT%H:%MZ"), str(status)] += 1
        parts.append(line(n, at=at, status=status))
    return b"".join(parts), cells


def _start(database: Path, log: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-c",
        SMALL_BATCHES,
        "--db",
        str(database),
        "ingest",
        *options,
        str(log),
    ]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


@pytest.mark.parametrize("seed", range(3))
def test_kills_at_random_moments_lose_nothing_and_count_nothing_twice(
    tmp_path: Path, ledger: Any, line: Line, seed: int
) -> None:
    data, cells = _log(line, 12_000)
    log = tmp_path / "access.log"
    log.write_bytes(data)
    chance = random.Random(seed)
    killed = 0
    for _ in range(8):
        process = _start(ledger.database, log, "-q")
        while not ledger.database.exists() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.4))
        killed += process.poll() is None
        process.kill()
        process.communicate()
    assert killed
    ledger.ingest(log)
    assert ledger.cells() == cells


def test_two_runs_at_once_count_once(tmp_path: Path, ledger: Any, line: Line) -> None:
    data, cells = _log(line, 12_000)
    log = tmp_path / "access.log"
    log.write_bytes(data)
    runs = [_start(ledger.database, log) for _ in range(3)]
    for process in runs:
        _, told = process.communicate()
        assert process.returncode == 0, told
    assert ledger.cells() == cells


def test_another_ingest_that_holds_the_lock_is_waited_for_and_then_left_alone(
    tmp_path: Path, ledger: Any, line: Line
) -> None:
    import fcntl

    data, cells = _log(line, 30)
    log = tmp_path / "access.log"
    log.write_bytes(data)
    ledger.ingest("--dry-run", log)
    with Path(f"{ledger.database}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = ledger.ingest("--wait", "0.2", log, status=0)
        assert "held the lock" in told
        assert not ledger.ingest("--wait", "0", "-q", log, status=0)
    ledger.ingest(log)
    assert ledger.cells() == cells


def test_a_log_truncated_under_our_hands_is_looked_up_anew(
    tmp_path: Path, ledger: Any, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, _ = _log(line, 3000)
    other = b"".join(line(n, at=START, path="/other") for n in range(10))
    log = tmp_path / "access.log"
    log.write_bytes(data)
    truncated: list[int] = []

    def read_at(self: Content, position: int, length: int) -> bytes:
        found = original(self, position, length)
        if position and not truncated and length > 65536:
            truncated.append(position)
            log.write_bytes(other)
        return found

    original = Content.read_at
    monkeypatch.setattr(Content, "read_at", read_at)
    monkeypatch.setattr("flask_status_cli.sources.reading.CHUNK", 1 << 17)
    ledger.ingest(log)
    assert truncated
    assert ledger.cells() == Counter({("2026-11-23T08:00Z", "200"): 10})


def test_memory_and_batches_are_bounded(
    tmp_path: Path, ledger: Any, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, cells = _log(line, 5000)
    log = tmp_path / "access.log"
    log.write_bytes(data)
    commits: list[object] = []
    original = logfile.LogReader._commit

    def commit(self: logfile.LogReader, counted: Counted) -> None:
        commits.append(counted)
        original(self, counted)

    monkeypatch.setattr(logfile, "BATCH", 1 << 16)
    monkeypatch.setattr("flask_status_cli.sources.reading.CHUNK", 1 << 15)
    monkeypatch.setattr(logfile.LogReader, "_commit", commit)
    ledger.ingest(log)
    assert len(commits) >= len(data) // (1 << 17)
    assert ledger.cells() == cells
