"""Small new logs are read a shorter way. The words and the database are those of the usual way."""

from __future__ import annotations

import gzip
import os
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.cli import run
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.pipeline.ingest.file_state import FileStates
from flask_status_cli.pipeline.ingest.open_input import InputReader
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.rotation.first_minutes import first_minutes
from flask_status_cli.pipeline.ingest.small_logs import SmallLogs
from flask_status_cli.pipeline.ingest.writing import locked_store
from flask_status_cli.sources import Content, Reading, SmallLog, open_small

Line = Callable[..., bytes]

FIXTURES = Path(__file__).parents[2] / "fixtures/logs"
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TIMES = ("updated_at", "read_at", "created_at", "started_at", "finished_at", "value")
SEEDS = int(os.environ.get("SEEDS", "3"))


def _fixtures() -> Iterator[bytes]:
    for path in sorted(FIXTURES.rglob("*")):
        if path.is_file() and path.parent != FIXTURES and path.stat().st_size < 16 << 10:
            yield path.read_bytes()


def _hostile(line: Line, chance: random.Random) -> Iterator[bytes]:
    """Logs that differ from a plain one by what servers, rotation and attackers do to logs."""
    for n in range(12):
        at = START + timedelta(hours=n)
        lines = [line(k, at=at + timedelta(minutes=k * n)) for k in range(1, 30)]
        chance.shuffle(lines)
        whole = b"".join(lines)
        yield from (
            whole,
            whole[:-9],
            b"\0\0" + whole,
            whole.replace(b"\n", b"\r\n"),
            b"\xef\xbb\xbf" + whole,
            whole + b"what?\n",
            b"* Running on x\n" + whole,
            whole[: whole.find(b"\n")],
            whole.replace(b"GET", b"\0GET", 1),
            gzip.compress(whole),
            line(0, at=START) * n + whole,
            whole.replace(b"+0000", b"+0530"),
            b"\n" * n + whole,
            whole.replace(b'1" 200', b'1\\" 200'),
        )


def _dump(database: Path) -> dict[str, list[str]]:
    """Return the rows of every table, without the times of the runs, and with rules for numbers of routes."""
    found = {}
    with closing(sqlite3.connect(database)) as opened:
        rules = dict(opened.execute("SELECT id, rule FROM route"))
        for (table,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            names = [each[1] for each in opened.execute(f"PRAGMA table_info({table})")]
            names = [each for each in names if each not in TIMES]
            number = "id" if table == "route" else "route"
            rows = opened.execute(f"SELECT {', '.join(map(quoted, names))} FROM {table}")
            found[table] = sorted(
                repr(
                    [rules[v] if name == number else v for name, v in zip(names, row, strict=True)]
                )
                for row in rows
            )
    return found


def quoted(name: str) -> str:
    return f'"{name}"'


def _age(directory: Path, minutes: int) -> None:
    """Let all files be old enough to be left alone if they are read to their end."""
    changed = (datetime.now(UTC) - timedelta(days=1, minutes=-minutes)).timestamp()
    for path in directory.iterdir():
        os.utime(path, (changed, changed))


@pytest.fixture
def both_ways(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Path], int]:
    """Ingest a directory the short way and the usual way, and compare; return how many went the short way."""
    monkeypatch.setattr(locked_store, "GATHERED", 3600.0)
    went: list[str] = []
    short = SmallLogs.read

    def noted(self: SmallLogs, paths: Sequence[str]) -> Any:
        found = short(self, paths)
        went.extend(paths[: len(found)])
        return found

    def told(database: Path, directory: Path) -> list[str]:
        status = run(["--db", str(database), "ingest", "--json", str(directory)])
        said = capsys.readouterr()
        return [str(status), *said.out.splitlines(), *said.err.splitlines()]

    def compare(directory: Path) -> int:
        went.clear()
        with monkeypatch.context() as patched:
            patched.setattr(SmallLogs, "read", noted)
            shortly = told(tmp_path / "short.db", directory)
        with monkeypatch.context() as patched:
            patched.setattr(InputReader, "small_at_once", lambda _self: 0)
            usually = told(tmp_path / "usual.db", directory)
        assert shortly == usually
        assert _dump(tmp_path / "short.db") == _dump(tmp_path / "usual.db")
        return len(went)

    return compare


