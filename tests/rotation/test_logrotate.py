"""The real logrotate under a real nginx and gunicorn while requests come in: every line is counted once.

Visitors count what they were answered; the lines that ended up on disk must be just these (so the servers
and logrotate lost none), and the database must hold just these lines, minute by minute. While logrotate
copies and truncates, the visitors pause: a line written between the two is lost to everyone, which is
logrotate's doing (see its manual). Everywhere else they go on.

By hand: `ROTATIONS=30 SEEDS=5 pytest tests/rotation -n auto`.
"""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.rotation.conftest import Server, Visitors

WaitFor = Callable[[str, Callable[[], bool]], None]

ROTATIONS = int(os.environ.get("ROTATIONS", "3"))
SEEDS = int(os.environ.get("SEEDS", "1"))
LONG = "SEEDS" in os.environ or "ROTATIONS" in os.environ

REOPEN = "kill -USR1 $(cat {pid_file})"
REOPENED = """
for process in $(cat {pid_file}) $(cat /proc/$(cat {pid_file})/task/*/children); do
    while ls -l /proc/$process/fd 2>/dev/null | grep -q 'access.log.1$'; do sleep 0.01; done
done
"""
"""What is compressed may not be written to any more; nginx's manual sleeps a second."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to rotate: directives of logrotate, a shell script for `postrotate`, whether it is forced."""

    directives: str
    postrotate: str = ""
    forced: bool = True

    @property
    def truncates(self) -> bool:
        return "copytruncate" in self.directives


MODES = {
    "create": Mode("create", REOPEN),
    "copytruncate": Mode("copytruncate"),
    "compress": Mode("create\ncompress", REOPEN + REOPENED),
    "delaycompress": Mode("create\ncompress\ndelaycompress", REOPEN + REOPENED),
    "dateext": Mode("create\ndateext\ndateformat -%Y%m%d-%H%M%S", REOPEN),
    "size": Mode("create\nsize 4k", REOPEN, forced=False),
}

PAIRS = [
    (name, mode)
    for name in ("nginx", "gunicorn")
    for mode in MODES
    if name == "nginx" or LONG or mode in {"create", "copytruncate"}
]
"""How the log is rotated is logrotate's and our business; the servers differ in how they reopen it."""

GONE = Mode("create\nrotate 0", REOPEN + REOPENED)
"""Nothing is kept: only who has the file open can still read it."""

LINE = re.compile(
    rb'127\.0\.0\.1 - - \[([^]]+)\] "GET (/[a-z-]*)\?\S+ HTTP/1\.1" ([0-9]{3}) [0-9-]+ "-" "-"\n'
)
"""Combined, as nginx and gunicorn write it for these visitors."""

COARSE = 0.05
"""So far, and less, C's `time()` may lag behind Python's."""

ROUTES = {"/wp-login": "<unmatched>"}
"""What never answered is no route: nobody promised that path."""


