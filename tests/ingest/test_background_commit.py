"""Large batches are committed while the next lines are counted: as exactly as the others, under the lock."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.formats.counting.line_counter import LineCounter
from flask_status_cli.pipeline.ingest import batch_size
from flask_status_cli.pipeline.ingest.batch_size import ReadBytes
from flask_status_cli.store import LockBusy, WriteLock
from flask_status_cli.store.database import background_commit
from flask_status_cli.store.database.sqlite import SqliteConnection
from flask_status_cli.store.routes import merged_counts

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LINES = 600
MINUTES = [START + timedelta(minutes=n // 4) for n in range(LINES)]
EXPECTED = Counter((f"{minute:%Y-%m-%dT%H:%MZ}", "200") for minute in MINUTES)

add_held = SqliteConnection.add_held


@pytest.fixture
def log(tmp_path: Path, line: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of many batches, all of them large enough for a thread."""
    monkeypatch.setattr(background_commit, "WORTH", 1)
    monkeypatch.setattr("flask_status_cli.sources.reading.small_log.SMALL", 0)
    monkeypatch.setattr(batch_size, "BATCH", 4000)
    monkeypatch.setattr("flask_status_cli.sources.reading.new_blocks.CHUNK", 3000)
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(line(0, at=minute) for minute in MINUTES))
    return path


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What the next commits do before they add their rows, in a thread of their own; then nothing."""
    coming: list[Callable[[], None]] = []

    def watched(connection: SqliteConnection, rows: Any, *, beside: bool = False) -> None:
        if coming and threading.current_thread() is not threading.main_thread():
            coming.pop(0)()
        add_held(connection, rows, beside=beside)

    monkeypatch.setattr(SqliteConnection, "add_held", watched)
    return coming


def test_every_line_is_counted_once(ledger: Any, log: Path, commits: list[Any]) -> None:
    threads: list[str] = []
    commits += [lambda: threads.append(threading.current_thread().name)] * 5
    ledger.ingest("-q", log, "--jobs", "1")
    assert threads == ["commit"] * 5
    assert ledger.cells() == EXPECTED
    assert "commit" not in {thread.name for thread in threading.enumerate()}


def test_the_last_batch_is_stored_without_a_thread(
    ledger: Any, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(_: threading.Thread) -> None:
        raise AssertionError("nothing is counted beside it")

    monkeypatch.setattr(batch_size, "BATCH", 1 << 20)
    monkeypatch.setattr(threading.Thread, "start", started)
    ledger.ingest("-q", log, "--jobs", "1")
    assert ledger.cells() == EXPECTED


def test_the_lock_is_held_until_all_is_committed(
    ledger: Any, log: Path, commits: list[Any]
) -> None:
    def busy() -> None:
        with pytest.raises(LockBusy), WriteLock(ledger.database, wait=0):
            pass
        found.append(True)

    found: list[bool] = []
    commits += [busy, busy]
    ledger.ingest("-q", log)
    assert found == [True, True]
    with WriteLock(ledger.database, wait=0):
        pass


def test_a_write_error_is_reported_and_the_next_run_reads_the_lines_again(
    ledger: Any, log: Path, commits: list[Any]
) -> None:
    def full() -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorname = "SQLITE_FULL"  # as the driver does
        raise error

    commits += [lambda: None, full]
    assert "the disk is full" in ledger.ingest("-q", log, status=1)
    assert 0 < sum(ledger.cells().values()) < LINES
    ledger.ingest("-q", log)
    assert ledger.cells() == EXPECTED


def test_ctrl_c_while_a_batch_is_committed_loses_nothing(
    ledger: Any, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, calls = LineCounter.feed, [0]

    def interrupted(counter: LineCounter, lines: bytes) -> None:
        calls[0] += 1
        if calls[0] == 5:
            raise KeyboardInterrupt
        feed(counter, lines)

    with monkeypatch.context() as patched:
        patched.setattr(LineCounter, "feed", interrupted)
        ledger.ingest("-q", log, "--jobs", "1", status=130)
    assert 0 < sum(ledger.cells().values()) < LINES
    ledger.ingest("-q", log)
    assert ledger.cells() == EXPECTED


def test_without_a_thread_the_commit_happens_at_once(
    ledger: Any, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    ledger.ingest("-q", log, "--jobs", "1")
    assert ledger.cells() == EXPECTED


def test_a_crowd_takes_over_the_counts_of_its_members_under_the_lock(
    ledger: Any, log: Path, line: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [f"/shop/blue-shirt-{chr(97 + n // 20)}-no-{n}x" for n in range(30)]
    log.write_bytes(b"".join(line(0, at=at, path=paths[n // 20]) for n, at in enumerate(MINUTES)))
    move, threads = merged_counts.move, set()

    def watched(*arguments: Any, **named: Any) -> None:
        threads.add(threading.current_thread().name)
        with pytest.raises(LockBusy), WriteLock(ledger.database, wait=0):
            pass
        move(*arguments, **named)

    monkeypatch.setattr(merged_counts, "move", watched)
    ledger.ingest("-q", log, "--jobs", "1")
    assert threads == {"commit"}
    assert {route for _, route, _ in ledger.counts()} == {"/shop/<slug>"}
    assert ledger.cells() == EXPECTED
    with sqlite3.connect(ledger.database) as database:
        assert database.execute("SELECT count(*) FROM route").fetchone() == (1,)


@pytest.mark.parametrize(
    ("before", "counted", "rest", "busy", "expected"),
    [
        # The first two batches are small, so that the server begins early.
        (0, 7, 200, False, False),
        (0, 8, 200, False, True),
        (1, 23, 200, False, False),
        (1, 24, 200, False, True),
        # A server that waits gets the next batch if the rest is at most half as long again.
        (2, 40, 61, False, False),
        (2, 40, 60, False, True),
        (2, 40, 60, True, False),
        (2, 7, 3, False, False),
        # No batch is longer than 64 MiB, unless the last 8 MiB are read with it.
        (2, 63, 200, True, False),
        (2, 64, 200, True, True),
        (2, 64, 8, True, True),
        (2, 64, 7, True, False),
        (2, 72, 7, True, True),
        (2, 64, 0, True, True),
    ],
)
def test_the_batches_of_a_long_log_follow_the_server(
    before: int, counted: int, rest: int, busy: bool, expected: bool
) -> None:
    read = ReadBytes(waiting=counted << 20, left=rest << 20, batches=before, earlier=True)
    assert read.is_batch_for_server(is_busy=lambda: busy) is expected


@pytest.mark.parametrize(
    ("counted", "rest", "earlier", "expected"),
    [
        # A log of up to 64 MiB is one batch.
        (63, 1, False, False),
        (64, 0, False, True),
        # A longer one is stored early if the rest is at most a third as long.
        (51, 17, False, True),
        (51, 18, False, False),
        (51, 0, True, False),
        (3, 1, True, True),
        (64, 200, False, True),
    ],
)
def test_the_batches_of_a_long_log_in_a_file(
    counted: int, rest: int, earlier: bool, expected: bool
) -> None:
    read = ReadBytes(waiting=counted << 20, left=rest << 20, batches=0, earlier=earlier)
    assert read.is_batch_for_file() is expected
