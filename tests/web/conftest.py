"""A database to show, servers of their own processes, and a client that keeps what they answer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from types import ModuleType

import pytest

HOST = "127.0.0.1"
DEADLINE = 300.0
"""Seconds after which anything that is waited for has failed."""

NOW = datetime(2026, 11, 23, 10, 10, 20, tzinfo=UTC)

REQUESTS = (
    (1, "/", 200), (2, "/", 200), (2, "/about", 200), (3, "/", 304), (4, "/about", 500),
    (5, "/nope", 404), (6, "/quiet", 200),
)  # fmt: skip
"""Minutes after ten, paths, and what was answered."""


def line(when: datetime, path: str, status: int) -> str:
    stamp = when.strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'10.0.0.1 - - [{stamp}] "GET {path} HTTP/1.1" {status} 5 "-" "curl"\n'


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    port: int,
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """What a server answers; header names in small letters."""
    connection = HTTPConnection(HOST, port, timeout=DEADLINE)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read(),
        )
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        port: int = listening.getsockname()[1]
    return port


def wait_for(what: str, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"waited {DEADLINE} s in vain: {what}"
        time.sleep(0.02)


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


@dataclass(slots=True)
class Running:
    """A server in a process of its own; `said()` is what it wrote to both its streams."""

    process: subprocess.Popen[bytes]
    port: int
    output: Path

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def get(self, path: str, **options: object) -> Answer:
        return ask(self.port, path, **options)  # type: ignore[arg-type] # as given

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(DEADLINE)


def heed_ctrl_c() -> None:
    """Undo what a shell does to what it starts in the background: let Ctrl-C end it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def running(
    command: list[str], home: Path, port: int, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Starts a server in `home`, waits until it listens, and ends it with all that it started."""
    output = home / f"said-{port}.txt"
    with output.open("wb") as said:
        process = subprocess.Popen(
            command,
            cwd=home,
            stdout=said,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(home), **(environment or {})},
            start_new_session=True,
            preexec_fn=heed_ctrl_c,  # noqa: PLW1509 - no thread of ours runs yet that could hold a lock
        )
    try:
        server = Running(process, port, output)
        wait_for(
            f"{command[0]} listens: {server.said()}",
            lambda: listens(port) or process.poll() is not None,
        )
        assert process.poll() is None, server.said()
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


@pytest.fixture
def database(tmp_path: Path, clock: Clock) -> Path:
    """A database with the requests above, the log read a moment ago."""
    return make_database(tmp_path, clock)


def make_database(home: Path, clock: Callable[[], datetime]) -> Path:
    from flask_status_cli.pipeline.ingest.options import IngestOptions
    from flask_status_cli.pipeline.ingest.run import ingest

    log = home / "access.log"
    ten = NOW.replace(minute=0, second=0)
    log.write_text("".join(line(ten + timedelta(minutes=m), p, s) for m, p, s in REQUESTS))
    database = home / "status.db"
    ingest(IngestOptions(database, (str(log),), UTC), clock=clock, progress=lambda *_: None)
    return database


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[..., Running]]:
    """Starts servers that run until the module's tests are over."""
    with ExitStack() as stack:

        def begin(command: list[str], home: Path, port: int, **environment: str) -> Running:
            return stack.enter_context(running(command, home, port, environment))

        yield begin


def serve_command(*words: object) -> list[str]:
    return [sys.executable, "-m", "flask_status_cli", *map(str, words)]


@pytest.fixture(scope="session")
def web() -> ModuleType:
    """This module, for what the tests of a server use of it."""
    return sys.modules[__name__]
