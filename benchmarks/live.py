"""Measures what the extension costs: `python -m benchmarks.live` (needs the extra `flask`).

The first table has the CPU time of a request to an app with the extension, and to one without it. Both run in
turn in one process. The last lines say how many pages waitress serves from memory, compared with a hello
world of the same size, each in its own process.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from flask import Flask

from flask_status_cli import FlaskStatus

REQUESTS, ROUNDS = 5_000, 9
PAGES, PAGE_ROUNDS = 1_500, 5

SERVER = """
import sys
from pathlib import Path
from waitress import create_server
kind, home = sys.argv[1:]
if kind == "hello":
    body = (Path(home) / "page").read_bytes()
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
        return [body]
else:
    from flask import Flask
    from flask_status_cli import FlaskStatus
    app = Flask("shop", instance_path=home)
    FlaskStatus(app)
    for number in range(20):
        app.add_url_rule(f"/{number}", str(number), lambda: "hello")
server = create_server(app, host="127.0.0.1", port=0, threads=4)
print(server.effective_port, flush=True)
server.run()
"""


def view(number: int) -> str:
    """Return a very short answer."""
    return f"hello {number}"


def shop(home: Path, *, count: bool | None) -> Flask:
    """Return an app with twenty routes.

    `count` is that of the extension; with `None` there is no extension.
    """
    app = Flask("shop", instance_path=str(home))
    if count is not None:
        FlaskStatus(app, count=count)
    for number in range(20):
        app.add_url_rule(f"/item/<int:number>/{number}", str(number), view)
    return app


def microseconds(app: Flask) -> float:
    """Return the CPU time of a request in microseconds, without a server or a client."""
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/item/7/11", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "wsgi.url_scheme": "http", "wsgi.input": None, "wsgi.errors": sys.stderr, "QUERY_STRING": "",
    }  # fmt: skip

    def start(_status: str, _headers: Any, _error: Any = None, /) -> Callable[[bytes], None]:
        return lambda _: None

    began = time.process_time()
    for _ in range(REQUESTS):
        body = app(dict(environ), start)
        list(body)
        body.close()  # type: ignore[attr-defined] # werkzeug's has it
    return (time.process_time() - began) / REQUESTS * 1e6


def rate(port: int, path: str) -> float:
    """Return how many answers one client gets in a second over one connection."""
    connection = HTTPConnection("127.0.0.1", port)
    began = time.monotonic()
    for _ in range(PAGES):
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    took = time.monotonic() - began
    connection.close()
    return PAGES / took


def overhead(home: Path) -> None:
    """Print the time that the extension adds to a request."""
    apps = {"bare": None, "count=False": False, "counting": True}
    made = {name: shop(home / name, count=count) for name, count in apps.items()}
    for app in made.values():
        microseconds(app)
    took: dict[str, list[float]] = {name: [] for name in apps}
    for _ in range(ROUNDS):
        for name, app in made.items():
            took[name].append(microseconds(app))
    bare = min(took["bare"])
    print("| app | µs a request, least of nine | more than bare |\n|---|---:|---:|")
    for name, times in took.items():
        print(f"| {name} | {min(times):.1f} | {min(times) - bare:+.1f} |")


def from_memory(home: Path) -> None:
    """Print how fast the page is served, compared with a hello world of its size."""
    page = start("page", home)
    port = int(page.stdout.readline())  # type: ignore[union-attr] # a pipe
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/status/")
    body = connection.getresponse().read()
    (home / "page").write_bytes(body)
    hello = start("hello", home)
    other = int(hello.stdout.readline())  # type: ignore[union-attr] # a pipe
    rates: dict[str, list[float]] = {"page": [], "hello": []}
    for _ in range(PAGE_ROUNDS):
        rates["hello"].append(rate(other, "/"))
        rates["page"].append(rate(port, "/status/"))
    for process in (page, hello):
        process.kill()
        process.wait()
    ratios = [a / b for a, b in zip(rates["page"], rates["hello"], strict=True)]
    print(
        f"\n{len(body):,} bytes, one client: {statistics.median(rates['page']):,.0f} pages a second, "
    )
    print(
        f"{statistics.median(rates['hello']):,.0f} of waitress' own: {statistics.median(ratios):.2f} of it"
    )


def start(kind: str, home: Path) -> subprocess.Popen[str]:
    """Start a server that prints its port."""
    command = [sys.executable, "-c", SERVER, kind, str(home)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        overhead(Path(folder))
        from_memory(Path(folder))
