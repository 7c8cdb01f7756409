"""The extension under every server: counts equal what the clients got, also when workers end."""

from __future__ import annotations

import os
import queue
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.pipeline.report import counts

REQUESTS = int(os.environ.get("LOAD", "400"))
"""Requests of a run; 50,000 by hand: `LOAD=50000 pytest tests/web/test_extension_servers.py`."""

CLIENTS = 8
SIGNALS = 12
"""Every third one ends all workers of a server."""

APP = '''
import os
from flask import Flask, Response, abort
from flask_status_cli import FlaskStatus

def create_app():
    app = Flask(__name__)
    app.config["FLASK_STATUS_DB"] = os.environ.get("STATUS_DB", "status.db")
    FlaskStatus(app)

    @app.route("/")
    def index():
        """
        # Index
        """
        return "index", 200

    @app.route("/user/<int:number>")
    def user(number):
        return str(number), 200 if number % 10 else 500

    @app.route("/stream")
    def stream():
        return Response(iter(["a", "b", "c"]))

    @app.route("/pid")
    def pid():
        return str(os.getpid())

    return app

app = create_app()
if __name__ == "__main__":
    from waitress import serve
    serve(app, host="127.0.0.1", port=int(os.environ["PORT"]), threads=4)
'''

SELDOM = """
from flask_status_cli.web.extension import storing_thread
storing_thread.seconds_to_go = lambda now, pid: 3600.0
"""
"""Put before an app, it stores its counts for the page and at its end alone, not when a minute has passed."""

PATHS = ("/", "/user/7", "/user/20", "/stream", "/none")
RULES = {
    "/": "/",
    "/user/7": "/user/<int:number>",
    "/user/20": "/user/<int:number>",
    "/stream": "/stream",
    "/none": "<unmatched>",
}


