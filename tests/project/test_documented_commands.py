"""Every command of ours in the documents runs, in this process and in a directory of its own.

What other programs would send (docker, journalctl) is a log, and what they would take (crontab) is dropped.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flask_status_cli.cli import ingest_follow, run

ROOT = Path(__file__).parent.parent.parent
PAGES = [
    path
    for path in [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
    if path.name != "commands.md"
]
BLOCK = re.compile(r"^ *```(?:sh|console)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)

OTHERS = {
    *(
        "python",
        "python3",
        "ln",
        "adduser",
        "install",
        "systemctl",
        "docker",
        "flask",
        "gunicorn",
        "curl",
        "echo",
    ),
    *(
        "/usr/bin/python3",
        "/opt/flask-status/bin/pip",
        ".venv/bin/flask-status",
        ".venv/bin/pip",
        "pip",
    ),
}
"""Programs whose lines are not run: they are not ours, or CI runs them (those of `.venv`)."""

APP = """
from flask import Flask
app = Flask(__name__)
@app.route("/")
@app.route("/users/<int:id>")
@app.route("/api/stock")
def page(**_): return ""
"""

ELSEWHERE = ("postgresql://", "db import")
"""Commands that need a server, or a database of another program; their own tests run them."""

PATHS = re.compile(r"(?<![\w.])/(?:var|etc|opt)/[\w./-]*\w")


def lines(page: Path) -> list[str]:
    """The lines of the page's shell blocks, joined where one goes on, without prompts and output."""
    found = []
    for block in BLOCK.findall(page.read_text()):
        commands = [line.strip() for line in block.replace("\\\n", " ").splitlines()]
        prompted = [line.removeprefix("$ ") for line in commands if line.startswith("$ ")]
        found += prompted or [line for line in commands if line]
    return found


def test_every_line_is_a_command_of_ours_or_of_a_known_program() -> None:
    strange = {
        (page.name, line)
        for page in PAGES
        for line in lines(page)
        if "flask-status " not in line and line.split()[0] not in OTHERS
    }
    assert strange == set()


def log_text(now: datetime) -> str:
    """A log of the last two hours: a request a minute to each of three routes."""
    stamps = [now - timedelta(minutes=minute) for minute in range(120, 0, -1)]
    return "".join(
        f'10.0.0.1 - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" 200 5\n'
        for at in stamps
        for path in ("/", f"/users/{at.minute}", "/api/stock")
    )


@contextmanager
def ended_at_once() -> Iterator[object]:
    yield lambda: True


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any("flask-status " in line for line in lines(page))],
    ids=lambda page: page.name,
)
def test_every_command_of_ours_runs(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("FLASK_STATUS_DB", raising=False)
    monkeypatch.setattr(ingest_follow, "end_signal", ended_at_once)
    sent = log_text(datetime.now(UTC))
    (tmp_path / "shop.py").write_text(APP)
    (tmp_path / "flask.log").write_text(sent)
    logs = [tmp_path / "var/log" / app / "access.log" for app in ("nginx", "shop")]
    for log in logs:
        log.parent.mkdir(parents=True)
        log.write_text(sent)
    others = tmp_path / "var/log/apache2/other_vhosts_access.log"
    others.parent.mkdir()
    others.write_text("".join(f"shop.example:443 {each}\n" for each in sent.splitlines()))
    end = ' "-" "curl" "-" response-time=0.010\n'
    (tmp_path / "access.log").write_text("".join(each + end for each in sent.splitlines()))
    for line in lines(page):
        for path in map(Path, PATHS.findall(line)):
            inside = tmp_path / path.relative_to("/")
            (inside.parent if path.suffix else inside).mkdir(parents=True, exist_ok=True)
    assert run(["ingest", "-q", str(logs[0])]) == 0
    assert run(["--db", "var/lib/flask-status/status.db", "ingest", "-q", str(logs[0])]) == 0
    (tmp_path / "app.log").write_text(
        '{"res":{"code":200},"ts":"2026-11-23T10:00:00Z","req":{"where":"/"},"method":"GET","took":5}\n'
    )
    nginx = tmp_path / "etc/nginx/nginx.conf"
    nginx.parent.mkdir(parents=True, exist_ok=True)
    nginx.write_text(f"http {{ access_log {logs[0]} combined; }}\n")
    if ".venv/shop.db" in page.read_text():  # the page goes on with the shop of the README
        monkeypatch.setenv("FLASK_STATUS_DB", ".venv/shop.db")
        assert run(["ingest", "-q", str(ROOT / "fixtures/shop.log.gz")]) == 0
    assert run(["routes", "export", "--app", "shop:app"]) == 0
    (tmp_path / "routes.toml").write_text(capsys.readouterr().out)

    for line in lines(page):
        for command in parts(line) if not any(part in line for part in ELSEWHERE) else ():
            words = [PATHS.sub(lambda path: f"{tmp_path}{path[0]}", word) for word in command[1:]]
            with (tmp_path / "flask.log").open() as pipe:
                monkeypatch.setattr("sys.stdin", pipe)
                status = run(words)
            err = capsys.readouterr().err
            assert status in ((0, 1, 2, 3) if "check" in words else (0,)), (line, err)


def test_the_output_that_the_documents_show_for_the_shop_is_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".venv").mkdir()
    assert run(["--db", ".venv/shop.db", "ingest", "-q", str(ROOT / "fixtures/shop.log.gz")]) == 0
    shown = [
        text.partition("\n")[::2]
        for page in PAGES
        for text in BLOCK.findall(page.read_text())
        if text.startswith("$ flask-status --db .venv/shop.db ")
    ]
    assert len(shown) >= 2
    for command, output in shown:
        run(shlex.split(command)[2:])
        assert capsys.readouterr().out == output, command


def parts(line: str) -> Iterator[list[str]]:
    """The commands of ours in a line: a pipe ends one, and a redirection is left out."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&>;")
    lexer.whitespace_split = True
    command: list[str] = []
    for word in [*lexer, "|"]:
        if set(word) <= set("|&;"):
            if command and command[0] == "flask-status":
                yield command[: command.index(">")] if ">" in command else command
            command = []
        else:
            command.append(word)