class Logrotate:
    """Debian's logrotate with a state of its own."""

    def __init__(self, program: str, server: Server, mode: Mode) -> None:
        home = server.pid_file.parent
        config = home / "logrotate.conf"
        config.write_text(f"""
{server.log} {{
    su {os.geteuid()} {os.getegid()}
    rotate 1000
    {mode.directives}
    postrotate
        {mode.postrotate.format(pid_file=server.pid_file)}
    endscript
}}
""")
        config.chmod(0o644)
        force = ["--force"] if mode.forced else []
        self._command = [program, *force, "--state", str(home / "state"), str(config)]
        self._log = server.log
        self._dated = "dateext" in mode.directives
        self._free = 0.0

    @property
    def rotated(self) -> int:
        return len(list(self._log.parent.iterdir())) - 1

    def rotate(self, visitors: Visitors) -> None:
        """Run logrotate until it has rotated; a dated name waits for a second that no other one has."""
        while self._dated and time.time() < self._free:
            time.sleep(0.01)
        before = self._mark
        while self._run() == before:
            visitors.come(10)
        self._free = int(time.time()) + 1 + COARSE

    @property
    def _mark(self) -> tuple[int, int]:
        return self.rotated, self._log.stat().st_ino

    def _run(self) -> tuple[int, int]:
        done = subprocess.run(
            self._command, check=False, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        return self._mark


@dataclass
class Cron:
    """Runs `flask-status ingest -q LOG` as cron would, one run after the other, with the plain path alone.

    `told` is what the runs said that nobody killed, with their exit status; there should be nothing.
    """

    log: Path
    database: Path
    chance: Random
    wait_for: WaitFor
    told: list[tuple[int, str]] = field(default_factory=list)
    runs: int = 0
    killed: int = 0
    _seconds: list[float] = field(default_factory=list)

    def run(self, *, kill: bool = False) -> None:
        """Run it once; with `kill` it is killed, at a random moment or when it has just stored something."""
        begin, before = time.monotonic(), self._written()
        process = self._program("ingest", "-q", str(self.log))
        if kill:
            moment = begin + self.chance.uniform(0.3, 1) * min(self._seconds)
            storing = self.chance.random() < 0.5
            while self._written() == before if storing else time.monotonic() < moment:
                if process.poll() is not None:
                    break
                time.sleep(0.001)
            time.sleep(self.chance.uniform(0, 0.01))
            process.kill()
        told, _ = process.communicate(timeout=120)
        if process.returncode == -signal.SIGKILL:
            self.killed += 1
        else:
            self._seconds.append(time.monotonic() - begin)
            if told or process.returncode:
                self.told.append((process.returncode, told))
        self.runs += 1

    def _written(self) -> int:
        return self.database.stat().st_mtime_ns if self.database.exists() else 0

    def _program(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "flask_status_cli", "--db", str(self.database), *words]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    @contextmanager
    def working(self) -> Iterator[None]:
        """After one whole run go on in the background; every third run is killed on its way."""
        self.run()
        stop = threading.Event()

        def work() -> None:
            while not stop.is_set():
                self.run(kill=self.runs % 3 == 2)

        with ThreadPoolExecutor(1) as pool:
            self._background = pool.submit(work)
            try:
                yield
            finally:
                stop.set()
        self._background.result()

    def come(self, runs: int) -> None:
        """Wait until so many more runs have ended."""
        enough = self.runs + runs
        self.wait_for("cron", lambda: self.runs >= enough or self._background.done())

    def be_killed(self) -> None:
        """Wait until a run has been killed."""
        self.wait_for("a killed run", lambda: self.killed > 0 or self._background.done())

    @contextmanager
    def following(self) -> Iterator[Callable[[], bool]]:
        """Follow the log until SIGTERM; the function tells whether what lies at its path is kept open."""
        process = self._program("ingest", "--follow", "-q", str(self.log))
        seen: Counter[int] = Counter()

        def holds() -> bool:
            assert process.poll() is None
            file = self.log.stat().st_ino
            seen[file] = seen[file] + 1 if _opened(process.pid, self.log) else 0
            return seen[file] > 20  # an ordinary run opens it for a moment only

        try:
            self.wait_for("the log to be opened", holds)
            yield holds
            process.terminate()
            told, _ = process.communicate(timeout=120)
            if told or process.returncode:
                self.told.append((process.returncode, told))
        finally:
            process.kill()
            process.wait()

    def counts(self) -> Counter[tuple[str, str, int]]:
        """The requests by (UTC minute, route, status) that the database knows."""
        process = self._program("counts", "--by", "minute")
        rows, _ = process.communicate(timeout=120)
        assert process.returncode == 0, rows
        return Counter(
            {
                (row["time"], row["route"], int(row["status"])): int(row["requests"])
                for row in csv.DictReader(rows.splitlines())
            }
        )


def _opened(process: int, path: Path) -> bool:
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):
            if link.samefile(path):
                return True
    return False


@dataclass(frozen=True, slots=True)
class Disk:
    """What ended up in the log and its rotated files, read by zcat and a pattern of our own."""

    zcat: str
    log: Path
    minute: Callable[[str], str]

    def text(self) -> bytes:
        files = map(str, self.log.parent.iterdir())
        return subprocess.run([self.zcat, "-f", *files], check=True, stdout=subprocess.PIPE).stdout

    def requests(self) -> int:
        return self.text().count(b"\n")

    def lines(self) -> Iterator[tuple[str, str, int]]:
        """The requests as (UTC minute, path, status)."""
        for line in self.text().splitlines(keepends=True):
            match = LINE.fullmatch(line)
            assert match is not None, line
            stamp, path, status = (field.decode() for field in match.groups())
            yield self.minute(stamp), path, int(status)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize(("name", "mode"), PAIRS)
