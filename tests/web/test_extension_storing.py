"""When counts are stored: each minute in a thread of the process, or from requests, and at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from flask_status_cli.model import Flush
from flask_status_cli.model.duration_buckets import BOUNDS
from flask_status_cli.web.extension import storing_thread
from flask_status_cli.web.extension.request_counts import CountsToStore, RequestCounts
from flask_status_cli.web.extension.storing_thread import StoringThread, seconds_to_go, threads_run


class Kept:
    """Keeps what is stored, unless it is told to fail."""

    def __init__(self) -> None:
        self.stored: list[int] = []
        self.told: list[tuple[str, bool]] = []
        self.waited: list[float] = []
        self.fails = False

    def store(self, counted: CountsToStore, *, flush: Flush, wait: float) -> None:
        self.waited.append(wait)
        if self.fails:
            raise OSError("on purpose")
        self.stored.append(sum(counted.requests.values()))

    def tell(self, error: Exception, *, ending: bool) -> None:
        self.told.append((str(error), ending))

    def tell_beyond(self, requests: int) -> None:
        raise AssertionError(f"{requests} requests without a route")


@pytest.fixture(autouse=True)
def no_storing_at_exit() -> Iterator[None]:
    yield
    storing_thread.RUNNING.clear()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.mark.parametrize(
    ("now", "pid", "wait"),
    [
        (60.0, 8, 1.0),  # a process stores one to eight seconds after the minute, by its number
        (60.0, 15, 8.0),
        (61.0, 8, 60.0),
        (119.5, 8, 1.5),
        (68.5, 15, 59.5),
    ],
)
def test_processes_store_at_different_seconds_of_a_minute(
    now: float, pid: int, wait: float
) -> None:
    assert seconds_to_go(now, pid) == wait


def test_the_first_request_starts_one_thread(kept: Kept) -> None:
    before = threading.active_count()
    counting = StoringThread(kept)
    assert threading.active_count() == before
    for _ in range(3):
        counting.add("/", 200)
    assert threading.active_count() == before + 1
    counting.finish()
    assert kept.stored == [3]


def test_without_threads_a_request_stores_once_a_minute(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing_thread, "threads_run", lambda: False)
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    counting = StoringThread(kept)
    before = threading.active_count()
    for seconds in (0, 1, 58, 3, 1, 1, 61):
        now += seconds
        counting.add("/", 200)
    assert threading.active_count() == before
    assert kept.stored == [4, 3]


def test_if_no_thread_can_be_started_requests_store_the_counts(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    counting = StoringThread(kept)
    counting.add("/", 200)
    now += 61
    counting.add("/", 200)
    assert kept.stored == [2]


def test_under_the_reloader_counts_are_stored_soon(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WERKZEUG_RUN_MAIN", "true")
    monkeypatch.setattr(storing_thread, "SOON", 0.01)
    counting = StoringThread(kept)
    counting.add("/", 200)
    end = time.monotonic() + 120
    while not kept.stored and time.monotonic() < end:
        time.sleep(0.005)
    assert kept.stored == [1]
    counting.finish()


@pytest.mark.parametrize(
    ("options", "run"),
    [
        (None, True),
        ({}, False),
        ({"master": True, "processes": b"2"}, False),
        ({"enable-threads": True}, True),
        ({"threads": b"2"}, True),
        ({"gevent": b"100"}, True),
    ],
)
def test_uwsgi_runs_threads_only_if_they_are_enabled(
    options: dict[str, object] | None, run: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if options is not None:
        monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(opt=options))
    assert threads_run() is run


def test_after_an_error_counts_are_kept_and_the_error_is_logged(kept: Kept) -> None:
    counting = StoringThread(kept)
    counting.counts.add("/", 200)
    kept.fails = True
    counting.store(wait=0)
    counting.counts.add("/", 200)
    kept.fails = False
    counting.store(wait=0)
    assert (kept.stored, kept.told) == ([1, 1], [("on purpose", False)])


@pytest.mark.parametrize("failures", [1, 3, 4])
def test_the_thread_tries_again_soon_and_logs_only_an_error_that_stays(
    failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FailsAtFirst(Kept):
        def store(self, counted: CountsToStore, *, flush: Flush, wait: float) -> None:
            self.fails = len(self.waited) < failures
            super().store(counted, flush=flush, wait=wait)

    store = FailsAtFirst()
    monkeypatch.setattr(storing_thread, "PAUSES", (0.001, 0.001, 0.001))
    monkeypatch.setattr(storing_thread, "seconds_to_go", lambda _now, _pid: 0.001)
    counting = StoringThread(store)
    counting.add("/", 200)
    end = time.monotonic() + 120
    while 1 not in store.stored and time.monotonic() < end:
        time.sleep(0.005)
    counting.finish()
    assert store.stored[0] == 1
    assert store.told == [("on purpose", False)] * (failures > 3)


def test_the_page_logs_no_error_if_the_thread_tries_again(kept: Kept) -> None:
    counting = StoringThread(kept)
    counting.add("/", 200)
    kept.fails = True
    counting.store_for_page()
    assert (kept.stored, kept.told) == ([], [])
    kept.fails = False
    counting.finish()
    assert kept.stored == [1, 0]


def test_the_page_waits_for_a_thread_that_is_storing() -> None:
    storing, page = threading.Event(), threading.Event()

    class Slow(Kept):
        def store(self, counted: CountsToStore, *, flush: Flush, wait: float) -> None:
            storing.set()
            page.wait(0.1)  # the page is asked for meanwhile
            super().store(counted, flush=flush, wait=wait)

    slow = Slow()
    counting = StoringThread(slow)
    counting.add("/", 200)
    thread = threading.Thread(target=counting.store, kwargs={"wait": 0.0})
    thread.start()
    storing.wait()
    counting.store_for_page()
    assert slow.stored[0] == 1
    thread.join()


def test_the_end_of_a_process_waits_longer_for_the_lock_and_says_what_is_lost(kept: Kept) -> None:
    counting = StoringThread(kept)
    counting.add("/", 200)
    kept.fails = True
    counting.finish()
    assert kept.waited == [20.0]  # other workers end at the same time; gunicorn kills after 30
    assert kept.told == [("on purpose", True)]


def test_a_forked_process_does_not_store_what_its_parent_counted(kept: Kept) -> None:
    counting = StoringThread(kept)
    counting.add("/", 200)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        storing_thread.finish_all()
        os.write(write, str(sum(kept.stored)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 10) == b"0"
    storing_thread.finish_all()
    assert kept.stored == [1]
    os.close(read)
    os.close(write)


def test_a_signal_in_the_middle_of_counting_does_not_lock_the_end(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = StoringThread(kept)
    counting.add("/", 200)
    held = threading.Lock()
    monkeypatch.setattr(counting.counts, "_lock", held)
    with held:  # as a handler finds it that has interrupted this very thread
        counting.finish()
    assert kept.stored == [1]


PROGRAM = """
import os, signal, sys, time
from flask import Flask
from flask_status_cli import FlaskStatus
handler = {handler}
if handler:
    signal.signal(signal.SIGTERM, handler)
