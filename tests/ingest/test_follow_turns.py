"""When a following stores, what it tells and how often, with a clock and a watch of our own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.errors import DatabaseError, ServerAwayError
from flask_status_cli.model import FollowStatus, IngestResult
from flask_status_cli.pipeline.follow import loop
from flask_status_cli.pipeline.follow.loop import follow
from flask_status_cli.pipeline.ingest import run
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.sources import Content
from flask_status_cli.store import Batch, Committed, LockBusy

Line = Callable[..., bytes]
Script = Iterator[float]
"""What happens between two looks; it yields the seconds that this takes."""

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Stage:
    """Plays a script while logs are followed; when it ends, the following is told to end."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._stopped = False
        self.now = START + timedelta(hours=1)
        self.told: list[str] = []
        self.results: list[int] = []
        self.status: FollowStatus | None = None

    def clock(self) -> datetime:
        return self.now

    def stopped(self) -> bool:
        return self._stopped

    def wait(self, directories: Iterable[str]) -> None:
        seconds = next(self._script, None)
        if seconds is None:
            self._stopped = True
        else:
            self.now += timedelta(seconds=seconds)

    def progress(self, path: str, read: int, size: int | None) -> None: ...

    def began(self, result: IngestResult) -> None:
        self.results += [log.entries for log in result.logs]

    def stored(self) -> None: ...

    def tell(self, line: str) -> None:
        self.told.append(line)

    def show(self, status: Callable[[], FollowStatus]) -> None:
        self.status = status()


def _play(script: Script, database: Path, *arguments: Path, rejects: Path | None = None) -> Stage:
    stage = Stage(script)
    options = IngestOptions(database, tuple(map(str, arguments)), UTC, rejects=rejects)
    follow(options, clock=stage.clock, watch=stage, stopped=stage.stopped, audience=stage)
    return stage


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "access.log"


@pytest.fixture
def write(log: Path, line: Line) -> Callable[..., None]:
    log.parent.mkdir()
    written = 0

    def write(lines: int = 10, path: Path | None = None) -> None:
        nonlocal written
        with (path or log).open("ab") as file:
            for _ in range(lines):
                written += 1
                file.write(line(written, at=START, status=(200, 404, 500)[written % 3]))

    return write


def _stored(ledger: Any) -> int:
    return int(ledger.cells().total())


def test_lines_are_stored_a_minute_later_and_shown_at_once(
    ledger: Any, log: Path, write: Callable[..., None]
) -> None:
    def script() -> Script:
        for second in range(59):
            write(1)
            yield 1
            assert _stored(ledger) == 10, second
        yield 1

    write(10)
    seen: list[int] = []
    stage = Stage(script())
    stage.show = lambda status: seen.append(status().entries)  # type: ignore[method-assign]
    options = IngestOptions(ledger.database, (str(log),), UTC)
    follow(options, clock=stage.clock, watch=stage, stopped=stage.stopped, audience=stage)
    assert seen[:59] == list(range(11, 70))
    assert _stored(ledger) == 69