def test_every_line_is_counted_once_whatever_logrotate_does(
    name: str,
    mode: str,
    seed: int,
    *,
    in_ram: Path,
    program: Callable[[str], str],
    serve: Callable[[str], Server],
    visit: Callable[[Server, str], AbstractContextManager[Visitors]],
    wait_for: WaitFor,
    independent: ModuleType,
) -> None:
    life = f"{name} {mode} {seed}"
    chance = Random(life)
    truncates = MODES[mode].truncates
    logrotate, zcat = program("logrotate"), program("zcat")
    server = serve(name)
    rotation = Logrotate(logrotate, server, MODES[mode])
    disk = Disk(zcat, server.log, independent.aware_minute)
    cron = Cron(server.log, in_ram / "status.db", Random(f"cron {life}"), wait_for)

    with visit(server, life) as visitors:

        def all_written() -> bool:
            return disk.requests() == visitors.answered.total()

        visitors.come(20)
        with cron.working():
            for _ in range(ROTATIONS):
                visitors.come(chance.randrange(20, 150))
                cron.come(chance.choice([0, 1, 1, 2]))
                with visitors.paused() if truncates else nullcontext():
                    if truncates:
                        wait_for("the last lines before a pause", all_written)
                    rotation.rotate(visitors)
            visitors.come(20)
            cron.be_killed()
    wait_for("the last lines", all_written)
    cron.run()

    answered: Counter[tuple[str, int]] = Counter()
    cells: Counter[tuple[str, str, int]] = Counter()
    for minute, path, status in disk.lines():
        answered[path, status] += 1
        cells[minute, ROUTES.get(path, path), status] += 1
    assert answered == visitors.answered
    assert cron.counts() == cells
    assert cron.told == []
    assert rotation.rotated == ROTATIONS


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize(("name", "mode"), PAIRS)
def test_every_line_is_counted_once_while_it_is_followed(
    name: str,
    mode: str,
    seed: int,
    *,
    in_ram: Path,
    program: Callable[[str], str],
    serve: Callable[[str], Server],
    visit: Callable[[Server, str], AbstractContextManager[Visitors]],
    wait_for: WaitFor,
    independent: ModuleType,
) -> None:
    life = f"followed {name} {mode} {seed}"
    chance = Random(life)
    truncates = MODES[mode].truncates
    server = serve(name)
    rotation = Logrotate(program("logrotate"), server, MODES[mode])
    disk = Disk(program("zcat"), server.log, independent.aware_minute)
    follower = Cron(server.log, in_ram / "status.db", chance, wait_for)
    with follower.following():
        with visit(server, life) as visitors:

            def all_written() -> bool:
                return disk.requests() == visitors.answered.total()

            for _ in range(ROTATIONS):
                visitors.come(chance.choice([20, 100, 500]))
                with visitors.paused() if truncates else nullcontext():
                    if truncates:
                        wait_for("the last lines before a pause", all_written)
                    rotation.rotate(visitors)
            visitors.come(20)
        wait_for("the last lines", all_written)
    cells = Counter(
        (minute, ROUTES.get(path, path), status) for minute, path, status in disk.lines()
    )
    assert cells.total() == visitors.answered.total()
    assert follower.counts() == cells
    assert follower.told == []


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", ["nginx", "gunicorn"])
def test_lines_that_logrotate_deletes_are_counted_where_they_are_followed(
    name: str,
    seed: int,
    *,
    in_ram: Path,
    program: Callable[[str], str],
    serve: Callable[[str], Server],
    visit: Callable[[Server, str], AbstractContextManager[Visitors]],
    wait_for: WaitFor,
) -> None:
    life = f"gone {name} {seed}"
    chance = Random(life)
    server = serve(name)
    rotation = Logrotate(program("logrotate"), server, GONE)
    follower = Cron(server.log, in_ram / "status.db", chance, wait_for)
    with follower.following() as holds:
        with visit(server, life) as visitors:
            for _ in range(ROTATIONS):
                visitors.come(chance.choice([20, 100]))
                wait_for("the new file to be opened", holds)
                rotation.rotate(visitors)
            visitors.come(20)
            wait_for("the new file to be opened", holds)
        os.kill(int(server.pid_file.read_text()), signal.SIGTERM)
        wait_for("the server to end, all written", lambda: not server.pid_file.exists())
    counted: Counter[tuple[str, int]] = Counter()
    for (_, route, status), requests in follower.counts().items():
        counted[route, status] += requests
    answered: Counter[tuple[str, int]] = Counter()
    for (path, status), requests in visitors.answered.items():
        answered[ROUTES.get(path, path), status] += requests
    assert counted == answered
    assert follower.told == []
    assert rotation.rotated == 0
