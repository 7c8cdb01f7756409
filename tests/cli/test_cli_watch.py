"""`report --watch` in real terminals: what it shows, when that changes, how it ends, what it leaves."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
DEADLINE = 120
NEW = b'10.0.0.1 - - [23/Nov/2026:10:05:00 +0000] "GET /new HTTP/1.1" 200 5\n'
COMMAND = [sys.executable, "-m", "flask_status_cli"]
HEEDS_SIGINT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
from flask_status_cli.cli import run
sys.exit(run(sys.argv[1:]))
"""
BUG = """
import sys
from flask_status_cli.cli import run
from flask_status_cli.cli.screen import watch_report as watch

watch.ScreenView.read_if_due = lambda self: 1 / 0
sys.exit(run(sys.argv[1:]))
"""
GOES_ON = re.compile(rb"(\x1b\[0m)?\r+\n\x1b\[2K  (\x1b\[\d*m)?")
"""Where a line that is too long goes on in the next one."""

WATCH = ["report", "--watch", "--now", "last", "--timezone", "UTC"]


def wait_for(what: str, found: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not found():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)


class Terminal:
    """A pseudo terminal and the command in it: keys go in, what it writes comes out."""

    def __init__(self, database: Path, program: list[str]) -> None:
        self.ours, self.theirs = pty.openpty()
        self.before = termios.tcgetattr(self.theirs)
        self.seen = b""
        self.process = subprocess.Popen(
            [*program, "--db", str(database), *WATCH],
            cwd=database.parent,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "55"},
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
            start_new_session=True,
        )

    def shows(self, *parts: bytes) -> None:
        """Wait until it has written all of these since the last time."""

        def read() -> bool:
            while select.select([self.ours], [], [], 0)[0]:
                self.seen += os.read(self.ours, 1 << 16)
            whole = GOES_ON.sub(b" ", self.seen)
            return all(part in whole for part in parts)

        wait_for(f"{parts}", read)
        self.seen = b""

    def press(self, keys: bytes) -> None:
        os.write(self.ours, keys)

    def end(self) -> int:
        status = self.process.wait(DEADLINE)
        while select.select([self.ours], [], [], 0)[0]:
            self.seen += os.read(self.ours, 1 << 16)
        return status

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture
def terminal(call: Call, database: Path, log: Path) -> Iterator[Callable[..., Terminal]]:
    assert call("ingest", "-q", log).status == 0
    opened: list[Terminal] = []

    def start(program: str = HEEDS_SIGINT) -> Terminal:
        opened.append(Terminal(database, [sys.executable, "-c", program]))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


ENTERED, LEFT = b"\x1b[?1049h\x1b[?25l", b"\x1b[?25h\x1b[?1049l"


@pytest.mark.parametrize("how", ["q", "Q", signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=str)
def test_watch_ends_and_restores_the_terminal(
    terminal: Callable[..., Terminal], how: str | signal.Signals
) -> None:
    screen = terminal()
    screen.shows(ENTERED, b"q quits")
    assert not termios.tcgetattr(screen.theirs)[3] & (termios.ECHO | termios.ICANON)
    if isinstance(how, str):
        screen.press(how.encode())
    else:
        screen.process.send_signal(how)
    assert screen.end() == 0
    assert screen.seen.endswith(LEFT)
    assert termios.tcgetattr(screen.theirs) == screen.before


def test_a_bug_in_watch_restores_the_terminal_too(terminal: Callable[..., Terminal]) -> None:
    screen = terminal(program=BUG)
    screen.shows(b"q quits")
    assert screen.end() == 1
    _, left, traceback = screen.seen.partition(LEFT)
    assert left
    assert b"ZeroDivisionError" in traceback
    assert termios.tcgetattr(screen.theirs) == screen.before


def test_watch_shows_what_another_process_ingests(
    terminal: Callable[..., Terminal], call: Call, log: Path
) -> None:
    screen = terminal()
    screen.shows(b"/users/<int:id>", b"q quits")
    with log.open("ab") as more:
        more.write(NEW)
    assert call("ingest", "-q", log).status == 0
    screen.shows(b"/new", b"q quits")


def test_watch_names_a_missing_database_and_waits_for_it(
    terminal: Callable[..., Terminal], database: Path
) -> None:
    screen = terminal()
    screen.shows(b"q quits")
    away = database.with_name("away.db")
    database.rename(away)
    screen.shows(b"the database does not exist", b"As of 23 Nov 2026 10:04", b"/users/<int:id>")
    away.rename(database)
    screen.shows(b"/users/<int:id>", b"q quits")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--watch"], "--watch needs a terminal"),
        # It is for the terminal: a medium beside it would be written once, or for ever.
        (["--watch", "--json"], "leave out --json"),
        (["--watch", "--html"], "leave out --html"),
        (["--watch", "-o", "report.txt"], "leave out --output"),
    ],
)
def test_what_cannot_be_watched_is_a_usage_error(
    call: Call, log: Path, words: list[str], said: str
) -> None:
    assert call("ingest", "-q", log).status == 0
    told = call("report", *words)
    assert told.status == 2
    assert said in told.err
    assert told.out == ""


