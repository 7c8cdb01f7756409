"""Connections that are cut at any message lose nothing, and nothing is stored twice.

A proxy cuts them. `CUTS=9999 pytest tests/ingest/test_cut_connections.py` cuts at every message of an ingest
in both directions, before and after it was sent on; CI cuts at some.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stdout, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask

from flask_status_cli import FlaskStatus
from flask_status_cli.cli import run
from flask_status_cli.compiled_code import COUNT_ROWS, compiled_module
from flask_status_cli.model import Checkpoint, Mark, MinuteCounts, Notice, Transition
from flask_status_cli.model.database_url import parse_url
from flask_status_cli.pipeline.ingest import small_logs as small_logs_module
from flask_status_cli.pipeline.ingest.writing import locked_store
from flask_status_cli.store import Batch, NotificationReader, Outbox, Store
from flask_status_cli.web.extension import storing_thread
from tests.cutting_proxy import Cut, CuttingProxy
from tests.postgresql_server import PostgresqlServer

CUTS = int(os.environ.get("CUTS", "3"))
"""How many messages are cut at, in each direction, before and after they were sent on."""

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
COMMIT = b"COMMIT\0"  # not "READ COMMITTED"
BOTH = pytest.mark.parametrize("to_server", [True, False], ids=["not sent", "not answered"])
"""The commit is cut before it gets to the server, or its answer is."""

NUMBERS = count()


@pytest.fixture(scope="module")
def proxy(postgresql: PostgresqlServer) -> Iterator[CuttingProxy]:
    with CuttingProxy(postgresql.port) as made:
        yield made


@pytest.fixture
def schema(proxy: CuttingProxy) -> str:
    proxy.arm(None)
    return f"cut_{os.getpid()}_{next(NUMBERS)}"


def line(minute: int, path: str = "/", status: int = 200) -> str:
    stamp = (START + timedelta(minutes=minute)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'10.0.0.1 - - [{stamp}] "GET {path} HTTP/1.1" {status} 5 "-" "c"\n'


def ingest(url: str, log: Path, *more: str) -> int:
    return run(["--db", url, "ingest", "-q", "--host", "web1", *more, str(log)])


def counted(server: PostgresqlServer, schema: str) -> list[str]:
    printed = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(printed, write_through=True)):
        url = f"{server.url}&schema={schema}"
        assert run(["--db", url, "counts", "--by", "day"]) == 0
        return printed.getvalue().decode().splitlines()[1:]


SPARE = 20
"""A run may send fewer messages than the one before, by one in so many and four others.

