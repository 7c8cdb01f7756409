"""Many small logs are stored at once: in few transactions, all of them or none, each line once."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from flask_status_cli.model import MinuteCounts
from flask_status_cli.pipeline.ingest.writing import locked_store
from flask_status_cli.store import StreamsChanged, WriteLock
from flask_status_cli.store import writer as store_writer
from flask_status_cli.store.counts import gathered_batches
from flask_status_cli.store.database import sqlite

Line = Callable[..., bytes]
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LOGS = 40


@pytest.fixture
def directory(tmp_path: Path, line: Line) -> Path:
    """A directory of logs with three lines each, a minute apart from the next log's."""
    found = tmp_path / "logs"
    found.mkdir()
    for n in range(LOGS):
        at = START + timedelta(minutes=n)
        text = b"".join(line(3 * n + each, at=at) for each in range(3))
        (found / f"site{n:02}.log").write_bytes(text)
    return found


def _cells(logs: int) -> Counter[tuple[str, str]]:
    minutes = (START + timedelta(minutes=n) for n in range(logs))
    return Counter({(f"{minute:%Y-%m-%dT%H:%MZ}", "200"): 3 for minute in minutes})


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """An item for each time that the lock was taken."""
    found: list[None] = []

    class Counted(WriteLock):
        def __enter__(self) -> Self:
            found.append(None)
            super().__enter__()
            return self

    monkeypatch.setattr(sqlite, "WriteLock", Counted)
    monkeypatch.setattr(locked_store, "GATHERED", 3600.0)
    return found


def test_many_small_logs_are_one_transaction(
    ledger: Any, directory: Path, taken: list[None]
) -> None:
    ledger.ingest("-q", directory)
    assert ledger.cells() == _cells(LOGS)
    assert (
        len(taken) == 2
    )  # to note the logs in a new database, and for what is in them and the record


def test_the_new_routes_of_small_logs_are_reported(ledger: Any, directory: Path) -> None:
    assert "1 new route" in ledger.ingest(directory)


def test_batches_of_small_logs_are_committed_after_a_while(
    ledger: Any, directory: Path, taken: list[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locked_store, "GATHERED", 0.0)
    ledger.ingest("-q", directory)
    assert ledger.cells() == _cells(LOGS)
    assert len(taken) == 1 + 2 + 1  # 16 logs at first, then those that are left


def test_an_error_at_the_last_commit_loses_no_line(
    ledger: Any, directory: Path, taken: list[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    class BrokenError(Exception):
        pass

    def fails(*_: object, **__: object) -> None:
        raise BrokenError

    with monkeypatch.context() as patched:
        patched.setattr(gathered_batches, "store_counts", fails)
        with pytest.raises(BrokenError):
            ledger.ingest("-q", directory)
    assert ledger.cells() == Counter()
    ledger.ingest("-q", directory)
    assert ledger.cells() == _cells(LOGS)


def test_a_log_that_another_run_reads_meanwhile_does_not_affect_other_logs(
    ledger: Any, directory: Path, taken: list[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = store_writer.Store.commit
    calls: list[None] = []

    def once_changed(*arguments: Any, **named: Any) -> Any:
        calls.append(None)
        if len(calls) == 20:
            raise StreamsChanged
        return commit(*arguments, **named)

    monkeypatch.setattr(store_writer.Store, "commit", once_changed)
    ledger.ingest("-q", directory)
    assert ledger.cells() == _cells(LOGS)


def test_a_small_log_of_requests_that_are_counted_is_refused_alone(
    ledger: Any, tmp_path: Path, line: Line
) -> None:
    def log(name: str, agent: bytes, start: int) -> Path:
        lines = [
            line(0, at=START + timedelta(minutes=n // 4 * 3 + n * n % 3), path="/" + "abcdefg"[n * n % 7])
            for n in range(start, start + 80)
        ]  # fmt: skip
        path = tmp_path / name
        path.write_bytes(b"".join(sorted(each.replace(b"curl", agent) for each in lines)))
        return path

    one, twin, other = log("a.log", b"nginx", 0), log("b.log", b"app", 0), log("c.log", b"x", 400)
    told = ledger.ingest("-q", one, twin, other, status=1)
    assert "b.log" in told
    assert "a.log:" not in told
    assert "c.log:" not in told
    assert sum(ledger.cells().values()) == 160


def test_small_logs_of_different_formats_are_each_read_in_their_own(
    ledger: Any, tmp_path: Path, line: Line
) -> None:
    common = b"".join(line(n, at=START, path="/b", status=500) for n in range(3))
    common = common.replace(b' "curl"', b"")
    combined = common.replace(b'/b HTTP/1.1" 500 5', b'/a HTTP/1.1" 200 5 "-" "x"')
    werkzeug = b'10.0.0.1 - - [23/Nov/2026 08:00:01] "GET /c HTTP/1.1" 404 -\n'
    logs = [combined, common, combined, werkzeug, common, werkzeug, b" * Running on x\n", common]
    for n, log in enumerate(logs):
        (tmp_path / f"site{n}.log").write_bytes(log.replace(b"10.0.0.1", b"10.0.0.%d" % n))
    told = ledger.ingest("-q", "--json", *(tmp_path / f"site{n}.log" for n in range(len(logs))))
    names = [log["format"] for log in json.loads(told)["files"]]
    assert sorted(filter(None, names)) == sorted(
        ["combined", "common", "combined", "werkzeug", "common", "werkzeug", "common"]
    )
    minute = f"{START:%Y-%m-%dT%H:%MZ}"
    assert ledger.cells() == {(minute, "200"): 6, (minute, "500"): 9, (minute, "404"): 2}


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The directories that were listed."""
    found: list[str] = []
    scandir = os.scandir

    def watched(path: Any) -> Any:
        found.append(str(path))  # `rmtree` lists a directory by its number
        return scandir(path)

    monkeypatch.setattr(os, "scandir", watched)
    return found


def test_a_directory_is_listed_a_few_times_however_many_logs_it_holds(
    ledger: Any, directory: Path, listed: list[str]
) -> None:
    ledger.ingest("-q", directory)
    first = listed.count(str(directory))
    ledger.ingest("-q", directory)
    assert first <= 3  # what the argument means, what lies beside, what is told of that
    assert listed.count(str(directory)) - first <= 3


def test_counts_of_tallies_with_other_codes_are_added_up_by_rule_and_status() -> None:
    sums = gathered_batches.SumsByLabel()
    sums.add(MinuteCounts("", (("/a", 200), ("/b", 500)), {1: {0: 3, 1: 1}}, {}))
    sums.add(MinuteCounts("", (("/b", 500), ("/a", 200)), {1: {0: 2}, 2: {1: 4}}, {}))
    (total,) = sums.take()
    found = {
        (minute, *total.keys[code]): requests
        for minute, row in total.minutes.items()
        for code, requests in row.items()
    }
    assert found == {(1, "/a", 200): 3, (1, "/b", 500): 3, (2, "/a", 200): 4}