class Tmux:
    """A window of tmux with a shell in it, on a server of its own."""

    def __init__(self, program: str, width: int, height: int, directory: Path) -> None:
        self.command = [program, "-L", f"flask-status-{uuid.uuid4().hex}", "-f", os.devnull]
        self.run(
            "new-session", "-d", "-x", str(width), "-y", str(height), "-c", str(directory), "sh"
        )
        self.run("set-option", "-g", "status", "off")
        self.run("resize-window", "-x", str(width), "-y", str(height))

    def run(self, *words: str) -> str:
        found = subprocess.run(
            [*self.command, *words], capture_output=True, text=True, check=True, encoding="utf-8"
        )
        return found.stdout

    def type(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    def lines(self) -> list[str]:
        return self.run("capture-pane", "-p").split("\n")[:-1]

    def shows(self, *parts: str) -> list[str]:
        """Wait until all of these are on the screen, and return it."""
        wait_for(f"{parts}", lambda: all(part in "\n".join(self.lines()) for part in parts))
        return self.lines()


@pytest.fixture
def tmux(program: Callable[[str], str], tmp_path: Path) -> Iterator[Callable[[int, int], Tmux]]:
    opened: list[Tmux] = []

    def start(width: int, height: int) -> Tmux:
        opened.append(Tmux(program("tmux"), width, height, tmp_path))
        return opened[-1]

    yield start
    for each in opened:
        each.run("kill-server")


def test_a_line_as_wide_as_the_window_keeps_its_last_character(
    tmux: Callable[[int, int], Tmux], call: Call, database: Path, log: Path
) -> None:
    assert call("ingest", "-q", log).status == 0
    window = tmux(60, 30)
    watching = " ".join([*COMMAND, "--db", str(database), *WATCH])
    window.type(f"clear; {watching}", "Enter")
    lines = window.shows("Response times: not logged.", "q quits")
    full = "Up from 99 %, Major below 30 % with 3 or more server errors,"
    assert len(full) == 60
    assert full in lines
    window.type("q")


def test_a_window_is_resized_scrolled_suspended_and_left(
    tmux: Callable[[int, int], Tmux], call: Call, database: Path, log: Path
) -> None:
    assert call("ingest", "-q", log).status == 0
    window = tmux(80, 9)
    window.type(f"cd {database.parent}; PS1='$ '; set -m; clear; echo be''fore", "Enter")
    window.shows("before")  # the next command would be typed into the cleared window
    watching = " ".join([*COMMAND, "--db", database.name, *WATCH])
    window.type(f"{watching}; echo status=$?", "Enter")
    lines = window.shows("2026-11-23", "0 lines above", "q quits")
    assert "before" not in "".join(lines)
    assert lines[-1].startswith("as of 10:04:00, q quits")

    window.type("Down", "Down")
    assert window.shows("2 lines above")[0].startswith("Now ")
    window.type("End")
    window.shows(" 0 below")
    window.type("Home")
    window.shows("0 lines above")

    window.run("resize-window", "-x", "140", "-y", "30")
    lines = window.shows("2026-11-23", "Fully Operational")
    assert "lines above" not in lines[-1]

    window.type("C-z")
    assert "before" in window.shows("Stopped")[0]
    window.type("clear; fg", "Enter")
    window.shows("2026-11-23", "q quits")

    window.type("q")
    # what is typed before the prompt is there may be dropped with the screen's own keys
    wait_for("the prompt", lambda: "".join(window.lines()).endswith("$"))
    window.type("echo status=$?", "Enter")
    window.shows("\nstatus=0\n")
