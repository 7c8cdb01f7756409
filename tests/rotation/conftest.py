"""A real nginx or gunicorn, and visitors who count what it answers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from random import Random

import pytest

Program = Callable[[str], str]

HOST = "127.0.0.1"
DEADLINE = 120
"""Seconds after which anything that is waited for has failed."""

ZONE = "NPT-5:45"
"""The servers' zone, as POSIX writes it: Kathmandu's, so that no offset is taken for none."""

VISITS = (
    ("/", 200), ("/", 304), ("/healthz", 200), ("/cart", 200), ("/cart", 302), ("/checkout", 200),
    ("/checkout", 500), ("/checkout", 503), ("/wp-login", 404),
)  # fmt: skip
"""What is asked for, and what the server is asked to answer."""

ANONYMOUS = "/healthz"
"""Asked for without a number: its lines of one second are the same, byte for byte."""

VISITORS = 4
PACE = 0.016
"""Mean seconds between two requests of a visitor."""

WSGI_APP = """
from flask import Flask, request
app = Flask(__name__)
@app.route("/", defaults={"path": ""})
@app.route("/<path:path>")
def answer(path):
    return "", int(request.args.get("status", 200))
"""


def wait_for(what: str, condition: Callable[[], bool]) -> None:
    """Waits until a condition holds; fails with `what` after the deadline."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"waited {DEADLINE} s in vain: {what}"
        time.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. It writes `log`, alone in its directory, and reopens it on SIGUSR1 to `pid_file`."""

    port: int
    log: Path
    pid_file: Path


def nginx(home: Path, server: Server, program: Program) -> list[str]:
    temporary = "\n".join(
        f"{name}_temp_path {name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    answers = "\n".join(
        f"if ($arg_status = {status}) {{ return {status}; }}" for _, status in VISITS
    )
    (home / "nginx.conf").write_text(f"""
{"user root;" if os.geteuid() == 0 else ""}
daemon off;
worker_processes 2;
pid {server.pid_file};
events {{}}
http {{
    {temporary}
    access_log {server.log} combined;
    server {{
        listen {HOST}:{server.port};
        {answers}
        return 200;
    }}
}}
""")
    return [program("nginx"), "-p", f"{home}/", "-c", "nginx.conf", "-e", "error.log"]


def gunicorn(home: Path, server: Server, program: Program) -> list[str]:
    (home / "app.py").write_text(WSGI_APP)
    # not the sync worker: a signal in the middle of its write to the log makes it lose the line
    options = {
        "--bind": f"{HOST}:{server.port}",
        "--workers": "2",
        "--worker-class": "gthread",
        "--threads": "2",
        "--access-logfile": str(server.log),
        "--pid": str(server.pid_file),
        "--worker-tmp-dir": str(home),
    }
    words = [word for option in options.items() for word in option]
    return [sys.executable, "-m", "gunicorn", *words, "app:app"]


SERVERS = {"nginx": nginx, "gunicorn": gunicorn}


@contextmanager
def running(command: list[str], home: Path, server: Server) -> Iterator[Server]:
    environment = {**os.environ, "TZ": ZONE, "HOME": str(home)}
    with (home / "told.txt").open("wb") as told:
        process = subprocess.Popen(
            command, cwd=home, env=environment, stdout=told, stderr=told, start_new_session=True
        )
    try:
        wait_for(f"{command[0]} to listen", lambda: listens(server.port) or _died(process, home))
        yield server
    finally:
        process.terminate()
        try:
            process.wait(DEADLINE)
        finally:
            with suppress(ProcessLookupError):  # none of its workers is left
                os.killpg(process.pid, signal.SIGKILL)


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


def _died(process: subprocess.Popen[bytes], home: Path) -> bool:
    assert process.poll() is None, (home / "told.txt").read_text()
    return False


class Visitors:
    """Ask the server in several threads; `answered` counts what it answered by (path, status)."""

    def __init__(self, port: int, seed: str) -> None:
        self.answered: Counter[tuple[str, int]] = Counter()
        self._port = port
        self._counting = threading.Lock()
        self._turns = [threading.Lock() for _ in range(VISITORS)]
        self._leave = threading.Event()
        self._pool = ThreadPoolExecutor(VISITORS)
        self._visits = [
            self._pool.submit(self._visit, number, Random(f"{seed} {number}"))
            for number in range(VISITORS)
        ]

    def _visit(self, visitor: int, chance: Random) -> None:
        number = 0
        while not self._leave.wait(chance.uniform(0, 2 * PACE)):
            number += 1
            path, status = chance.choice(VISITS)
            query = f"status={status}" + (f"&n={visitor}.{number}" if path != ANONYMOUS else "")
            with self._turns[visitor]:
                found = self._ask(f"{path}?{query}")
                with self._counting:
                    self.answered[path, found] += 1

    def _ask(self, target: str) -> int:
        connection = HTTPConnection(HOST, self._port, timeout=DEADLINE)
        try:
            connection.request("GET", target, headers={"Connection": "close"})
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    def come(self, requests: int) -> None:
        """Wait until so many more requests have been answered."""
        enough = self.answered.total() + requests
        wait_for("visitors", lambda: self.answered.total() >= enough or self.check())

    def check(self) -> bool:
        """Raise what a visitor died of; `False` if all are well."""
        for visit in self._visits:
            if visit.done():
                visit.result()
        return False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let nobody ask for a while."""
        with ExitStack() as turns:
            for turn in self._turns:
                turns.enter_context(turn)
            yield

    def leave(self) -> None:
        self._leave.set()
        self._pool.shutdown()


@contextmanager
def visiting(server: Server, seed: str) -> Iterator[Visitors]:
    """Visitors who come at once and leave at the end."""
    visitors = Visitors(server.port, seed)
    try:
        yield visitors
    finally:
        visitors.leave()
    visitors.check()


@pytest.fixture
def tmp_path(on_disk: Path) -> Path:
    """A directory on a disk: what happens to logs includes new files that get the inodes of old ones."""
    return on_disk


@pytest.fixture(name="program")
def program_of_the_system(program: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Finds what Debian keeps in /usr/sbin too, which a user's PATH leaves out."""
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin:/sbin")
    return program


@pytest.fixture
def serve(tmp_path: Path, program: Program) -> Iterator[Callable[[str], Server]]:
    """Starts a server by its name, on a port that stays ours."""
    with ExitStack() as stack:

        def start(name: str) -> Server:
            # bound, but not listening: no one is given the port, and the server may still listen on it
            port = stack.enter_context(socket.socket())
            port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            port.bind((HOST, 0))
            log = tmp_path / "log" / "access.log"
            log.parent.mkdir()
            server = Server(port.getsockname()[1], log, tmp_path / "server.pid")
            command = SERVERS[name](tmp_path, server, program)
            return stack.enter_context(running(command, tmp_path, server))

        yield start


@pytest.fixture
def visit() -> Callable[[Server, str], AbstractContextManager[Visitors]]:
    return visiting


@pytest.fixture(name="wait_for")
def wait_for_fixture() -> Callable[[str, Callable[[], bool]], None]:
    return wait_for
