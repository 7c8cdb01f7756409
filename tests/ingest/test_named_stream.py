"""A log that is sent again from some line on each time: `ingest --stream NAME -`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_status_cli.sources.identity.resent_log import TAIL
from tests.examples import examples

Send = Callable[..., str]


def _line(number: int) -> bytes:
    stamp = f"23/Nov/2026:{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d} +0000"
    return f'10.0.0.1 - - [{stamp}] "GET /page/{number} HTTP/1.1" 200 5\n'.encode()


def _lines(first: int, last: int) -> bytes:
    return b"".join(map(_line, range(first, last)))


@pytest.fixture
def send(ledger: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Send bytes through the standard input of an ingest; what it told."""

    def send(data: bytes, *options: str, name: str = "web", status: int = 0) -> str:
        (tmp_path / "sent").write_bytes(data)
        with (tmp_path / "sent").open() as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            told: str = ledger.ingest("-q", *options, "--stream", name, "-", status=status)
        return told

    return send


@pytest.fixture
def count(ledger: Any) -> Callable[[], int]:
    return lambda: sum(ledger.cells().values())


@pytest.mark.parametrize(
    "windows",
    [
        [(0, 100), (0, 100)],
        [(0, 100), (0, 100), (0, 150), (0, 150)],
        [(0, 100), (90, 150), (149, 200), (100, 250)],
        [(0, 3), (0, 5), (4, 6), (5, 6), (0, 200)],
        [(50, 100), (0, 110)],  # more of the past than was ever asked for: it is left alone
        [(0, 100), (40, 90), (0, 120)],  # an older window in between, in which nothing is met
    ],
)
def test_every_line_counts_once_however_the_windows_lie(
    send: Send, ledger: Any, windows: list[tuple[int, int]]
) -> None:
    told = [send(_lines(*window)) for window in windows]
    if windows[1] == (40, 90):
        assert "are not in this input" in told[1]
        return
    assert set(told) == {""}
    first, last = windows[0][0], max(last for _, last in windows)
    times = [_line(number).split(b"[")[1] for number in range(first, last)]
    stamps = Counter((f"2026-11-23T{time[12:17].decode()}Z", "200") for time in times)
    assert ledger.cells() == stamps


def test_a_restarted_container_is_counted_from_its_beginning_with_a_notice(
    send: Send, count: Callable[[], int]
) -> None:
    send(_lines(0, 100))
    told = send(_lines(200, 205))
    assert "web" in told
    assert "all of it was counted" in told
    assert send(_lines(200, 230)) == ""
    assert count() == 130


def test_empty_input_loses_nothing(send: Send, count: Callable[[], int]) -> None:
    send(_lines(0, 50))
    assert send(b"") == ""
    assert send(_lines(0, 60)) == ""
    assert count() == 60


def test_a_half_line_waits_until_it_is_sent_whole(send: Send, count: Callable[[], int]) -> None:
    send(_lines(0, 50) + _line(50)[:40])
    assert count() == 50
    send(_lines(20, 52))
    assert count() == 52


def test_equal_lines_in_a_row_count_as_they_were_sent_at_first(
    send: Send, count: Callable[[], int]
) -> None:
    probes = _line(7) * (3 * TAIL)
    send(_lines(0, 5) + probes)
    assert send(_lines(0, 5) + probes + _lines(8, 20)) == ""
    assert count() == 5 + 3 * TAIL + 12


def test_noise_between_the_lines_does_not_matter(send: Send, count: Callable[[], int]) -> None:
    noise = b" * Running on http://127.0.0.1:5000\n\x00\xff what is this\r\n"
    send(noise + _lines(0, 50) + noise)
    assert send(noise + _lines(0, 50) + noise + _lines(50, 60) + noise) == ""
    assert count() == 60


@pytest.mark.parametrize(
    "said",
    [
        b"Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
        b"Error response from daemon: No such container: web",
        b"Hint: You are currently not seeing messages from other users and the system.",
        b'Error from server (NotFound): pods "web" not found',
        b'Error: no container with name or ID "web" found: no such container',
        b"sh: 1: docker: not found",
    ],
)
@pytest.mark.parametrize("end", [b"\n", b""], ids=["whole", "unfinished"])
def test_a_message_of_the_sender_alone_is_printed_and_moves_no_position(
    send: Send, count: Callable[[], int], said: bytes, end: bytes
) -> None:
    send(_lines(0, 60))
    told = send(said + end, status=1)
    hint = "the position in the stream web has not changed"
    assert told == f"flask-status: -: the input has no requests, but: {said.decode()}; {hint}\n"
    assert send(_lines(1, 61)) == ""
    assert count() == 61


