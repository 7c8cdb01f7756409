"""Real apps, behind gunicorn and nginx: every request counts for the rule that Flask itself matched.

The app tells its rule in a header of the response. What nginx answers itself has none.
"""

from __future__ import annotations

import csv
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from urllib.parse import unquote, unquote_to_bytes

import pytest

from flask_status_cli.apps import read_app

HOST = "127.0.0.1"
DEADLINE = 120
HERE = Path(__file__).parent

Asked = tuple[bytes, bytes]
"""Method and target, as they are sent."""

Answer = tuple[str, int]
"""Rule and status."""

METHODS = (b"GET", b"GET", b"GET", b"HEAD", b"POST", b"OPTIONS", b"PUT", b"DELETE", b"PROPFIND")

VALUES = {
    "int": ("1", "0", "12", "007", "-1", "2026", "99999999999999999999"),
    "signed": ("-3", "9", "10", "0"),
    "uuid": ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", "no"),
    "path": ("a", "a/b.css", "a//b", "a/", "..", "%2e%2e/x", "%C3%A9/%20"),
    "html": ("a.html", "a/b.html", "a/b.htm"),
    "re": ("abc", "ab", "a", "abd"),
    "float": ("1.5", "1", "-1.5"),
    "b64": ("WzFd", "WyJhYmMiXQ==", "WzEyMzQ1XQ=="),
    "string": ("x", "7", "caf%C3%A9", "\xe9", "a+b", "a;b=c", "a%2Fb", "a%3Fb", "%25", "a%0Ab", "%00", "%E9"),
}  # fmt: skip
"""What is put in place of a variable; what fits is Flask's to say.

Of `b64`, which decodes it, only what can be decoded: such a converter is known by its pattern alone.
"""

FOREIGN = (
    "/wp-login.php", "/static/app.css", "//", "///users//7", "/.env", "/%2e%2e/etc/passwd", "/users/7/",
    "/Users/7",
    "/" + "x" * 3000, "/" + "a/" * 500, "/users/7%20", "/users/7;x", "/users//7", "http://example.org/users/7",
    "http://example.org", "/?next=/users/7", "/users/7?a=/b/8", "/users/7#x", "/users/%37", "/%75sers/7",
)  # fmt: skip

NGINX = """
{user}
daemon off;
pid nginx.pid;
events {{}}
http {{
    {temporary}
    access_log access.log combined;
    server {{
        listen {host}:{port};
        location = /from-nginx {{ return 204; }}
        location /static/ {{ return 200; }}
        location / {{ proxy_pass http://{host}:{app_port}; proxy_set_header Host $http_host; }}
    }}
}}
"""


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str], home: Path, port: int, **environment: str) -> Iterator[None]:
    told = home / f"{port}.txt"
    with told.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=home, env={**os.environ, **environment}, stdout=out, stderr=out
        )
    try:
        end = time.monotonic() + DEADLINE
        while not listens(port):
            assert process.poll() is None, told.read_text()
            assert time.monotonic() < end, told.read_text()
            time.sleep(0.02)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(DEADLINE)


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