app = Flask("shop", instance_path=sys.argv[1])
FlaskStatus(app)
app.add_url_rule("/", "index", lambda: "hello")
app.test_client().get("/")
assert (signal.getsignal(signal.SIGTERM) is handler) == bool(handler)
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(10)
"""


@pytest.mark.parametrize(
    ("handler", "status"), [("None", -signal.SIGTERM), ("lambda *_: sys.exit(7)", 7)]
)
def test_sigterm_ends_a_process_as_before_and_counts_are_stored(
    handler: str, status: int, tmp_path: Path
) -> None:
    from flask_status_cli.pipeline.report import counts

    command = [sys.executable, "-c", PROGRAM.format(handler=handler), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == status, done.stderr
    with counts(tmp_path / "flask-status.db", "day") as (rows, _):
        assert [(row.rule, row.requests) for row in rows] == [("/", 1)]


def test_durations_are_counted_by_bucket_and_wait_for_a_request_of_their_kind() -> None:
    counts = RequestCounts()
    counts.add("/", 200)
    for nanoseconds in (50_000, 99_999, 5_000_000_000):  # 0 and 99 µs, and 5 s
        counts.add_duration("/", 200, nanoseconds)
    counts.add_duration("/stream", 200, 10**9)  # it was counted before, when its answer began
    taken = counts.take()
    assert sorted(taken.requests.values()) == [1]
    assert [number for key, number in sorted(taken.durations.items()) if key[3] == 0] == [2]
    (slow,) = (key[3] for key in taken.durations if key[3])
    assert BOUNDS[slow - 1] <= 5_000_000 < BOUNDS[slow]
    assert counts.take() == CountsToStore()
    counts.add("/stream", 200)
    assert [key[1] for key in counts.take().durations] == ["/stream"]


def test_the_number_of_durations_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flask_status_cli.web.extension.request_counts.DURATIONS_BOUND", 1)
    counts = RequestCounts()
    for number in range(3):
        counts.add(f"/{number}", 200)
        counts.add_duration(f"/{number}", 200, 1)
    taken = counts.take()
    assert (len(taken.requests), len(taken.durations)) == (3, 1)
