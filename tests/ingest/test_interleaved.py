"""A rotation in the middle of a run, whole or step by step, at every system call of the run that sees files.

Not with the real logrotate: that falls into a run's few milliseconds once in thousands of times.
`INTERLEAVE=1` plays a rotation at every call instead of every twelfth. The cases of a mode begin at different
ones, and together play it at every second call.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest

HOOKED = ("open", "stat", "scandir", "pread", "fstat")
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
EVERY = int(os.environ.get("INTERLEAVE", "12"))
STILL = 0  # all steps of the rotation at one call
STEPWISE = 1  # one step at each call

Step = Callable[[], object]


class Rotated:
    """A log of one line a minute, its rotation in steps, and a clock that the files' times follow."""

    def __init__(self, directory: Path, mode: str) -> None:
        self.path = directory / "access.log"
        self.now = START + timedelta(days=1)
        self.written = 0
        self._mode = mode
        self._day = 0
        directory.mkdir()
        self._replace(self.path, b"")

    def write(self, lines: int, path: Path | None = None) -> None:
        with (path or self.path).open("ab") as file:
            for _ in range(lines):
                at = START + timedelta(minutes=self.written)
                stamp = f"{at:%d/%b/%Y:%H:%M:%S} +0000"
                request = f'"GET /page/{self.written} HTTP/1.1" 200 5 "-" "curl"'
                file.write(f"10.0.0.1 - - [{stamp}] {request}\n".encode())
                self.written += 1
        self._touch(path or self.path)

    def rotate(self) -> None:
        for step in self.steps():
            step()

    def steps(self) -> list[Step]:
        """What logrotate does, one system call or write after the other; the server writes in between."""
        packing, shifting, taking = self._packing(), self._shifting(), [self._rename, self._create]
        plans: dict[str, list[Step]] = {
            "create": [*shifting, *taking],
            "compress": [*shifting, *taking, *packing],
            "delaycompress": [*packing, *shifting, *taking],
            "copytruncate": [*shifting, self._copy_half, self._copy, self._truncate, self._more],
            "dateext": [self._rename_dated, self._create],
        }
        return plans[self._mode]

    def _numbered(self, number: int, packed: str = "") -> Path:
        return self.path.with_name(f"access.log.{number}{packed}")

    def _touch(self, path: Path) -> None:
        os.utime(path, (self.now.timestamp(),) * 2)

    def _replace(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        self._touch(path)

    def _shifting(self) -> list[Step]:
        names = [(number, packed) for number in range(6, 0, -1) for packed in ("", ".gz")]
        return [partial(self._shift, *name) for name in names]

    def _shift(self, number: int, packed: str) -> None:
        if self._numbered(number, packed).exists():
            self._numbered(number, packed).rename(self._numbered(number + 1, packed))

    def _rename(self) -> None:
        self.path.rename(self._numbered(1))
        self.write(1, self._numbered(1))  # the server still has it open

    def _rename_dated(self) -> None:
        self._day += 1
        dated = self.path.with_name(f"access.log-2026112{self._day}")
        self.path.rename(dated)
        self.write(1, dated)

    def _create(self) -> None:
        self._replace(self.path, b"")
        self.write(2)

    def _packing(self) -> list[Step]:
        return [self._pack_half, self._pack, self._remove]

    def _pack_half(self) -> None:
        if self._numbered(1).exists():
            packed = gzip.compress(self._numbered(1).read_bytes())
            self._replace(self._numbered(1, ".gz"), packed[: len(packed) // 2])

    def _pack(self) -> None:
        if self._numbered(1).exists():
            times = self._numbered(1).stat()
            packed = gzip.compress(self._numbered(1).read_bytes())
            self._numbered(1, ".gz").write_bytes(packed)
            os.utime(self._numbered(1, ".gz"), ns=(times.st_atime_ns, times.st_mtime_ns))

    def _remove(self) -> None:
        self._numbered(1).unlink(missing_ok=True)

    def _copy_half(self) -> None:
        self._replace(self._numbered(1), self.path.read_bytes()[:130])

    def _copy(self) -> None:
        self._replace(self._numbered(1), self.path.read_bytes())

    def _truncate(self) -> None:
        os.truncate(self.path, 0)
        self._touch(self.path)

    def _more(self) -> None:
        self.write(2)


class Calls:
    """Counts the calls that see files below `root`, and plays the steps from the `first` of them on."""

    def __init__(self, first: int, stride: int, steps: list[Step], root: Path) -> None:
        self.made = 0
        self.killed = False
        self._first = first
        self._stride = stride
        self._steps = steps
        self._root = str(root)
        self._playing = False

    @contextmanager
    def hooked(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in HOOKED:
                patch.setattr(os, name, self._hook(getattr(os, name)))
            yield
        while self._steps:
            self._steps.pop(0)()

    def _hook(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def hook(*args: Any, **kwargs: Any) -> Any:
            ours = bool(args) and (isinstance(args[0], int) or str(args[0]).startswith(self._root))
            if ours and not self._playing:
                self._playing = True
                self._play()
                self._playing = False
                self.made += 1
            return call(*args, **kwargs)

        return hook

    def _play(self) -> None:
        due = self._steps if self.made >= self._first else []
        while due:
            step = due.pop(0)
            self.killed = step is _kill
            step()
            if self._stride == STEPWISE:
                break


@pytest.fixture
def in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renames have the machine's time, which our clock is far from."""
    monkeypatch.setattr(
        "flask_status_cli.pipeline.ingest.rotation.rotated_files.ROTATING", timedelta(days=100_000)
    )


@pytest.mark.parametrize("stride", [STILL, STEPWISE])
@pytest.mark.parametrize("before", [0, 1, 2], ids="unseen rotations: {}".format)
@pytest.mark.parametrize("mode", ["create", "compress", "delaycompress", "copytruncate", "dateext"])
@pytest.mark.usefixtures("in_time")
def test_a_rotation_within_a_run_loses_and_doubles_nothing(
    ledger: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    before: int,
    stride: int,
) -> None:
    for first in count((before + 3 * stride) * EVERY // 6, EVERY):
        directory = tmp_path / str(first)
        directory.mkdir()
        ledger.begin()
        log = Rotated(directory / "log", mode)
        monkeypatch.setattr(
            import_module("flask_status_cli.cli.commands.ingest"), "clock", lambda log=log: log.now
        )
        made = _live(ledger, log, first=first, before=before, stride=stride)
        minutes = [START + timedelta(minutes=minute) for minute in range(log.written)]
        expected = Counter((f"{minute:%Y-%m-%dT%H:%MZ}", "200") for minute in minutes)
        assert ledger.cells() == expected, f"the rotation began at call {first}"
        if made <= first:
            break


def _live(ledger: Any, log: Rotated, *, first: int, before: int, stride: int) -> int:
    """Read a log through two rotations, `before` unseen ones, and one within the run; return its calls."""

    def ingest() -> None:
        log.now += timedelta(minutes=1)
        assert ledger.ingest("-q", log.path) == ""
        log.now += timedelta(seconds=10)

    log.write(3)
    for _ in range(2):
        ingest()
        log.rotate()
        log.write(2)
    ingest()
    for _ in range(before):
        log.rotate()
        log.write(3)
        log.now += timedelta(seconds=20)
    calls = Calls(first, stride, log.steps(), log.path.parent)
    with calls.hooked():
        ingest()
    for _ in range(2):
        log.write(1)
        ingest()
    return calls.made


class Killed(BaseException):
    """Stands for `kill -9`: nothing that is not stored by now is stored."""


@pytest.mark.parametrize("mode", ["create", "compress", "copytruncate", "dateext"])
@pytest.mark.usefixtures("in_time")
def test_a_log_rotated_after_a_killed_first_run_is_still_read(
    ledger: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """Before anything was noted there is nothing to go on with: what is rotated by the next run is old."""
    module = import_module("flask_status_cli.cli.commands.ingest")
    noted = 0
    for nth in count():
        directory = tmp_path / str(nth)
        directory.mkdir()
        ledger.begin()
        log = Rotated(directory / "log", mode)
        monkeypatch.setattr(module, "clock", lambda log=log: log.now)
        log.write(3)
        calls = Calls(nth * EVERY, STILL, [_kill], log.path.parent)
        with suppress(Killed), calls.hooked():
            ledger.ingest("-q", log.path)
        begun = _knows(ledger.database, log.path)
        noted += begun
        if not calls.killed:
            break
        log.now += timedelta(seconds=10)
        log.rotate()
        log.write(2)
        for _ in range(2):
            log.now += timedelta(minutes=1)
            assert ledger.ingest("-q", log.path) == ""
            log.write(1)
        log.now += timedelta(minutes=1)
        ledger.ingest("-q", log.path)
        requests = sum(ledger.cells().values())
        expected = {log.written} if begun else {log.written, log.written - 3, log.written - 4}
        assert requests in expected, f"killed at call {nth * EVERY}"
    assert noted > 1


def _kill() -> None:
    raise Killed


def _knows(database: Path, log: Path) -> bool:
    if not database.exists():
        return False
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT count(*) FROM input WHERE path = ?", (os.fsencode(log),))
        return bool(found.fetchone()[0])