@pytest.mark.parametrize(
    "said",
    [
        b"-- No entries --\n",
        b"-- Logs begin at Mon 2026-11-23 08:00:01 UTC, end at Mon 2026-11-23 09:00:00 UTC. --\n",
        b"-- Boot 2c5f0fbb7b1f4d3c8a5ce6a0b7c3a2c1 --\n",
        b" * Running on http://127.0.0.1:5000\n",
        b"something that no sender is known to say\n",
        b'Traceback (most recent call last):\n  File "app.py", line 3, in shop\n',
    ],
)
def test_noise_alone_prints_nothing_and_moves_no_position(
    send: Send, count: Callable[[], int], said: bytes
) -> None:
    send(_lines(0, 60))
    assert send(said) == ""
    assert send(_lines(1, 61)) == ""
    assert count() == 61


def test_messages_of_the_sender_are_no_lines_of_the_stream(
    send: Send, count: Callable[[], int]
) -> None:
    said = b"error from daemon in stream: Error grabbing logs: unexpected EOF\n"
    assert send(b"-- Boot 1 --\n" + _lines(0, 60) + said) == ""
    assert send(_lines(50, 60) + b"-- Reboot --\n" + _lines(60, 70) + said) == ""
    assert send(_lines(69, 80)) == ""
    assert count() == 80


def test_two_stream_names_are_two_logs_even_with_the_same_content(
    send: Send, ledger: Any, count: Callable[[], int], tmp_path: Path
) -> None:
    send(_lines(0, 50))
    send(_lines(0, 50), name="api")
    assert count() == 100
    (tmp_path / "access.log").write_bytes(_lines(0, 50))
    ledger.ingest(tmp_path / "access.log")
    assert count() == 150


def test_batches_are_stored_while_reading_and_recognized_later(
    send: Send, count: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.batch_size.BATCH", 1)
    monkeypatch.setattr("flask_status_cli.sources.reading.content.CHUNK", 1000)
    for window in ((0, 2000), (10, 2500), (2499, 3000)):
        assert send(_lines(*window)) == ""
    assert count() == 3000


def test_a_dry_run_prints_the_result_and_stores_nothing(
    send: Send, count: Callable[[], int]
) -> None:
    send(_lines(0, 50))
    send(_lines(0, 80), "--dry-run")
    assert count() == 50
    send(_lines(0, 80))
    assert count() == 80


@pytest.mark.parametrize("nth", range(1, 7))
def test_after_a_kill_sending_the_input_again_counts_the_rest(
    send: Send, ledger: Any, count: Callable[[], int], tmp_path: Path, nth: int
) -> None:
    code = (
        "import os, sys; from flask_status_cli.store import Store; from flask_status_cli.cli import run\n"
        "from flask_status_cli.pipeline.ingest import batch_size; "
        "from flask_status_cli.sources.reading import content\n"
        "batch_size.BATCH, content.CHUNK, calls, commit = 1, 70_000, [], Store.commit\n"
        "def killed(self, batch, **named):\n"
        "    calls.append(1); done = commit(self, batch, **named)\n"
        f"    len(calls) == {nth} and os.kill(os.getpid(), 9)\n"
        "    return done\n"
        "Store.commit = killed; run(sys.argv[1:])"
    )
    arguments = ["--db", str(ledger.database), "ingest", "-q", "--stream", "web", "-"]
    killed = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input=_lines(0, 8000),
        check=False,
        env={**os.environ, "TZ": "UTC"},
    )
    assert killed.returncode in (0, -signal.SIGKILL)
    assert send(_lines(0, 8100)) == ""
    assert count() == 8100


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--stream", "web", "access.log"], "give - as the only log"),
        (["--stream", "web", "-", "access.log"], "give - as the only log"),
        (["--stream", "", "-"], "printable name"),
        (["--stream", "a\x1bb", "-"], "printable name"),
        (["--stream", "a" * 201, "-"], "printable name"),
    ],
)
def test_a_stream_needs_one_pipe_and_a_name(ledger: Any, options: list[str], what: str) -> None:
    assert what in ledger.ingest(*options, status=2)
    assert not ledger.database.exists()


@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40), st.booleans()), max_size=6))
def test_windows_that_overlap_are_one_log(
    send: Send, ledger: Any, steps: list[tuple[int, int, bool]]
) -> None:
    """A window begins at the last line that was read, or before it."""
    ledger.begin()
    end = 30
    assert send(_lines(0, end)) == ""
    for back, more, half in steps:
        start, end = max(0, end - 1 - back), end + more
        assert send(_lines(start, end) + (_line(end)[:30] if half else b"")) == ""
    assert sum(ledger.cells().values()) == end
