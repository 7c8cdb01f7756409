"""An outage is played to a receiver on this machine, by whole runs: it hears of it exactly twice."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.cli import run
from flask_status_cli.pipeline.notifications import after_ingest

SEED = int(os.environ.get("SEED", "1"))
KILLS = int(os.environ.get("KILLS", "5"))
DEADLINE = 120
MINUTE = timedelta(minutes=1)
BOTH = ["opened", "resolved"]


class Site:
    """A log that is written to, its database, and who is told of incidents."""

    def __init__(self, directory: Path, receiver: Any, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys
        self.directory = directory
        self.receiver = receiver
        self.log = directory / "access.log"
        self.database = directory / "status.db"
        # Far enough back for an outage and its end, near enough to be news.
        self.start = datetime.now(UTC).replace(second=0, microsecond=0) - 100 * MINUTE
        self.configure(f'webhook = "{receiver.url}"')

    def configure(self, *lines: str) -> None:
        (self.directory / "flask-status.toml").write_text("\n".join(["[notify]", *lines, ""]))

    def write(
        self, minutes: range, status: int, *, path: str = "/pay", to: Path | None = None
    ) -> None:
        """Write three requests a minute, so many minutes after the start."""
        with (to or self.log).open("a") as log:
            for minute in minutes:
                at = self.start + minute * MINUTE
                line = f'10.0.0.1 - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" {status} 5\n'
                log.write(line * 3)

    def begin(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command in a session of its own, as cron does."""
        return subprocess.Popen(
            [sys.executable, "-m", "flask_status_cli", "--db", str(self.database), *words],
            cwd=self.directory,
            env={**os.environ, "TZ": "UTC", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run a command in this process, which spares its start; the sender is a process of its own."""
        status = run(["--db", str(self.database), *words])
        told = self.capsys.readouterr()
        return int(status), told.out, told.err

    def ingest(self, *words: str) -> tuple[int, str, str]:
        return self.run("ingest", "-q", str(self.log), *words)

    @property
    def heard(self) -> list[str]:
        return [message["transition"] for message in self.receiver.heard]

    def hears(self, *expected: str) -> None:
        """Wait until it has heard so much and nobody sends any more: what it must not hear, it has not."""
        end = time.monotonic() + DEADLINE
        while (len(self.heard) < len(expected) or self.sends) and time.monotonic() < end:
            time.sleep(0.05)
        assert self.heard == list(expected)

    @property
    def sends(self) -> bool:
        """Whether a sender of this database runs. It has the path in its environment."""
        ours = f"FLASK_STATUS_DB={self.database}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if b"\0notify\0send\0" in (process / "cmdline").read_bytes() and ours in (
                    process / "environ"
                ).read_bytes().split(b"\0"):
                    return True
        return False


@pytest.fixture
def site(
    tmp_path: Path,
    receiver: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr(after_ingest, "SENDER_TIMEOUT", DEADLINE)  # a busy machine starts it late
    return Site(tmp_path, receiver, capsys)


def test_an_outage_causes_two_messages(site: Site) -> None:
    site.write(range(20), 200)
    assert site.ingest() == (0, "", "")
    site.hears()
    for minute in range(20, 32):
        site.write(range(minute, minute + 1), 500)
        assert site.ingest() == (0, "", "")
    site.hears("opened")
    site.write(range(32, 50), 200)
    assert site.ingest() == (0, "", "")
    assert site.ingest() == (0, "", "")
    site.hears(*BOTH)
    opened, resolved = site.receiver.heard
    assert opened["key"].removesuffix("-opened") == resolved["key"].removesuffix("-resolved")
    assert opened["incident"]["end"] is None
    assert resolved["incident"]["routes"][0]["rule"] == "/pay"
    assert resolved["incident"]["end"] == f"{site.start + 32 * MINUTE:%Y-%m-%dT%H:%M:%SZ}"
    assert [headers["Idempotency-Key"] for headers in site.receiver.headers] == [
        opened["key"],
        resolved["key"],
    ]


def test_a_route_without_requests_since_an_outage_of_the_site_delays_no_message(site: Site) -> None:
    site.write(range(20), 200)
    site.write(range(0, 20, 5), 200, path="/terms")
    site.write(range(20, 32), 500)
    site.write(range(21, 31, 3), 500, path="/terms")
    assert site.ingest() == (0, "", "")
    site.hears("opened")
    site.write(range(32, 80), 200)
    assert site.ingest() == (0, "", "")
    site.hears(*BOTH)
    assert [each["rule"] for each in site.receiver.heard[1]["incident"]["routes"]] == [
        "/pay",
        "/terms",
    ]
    site.write(
        range(33, 34), 500, path="/terms"
    )  # a late line: the outage of the route is open again
    assert site.ingest() == (0, "", "")
    site.hears(*BOTH)


def test_overlapping_and_killed_runs_still_send_two_messages(site: Site) -> None:
    """Whole process groups are killed: the sender has one of its own, whatever becomes of the run."""
    chance = random.Random(SEED)
    phases = [200] + [500] * KILLS + [200] * 2
    site.write(range(10), 200)
    running: list[subprocess.Popen[str]] = []
    begun = time.monotonic()
    site.begin("ingest", "-q", str(site.log)).communicate(timeout=DEADLINE)
    lasts = time.monotonic() - begun
    for minute, status in enumerate(phases, start=10):
        site.write(range(minute, minute + 1), status)
        running += [site.begin("ingest", "-q", str(site.log)) for _ in range(2)]
        time.sleep(chance.uniform(0, 2 * lasts))
        os.killpg(running[-1].pid, signal.SIGKILL)
        if chance.random() < 0.5:
            os.killpg(running[-2].pid, signal.SIGKILL)
    site.write(range(10 + len(phases), 30 + len(phases)), 200)
    for process in running:
        process.communicate(timeout=DEADLINE)
        assert process.returncode in (0, -signal.SIGKILL)
    assert site.ingest()[0] == 0
    site.hears(*BOTH)


def test_an_outage_that_was_over_before_the_first_run_causes_two_messages(site: Site) -> None:
    site.write(range(50), 200)
    site.write(range(50, 60), 500)
    site.write(range(60, 100), 200)
    assert site.ingest() == (0, "", "")
    site.hears(*BOTH)


def test_the_end_is_announced_after_half_an_hour_without_failures(site: Site) -> None:
    site.start += timedelta(minutes=20)  # the last failure is 21 minutes ago
    site.write(range(50), 200)
    site.write(range(50, 60), 500)
    site.write(range(60, 80), 200)
    assert site.ingest() == (0, "", "")
    site.hears("opened")


def test_an_outage_that_comes_and_goes_causes_two_messages(site: Site) -> None:
    for begin in range(0, 60, 20):
        site.write(range(begin, begin + 12), 200)
        site.write(range(begin + 12, begin + 20), 500)
    site.write(range(60, 100), 200)
    assert site.ingest() == (0, "", "")
    site.hears(*BOTH)
    assert site.receiver.heard[1]["incident"]["stretches"] == 3


def test_an_outage_that_comes_back_causes_no_message(site: Site) -> None:
    site.start += timedelta(minutes=55)
    site.write(range(12), 200)
    site.write(range(12, 20), 500)
    site.write(range(20, 32), 200)
    assert site.ingest() == (0, "", "")
    site.hears("opened")
    site.write(range(32, 40), 500)
    assert site.ingest() == (0, "", "")
    site.hears("opened")


@pytest.mark.parametrize("open_at_the_end", [False, True])
def test_an_old_archive_causes_no_message(site: Site, open_at_the_end: bool) -> None:
    site.start -= timedelta(days=3)
    for hour in range(0, 600, 60):
        site.write(range(hour, hour + 40), 200)
        site.write(range(hour + 40, hour + 50), 500)
        site.write(range(hour + 50, hour + 60), 200)
    site.write(range(600, 640), 500 if open_at_the_end else 200)
    assert site.ingest() == (0, "", "")
    site.hears()


def test_late_lines_that_move_the_beginning_cause_no_message(site: Site) -> None:
    site.write(range(20), 200)
    site.write(range(20, 30), 500)
    assert site.ingest() == (0, "", "")
    site.hears("opened")
    other = site.directory / "other.log"
    site.write(range(16, 20), 502, to=other)
    site.write(range(16, 20), 502, to=other)
    assert site.run("ingest", "-q", str(other)) == (0, "", "")
    site.write(range(30, 50), 200)
    assert site.ingest() == (0, "", "")
    site.hears(*BOTH)
    opened, resolved = (message["incident"] for message in site.receiver.heard)
    assert resolved["start"] < opened["start"]
    assert resolved["id"] == opened["id"]


def test_maintenance_and_false_alarms_cause_no_message(site: Site) -> None:
    site.write(range(20), 200)
    assert site.ingest() == (0, "", "")
    day = timedelta(days=1)
    window = ("--from", f"{site.start - day:%Y-%m-%dT%H:%MZ}", "--for", "3d")
    status, _, err = site.run("maintenance", "add", *window, "--route", "/pay")
    assert status == 0, err
    site.write(range(20, 30), 500)
    assert site.ingest() == (0, "", "")
    site.hears()


def test_a_false_alarm_causes_no_further_message(site: Site) -> None:
    site.write(range(20), 200)
    site.write(range(20, 30), 500)
    assert site.ingest() == (0, "", "")
    site.hears("opened")
    name = site.receiver.heard[0]["incident"]["id"]
    status, _, err = site.run("incidents", "note", name, "--false-alarm")
    assert status == 0, err
    site.write(range(30, 50), 200)
    assert site.ingest() == (0, "", "")
    site.hears("opened")


def test_a_receiver_that_is_slow_fails_no_ingest(site: Site) -> None:
    def slow(handler: Any) -> None:
        time.sleep(0.5)
        handler.send_response(204)
        handler.end_headers()

    site.receiver.answer = slow
    site.write(range(20), 200)
    site.write(range(20, 30), 500)
    assert site.ingest() == (0, "", "")
    site.hears("opened")


def test_a_receiver_that_refuses_is_reported_once_and_tried_again_later(
    site: Site, answering: Callable[..., Any]
) -> None:
    site.receiver.answer = answering(503)
    site.write(range(20), 200)
    site.write(range(20, 30), 500)
    status, out, err = site.ingest()
    assert (status, out) == (0, "")
    place = f"http://127.0.0.1:{site.receiver.server_port}"
    assert err.startswith(f"flask-status: webhook {place}: answered 503; next attempt at ")
    assert err.count("\n") == 1
    assert "token" not in err
    # A minute has not passed yet.
    assert site.ingest() == (0, "", "")
    assert site.run("notify", "send") == (0, "", "")
    site.hears("opened")


def test_without_channels_nothing_is_queued(site: Site) -> None:
    site.configure()
    site.write(range(20), 200)
    site.write(range(20, 30), 500)
    assert site.ingest() == (0, "", "")
    site.hears()
    # Who is named later hears of what is open then.
    site.configure(f'webhook = "{site.receiver.url}"')
    assert site.ingest() == (0, "", "")
    site.hears("opened")


def test_a_dry_run_sends_nothing(site: Site) -> None:
    site.write(range(20), 200)
    assert site.ingest() == (0, "", "")
    site.write(range(20, 30), 500)
    assert site.ingest("--dry-run")[0] == 0
    site.hears()


def test_a_command_gets_the_message(site: Site) -> None:
    told = site.directory / "told"
    site.configure(f"""exec = [["sh", "-c", "cat >> '{told}'"]]""")
    site.write(range(20), 200)
    site.write(range(20, 30), 500)
    assert site.ingest() == (0, "", "")
    assert told.read_text().count('"transition": "opened"') == 1


@pytest.fixture
def following(site: Site) -> Iterator[subprocess.Popen[str]]:
    site.write(range(20), 200)
    site.write(range(20, 30), 500)
    process = site.begin("ingest", "--follow", "-q", str(site.log))
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_follow_sends_messages_too(site: Site, following: subprocess.Popen[str]) -> None:
    site.hears("opened")
    site.write(range(30, 50), 200)
    following.send_signal(signal.SIGTERM)
    _, err = following.communicate(timeout=DEADLINE)
    assert (following.returncode, err) == (0, "")
    site.hears(*BOTH)


@pytest.mark.parametrize(
    ("status", "line", "exit_status"), [(204, "ok", 0), (500, "answered 500", 1)]
)
def test_a_test_message_goes_to_every_channel(
    site: Site, answering: Callable[..., Any], status: int, line: str, exit_status: int
) -> None:
    site.receiver.answer = answering(status)
    site.configure(f'webhook = "{site.receiver.url}"', 'exec = [["true"]]')
    found = site.run("notify", "test")
    place = f"http://127.0.0.1:{site.receiver.server_port}"
    assert found == (exit_status, f"exec true: ok\nwebhook {place}: {line}\n", "")
    site.hears("test")
    assert not site.database.exists()


def test_a_test_message_has_one_key_and_a_new_one_each_time(site: Site) -> None:
    for _ in range(2):
        assert site.run("notify", "test")[0] == 0
    site.hears("test", "test")
    keys = [message["key"] for message in site.receiver.heard]
    assert keys == [headers["Idempotency-Key"] for headers in site.receiver.headers]
    assert len(set(keys)) == 2


@pytest.mark.parametrize("command", ["test", "send"])
def test_without_channels_notify_commands_are_errors(site: Site, command: str) -> None:
    site.configure()
    status, out, err = site.run("notify", command)
    assert (status, out) == (1, "")
    assert err == (
        "flask-status: [notify]: no channel is set; "
        "set exec, webhook or urls in flask-status.toml\n"
    )
