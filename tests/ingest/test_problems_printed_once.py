"""Under cron a problem that lasts is said once a day, and exit status 1 says it each time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.model import Run
from flask_status_cli.store import PrintedProblems, Store

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

Clock = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """`later(by)` sets the clock forward; it begins a day after the log."""
    now = [START + timedelta(days=1)]
    module = import_module("flask_status_cli.cli.commands.ingest")
    monkeypatch.setattr(module, "clock", lambda: now[0])

    def later(by: timedelta) -> None:
        now[0] += by

    return later


@pytest.fixture
def log(tmp_path: Path, line: Callable[..., bytes]) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(line(n, at=START + timedelta(minutes=n)) for n in range(5)))
    return path


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_a_problem_that_persists_is_printed_once_a_day(
    ledger: Any, log: Path, later: Clock
) -> None:
    gone = log.with_name("gone.log")
    first = ledger.ingest("-q", log, gone, status=1)
    assert f"{gone}: no such file" in first
    for _ in range(3):
        later(MINUTE)
        assert ledger.ingest("-q", log, gone, status=1) == ""
    later(DAY)
    assert ledger.ingest("-q", log, gone, status=1) == first
    later(MINUTE)
    assert ledger.ingest("-q", log, gone, status=1) == ""


def test_a_problem_is_the_same_one_with_other_numbers_but_not_of_another_log(
    ledger: Any,
) -> None:
    store = Store.open(ledger.database, create=True, clock=lambda: START)
    first = {"/var/log/a.log: most lines were refused (300 of 1,200)": "/var/log/a.log"}
    store.record(Run(START, START, 1, 0, 0, 0, 0, problems=()), printed=PrintedProblems(first, ()))
    now = "/var/log/a.log: most lines were refused (7 of 8)"
    others = [
        "/var/log/a.log.1: most lines were refused (300 of 1,200)",
        "/var/log/a.log: permission denied",
    ]
    assert store.printed_lately([now, *others]) == [now]
    store.close()


def test_a_problem_of_another_log_is_printed(ledger: Any, log: Path, later: Clock) -> None:
    one, other = log.with_name("one.log"), log.with_name("other.log")
    assert str(one) in ledger.ingest("-q", log, one, status=1)
    later(MINUTE)
    said = ledger.ingest("-q", log, one, other, status=1)
    assert str(other) in said
    assert str(one) not in said


def test_a_problem_that_comes_back_is_printed_again(ledger: Any, log: Path, later: Clock) -> None:
    gone = log.with_name("gone.log")
    first = ledger.ingest("-q", log, gone, status=1)
    gone.write_bytes(log.read_bytes())
    later(MINUTE)
    assert ledger.ingest("-q", log, gone) == ""
    gone.unlink()
    later(timedelta(minutes=5))
    assert ledger.ingest("-q", log, gone, status=1) == first


def test_without_quiet_a_problem_is_printed_each_time(ledger: Any, log: Path, later: Clock) -> None:
    gone = log.with_name("gone.log")
    for _ in range(2):
        assert f"{gone}: no such file" in ledger.ingest(log, gone, status=1)
        later(MINUTE)
    assert f"{gone}: no such file" in ledger.ingest("-q", log, gone, status=1)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield
    os.close(descriptor)


def test_a_lock_held_for_an_hour_is_a_problem_that_is_printed_once_a_day(
    ledger: Any, log: Path, line: Callable[..., bytes], later: Clock
) -> None:
    ledger.ingest("-q", log)
    lock = Path(f"{ledger.database}.lock")
    with log.open("ab") as file:
        file.write(line(9, at=START + HOUR))
    said = (
        f"flask-status: {lock}: held by another process; no ingest has succeeded since "
        f"2026-11-24 08:00 UTC; find it: fuser {lock}\n"
    )
    with _held(lock):
        for minutes, status, told in [
            (1, 0, ""),
            (58, 0, ""),
            (2, 1, said),
            (1, 1, ""),
            (23 * 60, 1, ""),
            (2 * 60, 1, said),
            (1, 1, ""),
        ]:
            later(timedelta(minutes=minutes))
            assert ledger.ingest("-q", "--wait", "0", log, status=status) == told
        assert said in ledger.ingest("--wait", "0", log, status=1)
    assert ledger.ingest("-q", log) == ""
    assert sum(ledger.cells().values()) == 6


def test_a_lock_that_was_held_from_the_beginning_is_a_problem_after_an_hour(
    ledger: Any, log: Path, later: Clock
) -> None:
    with _held(Path(f"{ledger.database}.lock")):
        assert ledger.ingest("-q", "--wait", "0", log) == ""
        later(HOUR + MINUTE)
        said = ledger.ingest("-q", "--wait", "0", log, status=1)
    assert "no ingest has succeeded since 2026-11-24 08:00 UTC" in said