def ask(port: int, asked: Asked) -> tuple[int, str | None]:
    """Send a request line as it is; return the status, and the rule that the app tells."""
    method, target = asked
    with socket.create_connection((HOST, port), timeout=DEADLINE) as client:
        client.sendall(
            b"%b %b HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n" % (method, target)
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            received = client.recv(65536)
            if not received:
                break
            answer += received
    head = answer.split(b"\r\n\r\n")[0].decode("latin-1")
    rule = re.search(r"\r\nX-Rule: ([^\r]*)", head)
    return int(head.split(" ")[1]), None if rule is None else unquote(rule[1])


def requests(rules: Sequence[str], seed: int) -> Iterator[Asked]:
    """Make requests of every rule with every value and method, and some that are a little different."""
    chance = Random(seed)
    for rule in rules:
        for turn in range(12):
            target = re.sub(r"<(?:(\w+)(?:\(.*?\))?:)?\w+>", lambda v: value(v, chance), rule)
            change = chance.choice((str, str, str, toggled, doubled, encoded, asked_for, upper))
            changed = target if turn < 3 else change(target)
            yield METHODS[turn % len(METHODS)], changed.encode("latin-1")
    for target in FOREIGN:
        for method in METHODS[2:5]:
            yield method, target.encode("latin-1")


def value(variable: re.Match[str], chance: Random) -> str:
    return chance.choice(VALUES.get(variable[1] or "string", VALUES["string"]))


def toggled(target: str) -> str:
    return target.removesuffix("/") if target != "/" and target.endswith("/") else target + "/"


def doubled(target: str) -> str:
    return target.replace("/", "//", 2)


def encoded(target: str) -> str:
    return target[:1] + "".join(f"%{ord(one):02x}" for one in target[1:3]) + target[3:]


def asked_for(target: str) -> str:
    return target + "?page=/users/7&x"


def upper(target: str) -> str:
    return target.upper()


@pytest.fixture
def program() -> str:
    found = shutil.which("nginx", path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
    if found is None:
        pytest.skip("needs nginx")
    return found


def serve(home: Path, app: str, program: str, asked: Sequence[Asked]) -> Counter[Answer]:
    """Ask an app behind gunicorn and nginx; return what was answered.

    What nginx has answered itself counts for the rule that the app would have matched.
    """
    would_match = imported(home, app)
    port, app_port = free_port(), free_port()
    shutil.copy(HERE / "recording.py", home)
    temporary = " ".join(
        f"{name}_temp_path {name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (home / "nginx.conf").write_text(
        NGINX.format(user=user, temporary=temporary, host=HOST, port=port, app_port=app_port)
    )
    gunicorn = [
        *(sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{app_port}", "--threads", "4"),
        *("--worker-tmp-dir", str(home), "recording:app"),
    ]
    nginx = [program, "-p", f"{home}/", "-c", "nginx.conf", "-e", "error.log"]
    answered: Counter[Answer] = Counter()
    with ExitStack() as servers:
        servers.enter_context(running(gunicorn, home, app_port, APP=app))
        servers.enter_context(running(nginx, home, port))
        for one in asked:
            status, rule = ask(port, one)
            answered[rule or would_match(one), status] += 1
    return answered


def imported(home: Path, app: str) -> Callable[[Asked], str]:
    """Import the app here, too; return what tells which rule it matches."""
    os.environ["APP"] = app
    sys.path.insert(0, str(home))
    try:
        known = runpy.run_path(str(HERE / "recording.py"))
    finally:
        sys.path.remove(str(home))
        del os.environ["APP"]

    def would_match(asked: Asked) -> str:
        method, target = asked[0].decode(), asked[1].decode("latin-1")
        path = unquote_to_bytes(target.partition("?")[0].encode("latin-1")).decode("latin-1")
        with known["app"].test_request_context(method=method) as context:
            context.request.environ["PATH_INFO"] = path
            with known["app"].request_context(context.request.environ):
                rule: str = known["matched"]()
                return rule

    return would_match


def counted(home: Path, app: str) -> Counter[Answer]:
    """Let the rules be read from the app, and the log be counted."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flask_status_cli", "--db", "status.db", *words]
        return subprocess.run(command, cwd=home, check=True, capture_output=True, text=True)

    run("routes", "sync", "--app", app)
    run("ingest", "access.log")
    told = run("counts", "--by", "minute").stdout
    found: Counter[Answer] = Counter()
    for row in csv.DictReader(told.splitlines()):
        found[row["route"], int(row["status"])] += int(row["requests"])
    return found


def test_an_app_with_every_kind_of_rule(
    tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(HERE / "shop.py", tmp_path)
    rules = [rule.rule for rule in read_app("shop").rules]
    asked = [one for one in requests(rules, seed=7) if not redirected(one)]
    asked += [(b"GET", b"/from-nginx"), (b"OPTIONS", b"*"), (b"GET", b"/loose/")]
    answered = serve(tmp_path, "shop:create_app()", program, asked)
    assert sum(answered.values()) == len(asked)
    assert len({rule for rule, _ in answered}) > 15
    assert counted(tmp_path, "shop:create_app()") == answered


def redirected(asked: Asked) -> bool:
    """Tell whether the app's own redirect is asked for: it belongs to the rule that has it."""
    path = unquote(asked[1].decode("latin-1")).replace("//", "/")
    return path.startswith(("/old", "/all/page/"))


def test_requests_to_a_real_app_are_counted_by_its_rules(
    tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = "sqlite_web.sqlite_web:app"  # nearly every rule begins with a variable; a converter of its own
    asked = list(requests([rule.rule for rule in read_app(app).rules], seed=11))
    answered = serve(tmp_path, app, program, asked)
    assert sum(answered.values()) == len(asked)
    assert len({rule for rule, _ in answered}) > 20
    assert counted(tmp_path, app) == answered