def gunicorn(*words: str) -> list[str]:
    # gunicorn ends a worker whose request takes over half a minute, as one may on a busy machine
    patient = ["--timeout", "300", "--graceful-timeout", "120"]
    options = ["--worker-tmp-dir", ".", *patient, *words]
    return [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:PORT", *options, "app:app"]


BY_HAND = "LOAD" in os.environ
"""Then every server is tried, and with four workers."""

IN_CI = ("gunicorn sync", "gunicorn gevent preload", "uwsgi", "waitress", "flask run reload")

SERVERS: dict[str, list[str]] = {
    "gunicorn sync": gunicorn("--workers", "2"),
    "gunicorn gthread": gunicorn("--workers", "4", "--threads", "4"),
    "gunicorn gevent": gunicorn("--workers", "2", "-k", "gevent"),
    "gunicorn preload": gunicorn("--workers", "2", "--threads", "2", "--preload"),
    "gunicorn gevent preload": gunicorn("--workers", "2", "-k", "gevent", "--preload"),
    "uwsgi": [
        f"{Path(sys.executable).parent}/uwsgi", "--http-socket", "127.0.0.1:PORT", "--master",
        "--processes", "2", "--module", "app:app", "--die-on-term", "--need-app",
    ],
    "uwsgi threads": [
        f"{Path(sys.executable).parent}/uwsgi", "--http-socket", "127.0.0.1:PORT", "--master",
        "--processes", "2", "--threads", "2", "--module", "app:app", "--die-on-term", "--lazy-apps",
    ],
    "waitress": [sys.executable, "app.py"],
    "flask run": [sys.executable, "-m", "flask", "run", "--port", "PORT", "--no-reload"],
    "flask run reload": [sys.executable, "-m", "flask", "--debug", "run", "--port", "PORT"],
}  # fmt: skip


def fetch(connection: HTTPConnection, path: str) -> int:
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    return response.status


def load(
    port: int,
    requests: int,
    *,
    seed: int = 1,
    keep: bool = True,
    made: Callable[[], object] = lambda: None,
) -> tuple[Counter[tuple[str, int]], int]:
    """What so many clients got, by rule and status; and how many requests had no answer.

    Connections are kept, but for uWSGI, whose `--http-socket` ends each without saying so. `made` is called
    after each request.
    """

    def client(number: int) -> tuple[Counter[tuple[str, int]], int]:
        chosen, got, lost = random.Random(seed * 100 + number), Counter[tuple[str, int]](), 0
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        for _ in range(requests // CLIENTS):
            path = chosen.choice(PATHS)
            try:
                got[RULES[path], fetch(connection, path)] += 1
                if not keep:
                    connection.close()
            except (OSError, HTTPException):
                lost += 1
                connection.close()
                time.sleep(0.01)
            made()
        connection.close()
        return got, lost

    with ThreadPoolExecutor(CLIENTS) as pool:
        parts = list(pool.map(client, range(CLIENTS)))
    return sum((got for got, _ in parts), Counter()), sum(lost for _, lost in parts)


def stored(database: Path) -> Counter[tuple[str, int]]:
    found: Counter[tuple[str, int]] = Counter()
    with counts(database, "day") as (rows, _):
        for row in rows:
            if row.requests:
                found[row.rule, row.status] += row.requests
    return found


def begin(name: str, home: Path, start: Callable[..., Any], web: Any, **environment: str) -> Any:
    port = web.free_port()
    (home / "app.py").write_text(APP)
    command = [word.replace("PORT", str(port)) for word in SERVERS[name]]
    return start(command, home, port, PORT=str(port), FLASK_APP="app:app", **environment)


@pytest.mark.parametrize("name", SERVERS if BY_HAND else IN_CI)
def test_the_responses_that_clients_got_are_counted_exactly(
    name: str, web: Any, tmp_path: Path, start: Callable[..., Any]
) -> None:
    server = begin(name, tmp_path, start, web)
    got, lost = load(server.port, REQUESTS, keep="uwsgi" not in name)
    assert (got.total(), lost) == (REQUESTS // CLIENTS * CLIENTS, 0)
    page = server.get("/status/")
    assert (page.status, "Index" in page.text) == (200, True), server.said()
    if name.endswith(" reload"):  # it kills the app, which stores its counts within two seconds
        web.wait_for("the counts", lambda: stored(tmp_path / "status.db") == got)
    server.end(signal.SIGTERM)
    assert stored(tmp_path / "status.db") == got, server.said()
    assert "flask-status: " not in server.said()
    assert "Traceback" not in server.said()


def workers(server: Any) -> list[int]:
    """The processes that gunicorn's own has started."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def test_nothing_is_lost_or_counted_twice_while_workers_end(
    web: Any, tmp_path: Path, start: Callable[..., Any]
) -> None:
    """A worker that ends before it has answered proves nothing, so requests are between the signals."""
    server = begin("gunicorn gthread", tmp_path, start, web)
    web.wait_for("all workers", lambda: len(workers(server)) >= 4)
    chosen, made = random.Random(5), queue.SimpleQueue[None]()
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(load, server.port, 2 * REQUESTS, made=lambda: made.put(None))
        for number in range(SIGNALS):
            for _ in range(2 * REQUESTS // (SIGNALS + 1)):
                made.get(timeout=web.DEADLINE)
            if number % 3 == 2:
                server.process.send_signal(signal.SIGHUP)
            elif alive := workers(server):
                with suppress(ProcessLookupError):  # it has ended meanwhile
                    os.kill(chosen.choice(alive), signal.SIGTERM)
        got, _lost = loading.result()
    server.end(signal.SIGTERM)
    assert stored(tmp_path / "status.db") == got, server.said()


def test_kill_9_loses_only_the_present_minute_of_that_worker(
    web: Any, tmp_path: Path, start: Callable[..., Any]
) -> None:
    (tmp_path / "app.py").write_text(SELDOM + APP)
    port = web.free_port()
    command = [word.replace("PORT", str(port)) for word in gunicorn("--workers", "1")]
    server = start(command, tmp_path, port)
    before, _ = load(port, 80, seed=2)
    assert server.get("/status/").status == 200  # stores what this worker has counted
    (worker,) = workers(server)
    lost, _ = load(port, 80, seed=3)
    os.kill(worker, signal.SIGKILL)
    web.wait_for("another worker", lambda: workers(server) not in ([], [worker]))
    after, _ = load(port, 80, seed=4)
    server.end(signal.SIGTERM)
    assert lost.total() == 80
    assert stored(tmp_path / "status.db") == before + after
