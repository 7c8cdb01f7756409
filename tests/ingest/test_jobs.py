"""A large log that several processes count, against the same log counted by one."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_status_cli.cli import run
from flask_status_cli.pipeline.ingest.workers import RangeCounter, Workers
from flask_status_cli.routes import DISCOVERY
from flask_status_cli.sources import Range
from flask_status_cli.tally import Tally
from tests.examples import examples

ROUTE = "label, rule, status, requests"
TABLES = {
    "minutes": f"SELECT minute, {ROUTE} FROM minute_count JOIN route ON route = route.id",
    "quarters": f"SELECT quarter, {ROUTE} FROM quarter_count JOIN route ON route = route.id",
    "waiting": "SELECT label, rule, minute, status, requests FROM waiting",
    "unread": "SELECT quarter, kind, reason, lines FROM unread",
    "streams": 'SELECT head, "offset", marks, newest, format, partial, pending FROM stream',
    "runs": "SELECT lines, entries, noise, refused FROM run",
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ranges of a few lines be worth a process, also where a thread of another test still runs."""
    monkeypatch.setattr("threading.active_count", lambda: 1)
    monkeypatch.setattr("flask_status_cli.sources.reading.small_log.SMALL", 0)
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.log_reader.WORTH_WORKERS", 1)
    compiled = "flask_status_cli.formats.counting.compiled.compiled_bulk"
    monkeypatch.setattr(f"{compiled}.CompiledBulk.seldom_asks", False)
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.log_reader.RANGE_LENGTH", 700)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    return tmp_path / "log" / "access.log"


def _stored(log: Path, *options: str) -> dict[str, list[Any]]:
    """Ingest a log into a new database; return all that it then holds."""
    database = log.with_name("status.db")
    for path in log.parent.glob("status.db*"):
        path.unlink()
    assert run(["--db", str(database), "ingest", *options, str(log)]) in (0, 1)
    with sqlite3.connect(database) as connection:
        found = {name: sorted(connection.execute(query)) for name, query in TABLES.items()}
    connection.close()
    return found


