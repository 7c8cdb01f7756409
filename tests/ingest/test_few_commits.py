"""A run waits for the disk as rarely as it can: what belongs together is one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.store import WriteLock
from flask_status_cli.store.database.sqlite import SqliteConnection
from flask_status_cli.store.streams import runs

Line = Callable[..., bytes]
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SMALL_LOG, LARGE_LOG = 20, 1500
"""Lines: a log of 64 KiB or more is large."""


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """An item for each transaction that was committed."""
    found: list[None] = []
    commit = SqliteConnection.commit

    def counted(connection: SqliteConnection) -> None:
        found.append(None)
        commit(connection)

    monkeypatch.setattr(SqliteConnection, "commit", counted)
    return found


@pytest.fixture(params=[SMALL_LOG, LARGE_LOG])
def lines(request: pytest.FixtureRequest, line: Line) -> list[bytes]:
    """The lines of a log, one a minute."""
    return [line(0, at=START + timedelta(minutes=n)) for n in range(request.param)]


def _cells(lines: list[bytes]) -> Counter[tuple[str, str]]:
    minutes = (START + timedelta(minutes=n) for n in range(len(lines)))
    return Counter((f"{minute:%Y-%m-%dT%H:%MZ}", "200") for minute in minutes)


def test_a_first_run_commits_twice_and_every_later_one_once(
    ledger: Any, tmp_path: Path, lines: list[bytes], commits: list[None]
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(lines[:-5]))
    ledger.ingest("-q", log)
    assert len(commits) == 2  # that the log is begun, and its lines with the record of the run
    ledger.ingest("-q", log)
    assert len(commits) == 3
    log.write_bytes(b"".join(lines))
    ledger.ingest("-q", log)
    assert len(commits) == 4
    assert ledger.cells() == _cells(lines)


def test_if_the_run_cannot_be_recorded_its_lines_are_read_again(
    ledger: Any, tmp_path: Path, lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    class BrokenError(Exception):
        pass

    def fails(*_: object) -> None:
        raise BrokenError

    log = tmp_path / "access.log"
    log.write_bytes(b"".join(lines))
    with monkeypatch.context() as patched:
        patched.setattr(runs, "record", fails)
        with pytest.raises(BrokenError):
            ledger.ingest("-q", log)
    assert ledger.cells() == Counter()
    ledger.ingest("-q", log)
    assert ledger.cells() == _cells(lines)


def test_several_large_logs_and_small_ones_are_each_counted_once(
    ledger: Any, tmp_path: Path, line: Line, commits: list[None]
) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for number, size in enumerate([LARGE_LOG, SMALL_LOG, LARGE_LOG, LARGE_LOG, SMALL_LOG]):
        first = START + timedelta(days=number)
        minutes = [first + timedelta(minutes=n) for n in range(size)]
        log = tmp_path / f"site{number}.log"
        log.write_bytes(b"".join(line(0, at=minute) for minute in minutes))
        expected.update((f"{minute:%Y-%m-%dT%H:%MZ}", "200") for minute in minutes)
    ledger.ingest("-q", tmp_path / "site*.log")
    assert len(commits) == 1 + 5
    assert ledger.cells() == expected


def test_a_new_database_is_made_though_an_ingest_has_its_lock(
    ledger: Any, tmp_path: Path, line: Line
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line(0, at=START))
    with WriteLock(ledger.database, wait=0):
        assert "another" in ledger.ingest("--wait", "0", log)
    ledger.ingest("-q", log)
    assert ledger.cells() == {("2026-11-23T08:00Z", "200"): 1}
