"""Small logs, and logs with few new lines, are read a shorter way, with the same words and database."""

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
from zlib import crc32

import pytest

from flask_status_cli.cli import run
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.pipeline.ingest.file_state import FileStates
from flask_status_cli.pipeline.ingest.open_input import InputReader
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.rotation.log_order import first_minutes
from flask_status_cli.pipeline.ingest.small_logs import SmallLogs
from flask_status_cli.pipeline.ingest.writing import locked_store
from flask_status_cli.sources import Content, Reading, SmallLog, fingerprints_of, open_small
from flask_status_cli.sources.identity.fingerprints import SPAN, Marks, continued_marks
from flask_status_cli.sources.identity.first_lines import continued_prints
from flask_status_cli.store.schema.encoding import pack_marks

Line = Callable[..., bytes]

FIXTURES = Path(__file__).parents[2] / "fixtures/logs"
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TIMES = ("updated_at", "read_at", "created_at", "started_at", "finished_at", "value")
SEEDS = int(os.environ.get("SEEDS", "2"))


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
        rotated = (
            ".1" if each.startswith(b"\x1f\x8b") else ""
        )  # the lines of other archives are kept
        (logs / f"site{n}.log{rotated}").write_bytes(each)
    _age(logs, 0)
    assert both_ways(logs) > 15
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


def _growing(line: Line, chance: random.Random) -> Iterator[tuple[bytes, list[bytes]]]:
    """Logs, each with the parts that are appended to it one after the other. An empty part truncates it."""
    sizes = [0, 1, 3, 20, 70, 400, 2040, 2047, 2048, 6500, 12_000]
    for n, size in enumerate(sizes * 3):
        at = START + timedelta(hours=n)
        lines = [line(k, at=at + timedelta(seconds=k), path=f"/{n}") for k in range(size + 70)]
        begun, more = b"".join(lines[:size]), lines[size:]
        whole, half = b"".join(more[:20]), more[20][:30]
        odd = [b"* Running on x\n" + more[21], b"what?\n" + more[22], b"* Debugger PIN\n", b"x" * 9]
        kinds = [
            [whole, b"".join(more[30:])],
            [half, more[20][30:] + half, more[20][30:]],
            [chance.choice(odd), more[23], chance.choice(odd) + b"\n", more[24]],
            [b"", begun + whole, more[25]],
            [b"", more[26], begun * 2],
            [
                more[27].replace(b"+0000", b"-0130"),
                more[28].replace(b"\n", b"\r\n"),
                b"\0\0" + more[29],
            ],
        ]
        yield begun, chance.choice(kinds)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_logs_that_have_grown_are_read_as_by_the_full_reader(
    both_ways: Callable[[Path], int], tmp_path: Path, line: Line, seed: int
) -> None:
    chance, logs = random.Random(seed), tmp_path / "logs"
    logs.mkdir()
    growing = list(_growing(line, chance))
    for n, (begun, _) in enumerate(growing):
        (logs / f"{n}.log").write_bytes(begun)
    for turn in range(4):
        _age(logs, turn)
        went = both_ways(logs)
        assert went > 5 or turn == 3
        for n, (_, parts) in enumerate(growing):
            if turn < len(parts):
                with (logs / f"{n}.log").open("ab" if parts[turn] else "wb") as log:
                    log.write(parts[turn])


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
    assert small.head == read.head
    assert fingerprints_of([small]) == [(pack_marks(read.marks), read.prints)]
    assert small.unchanged()
    path.write_bytes(data.replace(b"\n", b"!"))
    assert not small.unchanged()
    small.close()
    content.close()


@pytest.mark.parametrize(
    ("length", "lines"), [(20, 2500), (40, 3000), (300, 1900), (1100, 600), (30_000, 20)]
)
def test_a_log_that_has_grown_has_the_same_fingerprints_as_if_it_was_read_at_once(
    length: int, lines: int
) -> None:
    chance = random.Random(length)
    content = b"".join(
        chance.randbytes(length - 1).replace(b"\n", b" ") + b"\n" for _ in range(lines)
    )
    whole = Marks()
    whole.feed(content)
    for _ in range(40):
        cut = chance.randrange(1, lines)
        end = chance.randrange(cut + 1, min(lines, cut + 60_000 // length) + 1)
        offset, before, more = (
            cut * length,
            content[: cut * length],
            content[cut * length : end * length],
        )
        at_cut, at_end = (
            (whole.until(at, content[:at][-SPAN:]), whole.prints.until(at))
            for at in (offset, end * length)
        )
        marks = continued_marks(pack_marks(at_cut[0]), offset, before[-SPAN:], more)
        assert marks == pack_marks(at_end[0])
        assert continued_prints(at_cut[1], offset, crc32(before), more) == at_end[1]


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