@contextmanager
def _no_worker_outlives() -> Iterator[None]:
    """The processes that are forked within have ended, and were waited for, at the end."""
    fork, started = os.fork, list[int]()

    def forked() -> int:
        started.append(fork())
        return started[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fork", forked)
        yield
    for pid in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def _same(log: Path, *options: str) -> None:
    one = _stored(log, "--jobs", "1", *options)
    with _no_worker_outlives():
        assert _stored(log, "--jobs", "3", *options) == one


@pytest.mark.usefixtures("small")
def test_every_log_of_the_fixtures_is_counted_as_by_one_process(
    independent: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for log in independent.logs():
        copy = tmp_path / "access.log"
        copy.write_bytes(log.file.read_bytes())
        _same(copy, "--log-timezone", log.zone)
    capsys.readouterr()


CLF = '10.0.0.1 - - [23/Nov/2026:{:02d}:{:02d}:07 +0000] "GET /a/{} HTTP/1.1" {} 5'
LOCAL = '10.0.0.1 - - [25/Oct/2026 {:02d}:{:02d}:07] "\x1b[33mGET /b/{} HTTP/1.1\x1b[0m" {} -'
CLOCK = st.integers(1, 3), st.sampled_from([0, 1, 14, 15, 31, 59])
STATUS = st.sampled_from([200, 404, 503])
ENTRY = st.builds(CLF.format, *CLOCK, st.integers(0, 99), STATUS)
LOCAL_ENTRY = st.builds(
    LOCAL.format, *CLOCK, st.integers(0, 99), STATUS
)  # the hour of two is doubled
OTHER = st.sampled_from(
    ["", "what is this", " * Running on http://127.0.0.1:5000", "\0\0\0", '\0\0"', "x" * 900]
)


def log_of(*entries: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[str, str]]]:
    line = st.one_of(*entries, OTHER)
    ended = st.tuples(line, st.sampled_from(["\n", "\r\n"]))
    return st.lists(ended, min_size=40, max_size=120)  # several ranges of 700 bytes


# The parent counts each range with a doubled hour itself, so most logs have none.
LOG = st.one_of(
    log_of(ENTRY, ENTRY),
    log_of(ENTRY, ENTRY, ENTRY),
    log_of(ENTRY, LOCAL_ENTRY, ENTRY, LOCAL_ENTRY),
)


@pytest.mark.usefixtures("small")
@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines=LOG, half=st.booleans())
def test_any_log_is_counted_as_by_one_process(
    lines: list[tuple[str, str]], half: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "access.log"
    text = "".join(line + end for line, end in lines)
    log.write_bytes(text.encode() + (b"10.0.0.1 - - [23/Nov" if half else b""))
    _same(log, "--log-timezone", "Europe/Berlin")
    capsys.readouterr()


def _lines(first: int, last: int) -> bytes:
    lines = (CLF.format(n // 60 % 24, n % 60, n, 200) + "\n" for n in range(first, last))
    return "".join(lines).encode()


@pytest.mark.usefixtures("small")
def test_as_many_processes_count_as_were_asked_for(
    ledger: Any, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork, forks = os.fork, []

    def counted() -> int:
        forks.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", counted)
    log.write_bytes(_lines(0, 100))
    ledger.ingest("--jobs", "3", log)
    assert len(forks) == 3


@pytest.mark.usefixtures("small")
def test_a_log_that_has_grown_is_read_on_by_several(ledger: Any, log: Path) -> None:
    log.write_bytes(_lines(0, 100))
    ledger.ingest("--jobs", "2", log)
    with log.open("ab") as file:
        file.write(_lines(100, 200))
    ledger.ingest("--jobs", "2", log)
    ledger.ingest("--jobs", "1", log)
    assert sum(ledger.cells().values()) == 200


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("batch", [1, 1500])
def test_batches_are_stored_while_workers_count(
    ledger: Any, log: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.batch_size.BATCH", batch)
    log.write_bytes(_lines(0, 150))
    ledger.ingest("--jobs", "3", log)
    assert sum(ledger.cells().values()) == 150


@pytest.mark.usefixtures("small")
def test_workers_and_their_reader_may_forget_what_codes_mean(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("flask_status_cli.tally.MOST_KEYS", 5)
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.batch_size.BATCH", 3000)
    paths = "".join(CLF.format(1, n % 60, f"{n % 7}/p{n % 11}", 200) + "\n" for n in range(300))
    log.write_text(paths)
    _same(log)
    capsys.readouterr()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("fate", ["is killed", "fails", "cannot read it"])
def test_a_range_that_a_worker_does_not_count_is_counted_by_the_parent(
    ledger: Any, log: Path, monkeypatch: pytest.MonkeyPatch, fate: str
) -> None:
    count = RangeCounter.count

    def unlucky(counter: RangeCounter, within: Range) -> Any:
        if within.start > 2000:
            if fate == "is killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if fate == "fails":
                raise MemoryError
            return None
        return count(counter, within)

    monkeypatch.setattr(RangeCounter, "count", unlucky)
    log.write_bytes(_lines(0, 150))
    ledger.ingest("-q", "--jobs", "2", log)
    assert sum(ledger.cells().values()) == 150


@pytest.mark.usefixtures("small")
def test_if_no_worker_can_be_started_the_log_is_still_counted(
    ledger: Any, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refuse)
    log.write_bytes(_lines(0, 150))
    ledger.ingest("-q", "--jobs", "2", log)
    assert sum(ledger.cells().values()) == 150


@pytest.mark.usefixtures("small")
def test_refused_lines_are_kept_in_their_order(ledger: Any, log: Path, tmp_path: Path) -> None:
    log.write_bytes(
        _lines(0, 50) + b"::1 - no\r\n" + _lines(50, 90) + b"::1 - nor this\n" + _lines(90, 150)
    )
    ledger.ingest("--jobs", "2", "--rejects", tmp_path / "rejects", log)
    assert (tmp_path / "rejects").read_bytes() == b"::1 - no\r\n::1 - nor this\n"
    assert sum(ledger.cells().values()) == 150


@pytest.mark.usefixtures("small")
def test_a_log_truncated_while_workers_count_is_looked_up_again(
    ledger: Any, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: list[object] = []
    enter = Workers.__enter__

    def truncated_meanwhile(ahead: Workers) -> Workers:
        entered = enter(ahead)
        if not first:
            first.append(ahead)
            log.write_bytes(_lines(500, 600))
        return entered

    monkeypatch.setattr(Workers, "__enter__", truncated_meanwhile)
    log.write_bytes(_lines(0, 150))
    ledger.ingest("-q", "--jobs", "2", log)
    assert ledger.cells() == _cells(ledger, log.parent, _lines(500, 600))


def _cells(ledger: Any, folder: Path, content: bytes) -> Any:
    (folder / "other").mkdir()
    (folder / "other" / "b.log").write_bytes(content)
    ledger.begin()
    ledger.ingest("--jobs", "1", folder / "other" / "b.log")
    return ledger.cells()


def test_no_worker_outlives_its_context() -> None:
    def count(_: Range) -> None:
        time.sleep(600)

    counting: Callable[[Range], None] = count
    tally = Tally(DISCOVERY.rule_of)
    with (
        _no_worker_outlives(),
        Workers([Range(0, 1), Range(1, 2)], counting, jobs=2, tally=tally),
    ):
        pass