psycopg asks for answers that have not come by themselves.
"""


def cuts(sent: dict[bool, int]) -> Iterator[Cut]:
    """Some messages of each direction, spread evenly."""
    for to_server, messages in sent.items():
        step = max(1, messages // CUTS)
        for number in range(0, messages - 4 - messages // SPARE, step):
            for forwarded in (False, True):
                yield Cut(number, to_server=to_server, forwarded=forwarded)


def test_an_ingest_whose_connection_is_cut_at_any_message_counts_each_line_once(
    tmp_path: Path, proxy: CuttingProxy, postgresql: PostgresqlServer, schema: str
) -> None:
    log, url = tmp_path / "access.log", proxy.url(schema)
    for lines in (1, 2, 3):
        proxy.arm(None)
        log.write_text(line(0) * lines)
        assert ingest(url, log) == 0
    for each in list(cuts(proxy.sent)):
        with log.open("a") as growing:
            growing.write(line(0) * 3)
        lines += 3
        proxy.arm(each)
        assert ingest(url, log) == 0, each
        assert proxy.cuts == 1, each
        assert counted(postgresql, schema) == [f"2026-11-23,,/,200,{lines}"], each
    assert run(["--db", url, "db", "check"]) == 0
    assert "deadlock" not in postgresql.log


def small_logs(directory: Path, turn: int) -> int:
    """Add six logs to a directory, the last one of many minutes; return the number of their lines."""
    directory.mkdir(exist_ok=True)
    for number in range(6):
        first = 100 * turn
        minutes = range(first, first + 40) if number == 5 else (first, first, first + 1)
        text = "".join(line(minute, path=f"/{chr(97 + number)}") for minute in minutes)
        path = directory / f"{turn:03}-{number}.log"
        path.write_text(text.replace("10.0.0.1", f"10.0.{number}.{turn}"))
    return 5 * 3 + 40


def test_small_logs_that_are_stored_together_are_cut_at_any_message_and_counted_once(
    tmp_path: Path,
    proxy: CuttingProxy,
    postgresql: PostgresqlServer,
    schema: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(locked_store, "GATHERED_ON_SERVER", 3600.0)
    monkeypatch.setattr(small_logs_module, "MOST_STREAMS", 4)
    logs, url = tmp_path / "logs", proxy.url(schema)
    lines = small_logs(logs, 0)
    assert ingest(url, logs) == 0
    proxy.arm(Cut(99, text=COMMIT))
    lines += small_logs(logs, 1)
    assert ingest(url, logs) == 0
    assert proxy.sent[True] == 2  # the logs that were met, and what is in them with the run
    proxy.arm(None)
    lines += small_logs(logs, 2)
    assert ingest(url, logs) == 0
    asked = Cut(2, text=b"FROM stream WHERE stream.head IN")
    for turn, each in enumerate([asked, *cuts(proxy.sent)], 3):
        lines += small_logs(logs, turn)
        proxy.arm(each)
        assert ingest(url, logs) == 0, each
        assert proxy.cuts == 1, each
        found = counted(postgresql, schema)
        assert sum(int(row.rpartition(",")[2]) for row in found) == lines, each
    with postgresql.connect() as server:
        streams = server.execute(f'SELECT count(*), sum("offset") FROM {schema}.stream').fetchone()
    sizes = [path.stat().st_size for path in logs.iterdir()]
    assert streams == (len(sizes), sum(sizes))
    assert run(["--db", url, "db", "check"]) == 0


def test_a_dead_session_that_the_server_takes_for_alive_is_ended_with_its_locks(
    tmp_path: Path, proxy: CuttingProxy, postgresql: PostgresqlServer, schema: str
) -> None:
    log, url = tmp_path / "access.log", proxy.url(schema)
    log.write_text(line(0))
    assert ingest(url, log) == 0
    log.write_text(line(0) * 4)
    proxy.arm(Cut(0, text=COMMIT, silent=True))
    assert ingest(url, log) == 0
    assert proxy.cuts == 1
    assert counted(postgresql, schema) == ["2026-11-23,,/,200,4"]


def test_the_connection_is_cut_at_any_message_while_tables_are_created(
    tmp_path: Path, proxy: CuttingProxy, postgresql: PostgresqlServer, schema: str
) -> None:
    log = tmp_path / "access.log"
    log.write_text(line(0) * 7)
    assert ingest(proxy.url(schema), log) == 0
    messages = proxy.sent
    for number, each in enumerate(list(cuts(messages))[:: 1 if CUTS > 99 else 4]):
        proxy.arm(each)
        assert ingest(proxy.url(f"{schema}_{number}"), log) == 0, each
        assert counted(postgresql, f"{schema}_{number}") == ["2026-11-23,,/,200,7"], each


@BOTH
def test_a_pipe_is_read_once_and_survives_a_lost_commit(
    proxy: CuttingProxy, postgresql: PostgresqlServer, schema: str, to_server: bool
) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "flask_status_cli", "--db", proxy.url(schema), "ingest", "-q", "-"],
        input=b"", check=False,
    )  # fmt: skip
    assert made.returncode == 0
    proxy.arm(Cut(0, to_server=to_server, text=COMMIT))
    fed = subprocess.run(
        [sys.executable, "-m", "flask_status_cli", "--db", proxy.url(schema), "ingest", "-q", "-"],
        input=(line(0) * 5).encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert (fed.returncode, fed.stderr) == (0, b"")
    assert proxy.cuts == 1
    assert counted(postgresql, schema) == ["2026-11-23,,/,200,5"]


@pytest.mark.parametrize("number", [0, 1, 2], ids=["a new log", "a crowd forms", "the last batch"])
@BOTH
def test_a_large_log_that_is_committed_in_the_background_survives_a_lost_commit(
    proxy: CuttingProxy, postgresql: PostgresqlServer, schema: str, to_server: bool, number: int
) -> None:
    head, minutes = b"headhead", range(29_000_000, 29_011_000)
    pages = [(f"/blog/post-{page}", 200) for page in range(15)]
    url = parse_url(proxy.url(schema))

    def batch(stream: int | None, offset: int, before: tuple[tuple[int, int], ...]) -> Batch:
        checkpoint = Checkpoint(head, offset, (Mark(offset, b"markmark"),), newest=minutes[-1])
        known = pages if offset == 100 else [(f"{rule}-more", status) for rule, status in pages]
        counts = MinuteCounts("", tuple(known), {each: {each % 15: 1} for each in minutes})
        return Batch(counts, {}, checkpoint, stream, before)

    with Store.open(url, create=True, clock=lambda: START) as store:
        proxy.arm(Cut(number, to_server=to_server, text=COMMIT))
        expected: tuple[tuple[int, int], ...] = ()
        for offset in (100, 200, 300):
            ready = store.made_ready(batch(expected[0][0] if expected else None, offset, expected))
            assert (ready.ready is not None) == (
                offset > 100 and compiled_module(COUNT_ROWS) is not None
            )
            with ExitStack() as lock:
                lock.enter_context(store.locked(wait=1))
                done = store.commit(ready, lock=lock)
            assert store.is_committing
            expected = ((done.stream, offset),)
        store.wait()
        assert [(s.id, s.checkpoint.offset) for s in store.streams(head)] == list(expected)
    assert proxy.cuts == 1
    rows = [row.split(",") for row in counted(postgresql, schema)]
    assert {row[2] for row in rows} == {"/blog/<slug>"}
    assert sum(int(row[-1]) for row in rows) == 33_000


@BOTH
def test_a_change_by_hand_is_made_once(
    tmp_path: Path, proxy: CuttingProxy, postgresql: PostgresqlServer, schema: str, to_server: bool
) -> None:
    log, url = tmp_path / "access.log", proxy.url(schema)
    log.write_text(line(0))
    assert ingest(url, log) == 0
    proxy.arm(Cut(0, to_server=to_server, text=COMMIT))
    window = ["maintenance", "add", "--from", "2026-11-23T08:00", "--to", "2026-11-23T09:00"]
    with redirect_stdout(io.StringIO()):
        assert run(["--db", url, *window]) == 0
    assert proxy.cuts == 1
    with postgresql.connect() as server:
        windows = server.execute(f"SELECT count(*) FROM {schema}.maintenance").fetchone()
    assert windows == (1,)


@pytest.mark.parametrize("number", [0, 1], ids=["the queue", "the lease"])
@BOTH
def test_a_message_is_queued_once_and_sent_once(
    proxy: CuttingProxy, postgresql: PostgresqlServer, schema: str, to_server: bool, number: int
) -> None:
    url, opened = parse_url(proxy.url(schema)), Notice("incident", Transition.OPENED, "{}")
    Store.open(url, create=True, clock=lambda: START).close()
    with NotificationReader.open(url) as reader:
        seen = reader.moment()
    proxy.arm(Cut(number, to_server=to_server, text=COMMIT))
    with Outbox.open(url) as outbox:
        outbox.put([opened], levels={}, anchors=(), channels=["c"], seen=seen, now=START)
        assert [each.channel for each in outbox.take(["c"], now=START)] == ["c"]
        assert not outbox.take(["c"], now=START)
    assert proxy.cuts == 1
    with postgresql.connect() as server:
        notices = server.execute(f"SELECT count(*) FROM {schema}.notice").fetchone()
    assert notices == (1,)


@BOTH
def test_the_extension_stores_a_flush_once(
    tmp_path: Path, proxy: CuttingProxy, postgresql: PostgresqlServer, schema: str, to_server: bool
) -> None:
    app = Flask("shop", instance_path=str(tmp_path))
    app.config["FLASK_STATUS_DB"] = proxy.url(schema)
    FlaskStatus(app, count=True)
    app.add_url_rule("/", "index", lambda: "hello")
    client = app.test_client()
    try:
        for visits in (1, 5):
            for _ in range(visits):
                assert client.get("/").text == "hello"
            proxy.arm(Cut(0, to_server=to_server, text=COMMIT) if visits > 1 else None)
            app.extensions["flask-status"].storing.store(wait=5)
    finally:
        storing_thread.RUNNING.clear()
    assert proxy.cuts == 1
    assert [row.partition(",")[2] for row in counted(postgresql, schema)] == [",/,200,6"]


def test_a_report_whose_connection_is_lost_is_made_again(
    tmp_path: Path, proxy: CuttingProxy, schema: str
) -> None:
    log, url = tmp_path / "access.log", proxy.url(schema)
    log.write_text("".join(line(minute, status=500) for minute in range(30)))
    assert ingest(url, log) == 0
    proxy.arm(None)
    expected = report(url)
    assert '"duration_minutes": 30' in expected
    answers = proxy.sent[False]
    for number in (answers // 3, answers // 2, answers * 3 // 4):  # there may be fewer answers
        proxy.arm(Cut(number, to_server=False))
        assert report(url) == expected
        assert proxy.cuts == 1


SECRET = "the-secret-of-a-test"


@pytest.mark.parametrize(
    ("method", "path", "body", "asked"),
    [
        ("GET", "configure", None, b"FROM quarter_count"),
        ("PUT", "configure", {"rule": "/", "name": "Start"}, b"FROM quarter_count"),
        ("DELETE", "configure", {"rule": "/"}, b"FROM quarter_count"),
        ("GET", "deploys", None, b"FROM deploy"),
        ("POST", "deploys", {"version": "v1"}, b"merged_into IS NULL"),
    ],
)
def test_a_request_to_the_api_is_answered_although_the_connection_is_lost_while_it_reads(
    tmp_path: Path,
    proxy: CuttingProxy,
    schema: str,
    method: str,
    path: str,
    body: object,
    asked: bytes,
) -> None:
    log, url = tmp_path / "access.log", proxy.url(schema)
    log.write_text(line(0))
    assert ingest(url, log) == 0
    app = Flask("shop", instance_path=str(tmp_path))
    app.config |= {"FLASK_STATUS_DB": url, "API_ENABLED": True, "API_SECRET": SECRET}
    FlaskStatus(app)
    client, headers = app.test_client(), {"Authorization": f"Bearer {SECRET}"}
    assert client.get("/flask-status/configure", headers=headers).status_code == 200
    proxy.arm(Cut(0, text=asked))
    answer = client.open(f"/flask-status/{path}", method=method, json=body, headers=headers)
    assert proxy.cuts == 1
    assert answer.status_code in (200, 201), answer.text


def report(url: str) -> str:
    printed = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(printed, write_through=True)):
        assert run(["--db", url, "report", "--json", "--now", "last"]) == 0
        return re.sub(r'"generated_at": "[^"]*"', "", printed.getvalue().decode())


def test_follow_goes_on_after_its_connection_was_lost(
    tmp_path: Path, proxy: CuttingProxy, postgresql: PostgresqlServer, schema: str
) -> None:
    log = tmp_path / "access.log"
    log.write_text(line(0) * 3)
    command = ["--db", proxy.url(schema), "ingest", "-q", "--follow", "--host", "web1", str(log)]
    following = subprocess.Popen(
        [sys.executable, "-m", "flask_status_cli", *command], stderr=subprocess.PIPE
    )
    while not following_holds(following.pid, log):
        assert following.poll() is None
        time.sleep(0.02)
    with log.open("a") as growing:
        growing.write(line(0) * 2)
    with postgresql.connect() as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name = 'flask-status'"
        )
    proxy.arm(Cut(0, to_server=False, text=COMMIT))
    following.terminate()
    told = following.communicate(timeout=120)[1]
    assert (following.returncode, told) == (0, b"")
    assert proxy.cuts == 1
    assert counted(postgresql, schema) == ["2026-11-23,,/,200,5"]


def following_holds(pid: int, log: Path) -> bool:
    """Return whether the process waits for more lines of a log: it has opened it, and its watch."""
    names = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            names.append(str(link.readlink()))
    return str(log) in names and any("inotify" in name for name in names)


def test_an_ingest_gives_up_after_the_wait_with_one_line_and_the_next_one_goes_on(
    tmp_path: Path,
    proxy: CuttingProxy,
    postgresql: PostgresqlServer,
    schema: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log, url = tmp_path / "access.log", proxy.url(schema)
    log.write_text(line(0) * 4)
    proxy.arm(Cut(1, text=COMMIT))
    assert ingest(url, log, "--wait", "0") == 1
    told = capsys.readouterr()
    assert len(told.err.splitlines()) == 1, told.err
    assert "the connection was lost; try again when the server runs" in told.err
    assert told.err.startswith("flask-status: postgresql://postgres@127.0.0.1:")
    assert ingest(url, log) == 0
    assert counted(postgresql, schema) == ["2026-11-23,,/,200,4"]


def test_a_run_that_ended_leaves_no_transaction_number(
    tmp_path: Path, proxy: CuttingProxy, postgresql: PostgresqlServer, schema: str
) -> None:
    log = tmp_path / "access.log"
    log.write_text(line(0))
    assert ingest(proxy.url(schema), log) == 0
    with postgresql.connect() as server:
        left = server.execute(f"SELECT count(*) FROM {schema}.extension_flush").fetchone()
    assert left == (0,)