def test_small_logs_of_all_kinds_are_read_as_by_the_full_reader(
    both_ways: Callable[[Path], int], tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for n, data in enumerate(_fixtures()):
        (logs / f"{n}.log").write_bytes(data)
    _age(logs, 0)
    assert both_ways(logs) > 20


@pytest.mark.parametrize("seed", range(SEEDS))
def test_directories_that_change_are_read_as_by_the_full_reader(
    both_ways: Callable[[Path], int], tmp_path: Path, line: Line, seed: int
) -> None:
    chance, logs = random.Random(seed), tmp_path / "logs"
    logs.mkdir()
    data = list(_hostile(line, chance))
    for n, each in enumerate(chance.sample(data, 60)):
        (logs / f"site{n}.log").write_bytes(each)
    _age(logs, 0)
    assert both_ways(logs) > 20
    for n, path in enumerate(sorted(logs.iterdir())):
        match chance.randrange(5):
            case 0:
                path.write_bytes(path.read_bytes() + line(n, at=START + timedelta(days=1)))
            case 1:
                path.rename(f"{path}.1")
                path.write_bytes(chance.choice(data))
            case 2:
                path.with_name(f"new-{path.name}").write_bytes(path.read_bytes())
            case 3:
                path.write_bytes(chance.choice(data))
    _age(logs, 1)
    both_ways(logs)
    both_ways(logs)


def test_the_times_of_many_logs_are_those_of_one_by_one(tmp_path: Path, line: Line) -> None:
    data = [
        *_fixtures(),
        *_hostile(line, random.Random(1)),
        b"",
        b"x" * 5000 + b"\n" + line(1, at=START),
    ]
    for n, each in enumerate(data):
        (tmp_path / f"{n:03}.log").write_bytes(each)
    (tmp_path / "a directory").mkdir()
    os.mkfifo(tmp_path / "pipe")
    paths = [*map(str, tmp_path.iterdir()), str(tmp_path / "missing")]
    options = IngestOptions(tmp_path / "status.db", (), UTC)
    nothing: Any = None
    context = IngestContext(nothing, FileStates(()), options, lambda: START)
    found = first_minutes(paths, context)
    assert found == [context.first_minute_if_readable(path) for path in paths]
    assert len(set(found)) > 20


def _sizes() -> Iterator[bytes]:
    yield b"\n"
    for size in (1, 1023, 1024, 1025, 4095, 4096, 4097, 8191, 8192, 8193, 32768, 60000):
        yield b"x" * (size - 1) + b"\n"
        yield b"abc\n" * (size // 4 + 1) + b"not finished"
    yield b"\n" * 5000


@pytest.mark.parametrize("data", list(_sizes()), ids=len)
def test_a_small_log_has_the_same_fingerprints_as_any_log(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "some.log"
    path.write_bytes(data)
    small, content = open_small(str(path)), Content(str(path))
    assert small is not None
    reading = Reading(content, [])
    lines = b"".join(block.lines for block in reading.blocks())
    read = reading.checkpoint(newest=None, name=None, pending={})
    assert (small.whole, small.unfinished) == (lines, bool(reading.unfinished))
    assert (small.head, small.marks, small.prints) == (read.head, read.marks, read.prints)
    assert small.unchanged()
    path.write_bytes(data.replace(b"\n", b"!"))
    assert not small.unchanged()
    small.close()
    content.close()


def test_a_small_log_that_changes_while_it_is_read_is_read_again(
    ledger: Any, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(line(1, at=START) * 3)
    really = SmallLog.unchanged

    def rewritten(self: SmallLog) -> bool:
        log.write_bytes(line(2, at=START) * 5)
        return really(self)

    monkeypatch.setattr(SmallLog, "unchanged", rewritten)
    ledger.ingest("-q", log)
    assert sum(ledger.cells().values()) == 5