def test_a_log_without_new_lines_causes_no_write(
    ledger: Any, log: Path, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []

    def commit(self: Writer, batch: Batch) -> Committed:
        commits.append(1)
        return original(self, batch)

    original = Writer.commit
    monkeypatch.setattr(Writer, "commit", commit)

    def script() -> Script:
        yield from [61] * 5

    write(10)
    stage = _play(script(), ledger.database, log)
    assert len(commits) == 1
    assert stage.told == []


def test_a_server_that_is_away_at_the_beginning_is_told_once_and_tried_every_minute(
    ledger: Any, log: Path, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    where, what = "postgresql://db.example/status", "no server answers there"
    away = [ServerAwayError(where, what, "check the host and port")] * 3

    def ingest(*arguments: Any, **named: Any) -> IngestResult:
        if away:
            raise away.pop()
        return original(*arguments, **named)

    original = run.ingest
    monkeypatch.setattr(loop, "ingest", ingest)
    write(10)
    stage = Stage(iter([61.0, 61.0, 61.0]))
    options = IngestOptions(ledger.database, (str(log),), UTC)
    follow(options, clock=stage.clock, watch=stage, stopped=stage.stopped, audience=stage)
    assert stage.told == [f"{where}: {what}; trying again every minute"]
    assert stage.results == [10]
    assert _stored(ledger) == 10


def test_a_problem_is_reported_once_a_day(
    ledger: Any, log: Path, write: Callable[..., None]
) -> None:
    other = log.with_name("other.log")

    def script() -> Script:
        for _ in range(3):
            yield 61
        write(5)
        other.write_bytes(b"what is this?\n")
        for _ in range(5):
            yield 61
        log.unlink()
        yield 61
        yield 61
        yield 24 * 3600

    stage = _play(script(), ledger.database, log, other, log.with_name("never*"))
    waited = "no such file yet; waiting for it"
    known = [line.partition(": ")[2].partition(";")[0] for line in stage.told]
    assert stage.told[:2] == [f"{log}: {waited}", f"{other}: {waited}"]
    assert known.count("no file matches") == 2
    assert known.count("no known format: this is a log without requests") == 2
    assert stage.told.count(f"{log}: {waited}") == 2
    assert _stored(ledger) == 5


def test_a_renamed_log_is_reported_missing_only_after_a_minute(
    ledger: Any, log: Path, write: Callable[..., None]
) -> None:
    def script() -> Script:
        log.rename(log.with_name("access.log.1"))  # the kernel's clock says when
        yield 61
        assert stage.told == []
        write(10)
        yield 2
        log.rename(log.with_name("access.log.2"))
        yield 61
        yield 61

    write(10)
    stage = Stage(script())
    stage.now = datetime.now(UTC) - timedelta(seconds=5)
    options = IngestOptions(ledger.database, (str(log),), UTC)
    follow(options, clock=stage.clock, watch=stage, stopped=stage.stopped, audience=stage)
    assert stage.told == [f"{log}: no such file yet; waiting for it"]
    assert _stored(ledger) == 20


@pytest.mark.parametrize("error", [DatabaseError, LockBusy])
def test_a_database_that_fails_is_tried_again_and_nothing_is_lost(
    ledger: Any,
    log: Path,
    write: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    error: type[DatabaseError],
) -> None:
    failing = False

    def commit(self: Writer, batch: Batch) -> Committed:
        if failing:
            raise error("status.db", "the disk is full", "make room")
        return original(self, batch)

    original = Writer.commit
    monkeypatch.setattr(Writer, "commit", commit)

    def script() -> Script:
        nonlocal failing
        failing = True
        write(10)
        yield 1
        yield 61
        yield 61
        log.unlink()
        yield 61
        failing = False
        yield 61

    write(10)
    stage = _play(script(), ledger.database, log)
    assert _stored(ledger) == 20
    full = [line for line in stage.told if "the disk is full" in line]
    assert len(full) == (1 if error is DatabaseError else 0)


def test_a_deleted_file_is_closed_when_it_no_longer_grows(
    ledger: Any, log: Path, write: Callable[..., None]
) -> None:
    def kept() -> int:
        found = 0
        for link in list(Path("/proc/self/fd").iterdir()):
            with suppress(FileNotFoundError):  # the one by which they were listed
                found += "access.log (deleted)" in str(link.readlink())
        return found

    def script() -> Script:
        write(10)
        yield 1
        log.unlink()
        write(10)
        for _ in range(4):
            yield 61
        assert kept() == 1
        for _ in range(3):
            yield 61
        assert kept() == 0

    write(10)
    _play(script(), ledger.database, log)
    assert _stored(ledger) == 30


def test_after_a_truncation_the_lines_seen_are_counted_and_the_loss_is_reported(
    ledger: Any, log: Path, write: Callable[..., None]
) -> None:
    def script() -> Script:
        write(10)
        yield 1
        os.truncate(log, 0)
        write(5)
        yield 1

    write(10)
    stage = _play(script(), ledger.database, log)
    assert _stored(ledger) == 25
    assert ["the rest of the log last read here was not found" in line for line in stage.told] == [
        True
    ]


def test_refused_lines_are_written_once_even_if_their_file_is_among_the_logs(
    ledger: Any, log: Path, write: Callable[..., None]
) -> None:
    other, rejects = log.with_name("other.log"), log.with_name("rejects.log")

    def refuse(path: Path, words: bytes) -> bytes:
        with path.open("ab") as file:
            file.write(words)
        return words

    def script() -> Script:
        for number in range(3):
            for path in (log, other):
                write(5, path)
                kept.append(refuse(path, b"::1 - %s refuses %d\n" % (path.name.encode(), number)))
            yield 20
        log.unlink()
        yield 61
        yield 61

    write(5)
    write(5, other)
    kept: list[bytes] = []
    stage = _play(script(), ledger.database, log.parent / "*.log", rejects=rejects)
    assert sorted(rejects.read_bytes().splitlines(keepends=True)) == sorted(kept)
    assert rejects.stat().st_mode & 0o777 == 0o600
    assert _stored(ledger) == 40
    assert all("is the file of --rejects" in line for line in stage.told)


def test_lines_that_a_deleted_file_gets_during_the_last_run_are_counted(
    ledger: Any, log: Path, write: Callable[..., None], line: Line
) -> None:
    def script() -> Script:
        yield 1
        log.unlink()
        write(5)
        yield 1
        added.write(line(1, at=START))
        added.flush()
        stage.stored = last_run  # type: ignore[method-assign]

    def last_run() -> None:
        added.write(line(2, at=START))
        added.flush()
        stage.stored = lambda: None  # type: ignore[method-assign]

    write(10)
    stage = Stage(script())
    options = IngestOptions(ledger.database, (str(log),), UTC)
    with log.open("ab") as added:
        follow(options, clock=stage.clock, watch=stage, stopped=stage.stopped, audience=stage)
    assert _stored(ledger) == 17
    assert stage.told == []


def test_a_file_that_is_rewritten_while_its_new_lines_are_read_is_counted_once(
    ledger: Any, log: Path, write: Callable[..., None], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = b"".join(line(n, at=START, path="/other") for n in range(40))

    def read_at(self: Content, position: int, length: int) -> bytes:
        if armed and position and length > 65536:
            armed.clear()
            log.write_bytes(other)
        return original(self, position, length)

    def script() -> Script:
        yield 1
        armed.append(True)
        write(1)
        yield 1
        assert not armed
        yield 1

    armed: list[bool] = []
    original = Content.read_at
    monkeypatch.setattr(Content, "read_at", read_at)
    write(10)
    _play(script(), ledger.database, log)
    assert _stored(ledger) == 10 + 40


def test_a_half_line_that_is_cut_off_is_no_part_of_the_line_written_instead(
    ledger: Any, log: Path, write: Callable[..., None], line: Line
) -> None:
    def script() -> Script:
        yield 1
        size = log.stat().st_size
        with log.open("ab") as file:
            file.write(b"10.0.0.1 - - [")
        yield 1
        os.truncate(log, size)
        yield 1
        with log.open("ab") as file:
            file.write(b"::1" + line(1, at=START, path=f"/{'long' * 300}", status=503)[8:])
        yield 1

    write(10)
    _play(script(), ledger.database, log)
    assert _stored(ledger) == 11


def test_an_empty_file_that_appears_in_a_directory_is_followed_from_its_first_line(
    ledger: Any, log: Path, write: Callable[..., None]
) -> None:
    other = log.with_name("other.log")

    def script() -> Script:
        other.touch()
        yield 61
        write(5, other)
        yield 1
        other.unlink()
        yield 1

    write(10)
    stage = _play(script(), ledger.database, log.parent)
    assert _stored(ledger) == 15
    assert stage.told == []
