"""Runs that are killed, run beside each other, or find the log changing: nothing lost, nothing twice."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.sources import Content, head_of
from flask_status_cli.store import Batch, Committed, Store

Line = Callable[..., bytes]
Cells = Counter[tuple[str, str]]
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

CHUNK = 1 << 16
"""Bytes of a log that the children below store as one batch."""

# A child that reads in small batches, and dies at the moment it is told of: of a batch's nth commit.
CHILD = """
import os, signal, sys
from flask_status_cli.cli import run
from flask_status_cli.pipeline.ingest import batch_size
from flask_status_cli.sources.reading import new_blocks as reading
from flask_status_cli.store import Store
from flask_status_cli.store.counts import gathered_batches as gathered

chunk, moment, nth = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
batch_size.BATCH = 1
reading.CHUNK = chunk
calls = 0

def dying(original, *, after):
    def call(*arguments, **named):
        global calls
        calls += 1
        if calls == nth and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return call

def spilling(book, *arguments, **named):
    book.connection.exec_driver_sql("PRAGMA cache_size = 1")  # so that half of the change is on the disk
    return store_counts(book, *arguments, **named)

store_counts = gathered.store_counts
if moment == "before the commit":
    Store.commit = dying(Store.commit, after=False)
if moment == "within the transaction":
    gathered.store_counts = dying(spilling, after=True)
if moment == "after the commit":
    Store.commit = dying(Store.commit, after=True)
if moment == "before the run is recorded":
    Store.record = dying(Store.record, after=False)
