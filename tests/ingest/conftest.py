"""A log that lives: appended to, rotated, copied, compressed, re-fed; and the count of who saw every line."""

from __future__ import annotations

import csv
import fcntl
import gzip
import io
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from select import PIPE_BUF

import pytest

from flask_status_cli.cli import run

Cells = Counter[tuple[str, str]]
"""Requests by (UTC minute, status)."""

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def line(number: int, *, at: datetime, status: int = 200, path: str | None = None) -> bytes:
    stamp = at.strftime("%d/%b/%Y:%H:%M:%S +0000")
    target = f"/page/{number}" if path is None else path
    return f'10.0.0.1 - - [{stamp}] "GET {target} HTTP/1.1" {status} 5 "-" "curl"\n'.encode()


class Ledger:
    """Runs the real command line on one database and reads its counts back."""

    def __init__(self, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.database = directory / "status.db"
        self._directory = directory
        self._databases = 0
        self._capsys = capsys

    def begin(self) -> None:
        """Go on with a database that is not there yet."""
        self._databases += 1
        self.database = self._directory / f"{self._databases}.db"

    def ingest(self, *arguments: object, status: int | None = 0) -> str:
        found = run(["--db", str(self.database), "ingest", *map(str, arguments)])
        told = self._capsys.readouterr()
        assert status is None or found == status, told.err
        return told.err + told.out

    def pipe(self, data: bytes, *options: object, status: int = 0) -> str:
        """Ingest what comes through a real pipe that holds all of it; return what was told."""
        read, write = os.pipe()
        fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, max(len(data), PIPE_BUF))
        with os.fdopen(write, "wb") as writer:
            writer.write(data)
        with os.fdopen(read) as reader, pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", reader)
            return self.ingest(*options, "-", status=status)

    def counts(self) -> Counter[tuple[str, str, str]]:
        """Requests by (UTC minute, route, status)."""
        assert run(["--db", str(self.database), "counts", "--by", "minute"]) == 0
        rows = csv.DictReader(io.StringIO(self._capsys.readouterr().out))
        return Counter(
            {(row["time"], row["route"], row["status"]): int(row["requests"]) for row in rows}
        )

    def cells(self) -> Cells:
        found: Cells = Counter()
        for (time, _, status), requests in self.counts().items():
            found[time, status] += requests
        return found


class Life:
    """A log with its rotated files in one directory, and what was ever written to it, line by line."""

    def __init__(self, directory: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.directory = directory
        self.path = directory / "access.log"
        self.path.write_bytes(b"")
        self.expected: Cells = Counter()
        self.half = b""
        self._number = 0
        self._at = START

    def next_line(self) -> bytes:
        self._number += 1
        self._at += timedelta(seconds=self.chance.choice([0, 0, 1, 5, 40]))
        status = self.chance.choice([200, 200, 404, 500, 304])
        self.expected[self._at.strftime("%Y-%m-%dT%H:%MZ"), str(status)] += 1
        return line(self._number, at=self._at, status=status)

    def _write(self, data: bytes, path: Path | None = None) -> None:
        with (path or self.path).open("ab") as file:
            file.write(data)

    def append(self) -> None:
        self.finish_line()
        self._write(b"".join(self.next_line() for _ in range(self.chance.choice([1, 3, 30, 400]))))

    def probe(self) -> None:
        """Identical lines, as health checks write them: also the first ones of a new file."""
        self.finish_line()
        stamp = self._at.strftime("%Y-%m-%dT%H:%MZ")
        for _ in range(self.chance.randrange(1, 4)):
            self._write(line(0, at=self._at.replace(second=0), path="/healthz"))
            self.expected[stamp, "200"] += 1

    def half_line(self) -> None:
        self.finish_line()
        whole = self.next_line()
        cut = self.chance.randrange(1, len(whole))
        self._write(whole[:cut])
        self.half = whole[cut:]

    def finish_line(self) -> None:
        if self.half:
            self._write(self.half)
            self.half = b""

    def _shift(self) -> None:
        for number in range(8, 0, -1):
            for suffix in ("", ".gz"):
                old = self.directory / f"access.log.{number}{suffix}"
                if old.exists():
                    old.rename(self.directory / f"access.log.{number + 1}{suffix}")

    def end(self) -> None:
        """End with a line of its own: a finished log that begins another cannot be told from it."""
        self.finish_line()
        self._write(self.next_line())

    def rename(self) -> None:
        self.end()
        self._shift()
        self.path.rename(self.directory / "access.log.1")
        self.path.write_bytes(b"")

    def rename_while_written(self) -> None:
        """The server goes on writing to the renamed file until it reopens its log."""
        self.rename()
        self._write(b"".join(self.next_line() for _ in range(3)), self.directory / "access.log.1")

    def copytruncate(self) -> None:
        self.end()
        self._shift()
        shutil.copyfile(self.path, self.directory / "access.log.1")
        os.truncate(self.path, 0)

    def compress(self) -> None:
        plain = self.directory / f"access.log.{self.chance.choice([1, 2])}"
        if plain.exists() and plain.stat().st_size:
            packed = plain.with_name(plain.name + ".gz")
            packed.write_bytes(gzip.compress(plain.read_bytes()))
            times = plain.stat()
            os.utime(packed, ns=(times.st_atime_ns, times.st_mtime_ns))
            plain.unlink()

    def snapshot(self) -> Path:
        copy = self.directory / "snapshots" / f"{self._number}-{self.chance.random()}"
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(self.path.read_bytes())
        return copy


@pytest.fixture
def tmp_path(on_disk: Path) -> Path:
    """A directory on a disk: what happens to logs includes new files that get the inodes of old ones."""
    return on_disk


@pytest.fixture
def ledger(in_ram: Path, capsys: pytest.CaptureFixture[str]) -> Ledger:
    return Ledger(in_ram, capsys)


@pytest.fixture
def feed(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], str]:
    """Ingest what comes through the standard input; what was told."""

    def feed(data: bytes) -> str:
        (tmp_path / "fed").write_bytes(data)
        with (tmp_path / "fed").open() as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            return ledger.ingest("-q", "-")

    return feed


@pytest.fixture
def new_life(tmp_path: Path) -> Callable[[int], Life]:
    def make(seed: int) -> Life:
        directory = tmp_path / f"log-{seed}"
        directory.mkdir()
        return Life(directory, seed)

    return make


@pytest.fixture(name="line")
def line_fixture() -> Callable[..., bytes]:
    return line


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("FLASK_STATUS_DB", raising=False)