sys.exit(run(sys.argv[4:]))
"""


def _cells(lines: int) -> Cells:
    cells: Cells = Counter()
    for n in range(lines):
        at, status = START + timedelta(seconds=n // 3), (200, 503, 404)[n % 3]
        cells[at.strftime("%Y-%m-%dT%H:%MZ"), str(status)] += 1
    return cells


def _log(line: Line, lines: int) -> bytes:
    return b"".join(
        line(n, at=START + timedelta(seconds=n // 3), status=(200, 503, 404)[n % 3])
        for n in range(lines)
    )


def _start(
    ledger: Any, log: Path, *options: str, moment: str = "never", nth: int = 0
) -> subprocess.Popen[bytes]:
    when = [str(CHUNK), moment, str(nth)]
    arguments = ["--db", str(ledger.database), "ingest", *options, str(log)]
    command = [sys.executable, "-c", CHILD, *when, *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, cwd=log.parent)


LINES = 3600
BATCHES = 5
"""So many batches the log of so many lines is."""


@pytest.mark.parametrize(
    ("moment", "stored"),
    [("before the commit", -1), ("within the transaction", -1), ("after the commit", 0)],
)
@pytest.mark.parametrize("nth", [1, 2, BATCHES])
def test_a_kill_leaves_whole_batches_and_the_next_run_reads_on(
    tmp_path: Path, ledger: Any, line: Line, moment: str, stored: int, nth: int
) -> None:
    data = _log(line, LINES)
    assert (BATCHES - 1) * CHUNK < len(data) < BATCHES * CHUNK
    log = tmp_path / "access.log"
    log.write_bytes(data)
    killed = _start(ledger, log, "-q", moment=moment, nth=nth)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    read = data.rfind(b"\n", 0, (nth + stored) * CHUNK) + 1
    with Store.open(ledger.database, create=False, clock=lambda: START) as store:
        offsets = [s.checkpoint.offset for s in store.streams(head_of(data) or b"")]
    assert offsets == ([read] if read else [])
    assert ledger.cells() == _cells(data.count(b"\n", 0, read))
    ledger.ingest(log)
    assert ledger.cells() == _cells(LINES)


def test_kills_in_a_row_until_all_is_read_lose_nothing_and_count_nothing_twice(
    tmp_path: Path, ledger: Any, line: Line
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(_log(line, LINES))
    moments = ["within the transaction", "after the commit", "before the commit"]
    for number in range(BATCHES + 2):
        killed = _start(ledger, log, "-q", moment=moments[number % 3], nth=2)
        killed.communicate()
        if killed.returncode != -signal.SIGKILL:
            break
    assert number > 1
    killed = _start(ledger, log, "-q", moment="before the run is recorded", nth=1)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert ledger.cells() == _cells(LINES)
    ledger.ingest(log)
    assert ledger.cells() == _cells(LINES)


def test_two_runs_at_once_count_once(tmp_path: Path, ledger: Any, line: Line) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(_log(line, 12_000))
    runs = [_start(ledger, log) for _ in range(3)]
    for process in runs:
        _, told = process.communicate()
        assert process.returncode == 0, told
    assert ledger.cells() == _cells(12_000)


def test_an_ingest_waits_for_the_lock_and_then_gives_up(
    tmp_path: Path, ledger: Any, line: Line
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(_log(line, 30))
    ledger.ingest("--dry-run", log)
    with Path(f"{ledger.database}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = ledger.ingest("--wait", "0.2", log, status=0)
        assert "held the lock" in told
        assert not ledger.ingest("--wait", "0", "-q", log, status=0)
    ledger.ingest(log)
    assert ledger.cells() == _cells(30)


def test_changed_rules_of_the_configuration_wait_for_the_lock(
    tmp_path: Path, ledger: Any, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log, settings = tmp_path / "access.log", tmp_path / "flask-status.toml"
    log.write_bytes(_log(line, 30))
    ledger.ingest(log)
    settings.write_text('[[routes]]\nrule = "/never"\n')
    log.write_bytes(_log(line, 40))
    with Path(f"{ledger.database}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not ledger.ingest("--wait", "0", "-q", log, status=0)
    ledger.ingest(log)
    assert ledger.cells() == _cells(40)


def test_a_pipe_whose_log_another_ingest_read_must_be_sent_again(
    tmp_path: Path, ledger: Any, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(_log(line, 30))
    raced: list[bool] = []

    def commit(self: Writer, batch: Batch) -> Committed:
        if not raced:
            raced.append(True)
            ledger.ingest(log)
        return original(self, batch)

    original = Writer.commit
    monkeypatch.setattr(Writer, "commit", commit)
    expected = "another ingest read this log meanwhile; ingest it again: "
    for status, told in ((1, expected), (0, "nothing new")):
        read, write = os.pipe()
        os.write(write, log.read_bytes())
        os.close(write)
        assert told in ledger.ingest(f"/dev/fd/{read}", status=status)
        os.close(read)
        assert ledger.cells() == _cells(30)


def test_a_log_truncated_while_it_is_read_is_looked_up_again(
    tmp_path: Path, ledger: Any, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = b"".join(line(n, at=START, path="/other") for n in range(10))
    log = tmp_path / "access.log"
    log.write_bytes(_log(line, 3000))
    truncated: list[int] = []

    def read_at(self: Content, position: int, length: int) -> bytes:
        found = original(self, position, length)
        if position and not truncated and length > 65536:
            truncated.append(position)
            log.write_bytes(other)
        return found

    original = Content.read_at
    monkeypatch.setattr(Content, "read_at", read_at)
    monkeypatch.setattr("flask_status_cli.sources.reading.new_blocks.CHUNK", 1 << 17)
    ledger.ingest(log)
    assert truncated
    assert ledger.cells() == Counter({("2026-11-23T08:00Z", "200"): 10})


def test_a_log_that_changes_whenever_it_is_read_is_left_to_the_next_run(
    tmp_path: Path, ledger: Any, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(_log(line, 1000))  # a small one is read in one step
    written: list[bytes] = []

    def read_at(self: Content, position: int, length: int) -> bytes:
        found = original(self, position, length)
        if length > 65536:
            written.append(line(len(written), at=START, path=f"/{len(written)}"))
            log.write_bytes(written[-1])
        return found

    original = Content.read_at
    with monkeypatch.context() as patch:
        patch.setattr(Content, "read_at", read_at)
        told = ledger.ingest(log, status=1)
    assert f"{log}: changes too fast to be read; the next run tries again" in told
    assert len(written) > 1
    assert ledger.cells() == Counter()
    ledger.ingest(log)
    assert ledger.cells() == Counter({("2026-11-23T08:00Z", "200"): 1})
