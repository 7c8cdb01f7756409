"""Completion in real shells: what TAB makes of a line, as the shell then understands it."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.shell_completion import CompletionItem

from flask_status_cli.cli.commands.completion.shells import Bash, Fish, Zsh
from flask_status_cli.cli.commands.completion.typed_line import parse_line, replies

Call = Callable[..., Any]
ESCAPES = re.compile(r"\x1b(\[[0-9;?>=]*[A-Za-z]|[=>]|\][^\x07]*\x07|\([A-B0-9])")
PROMPT = "READY> "
RULES = [
    "/",
    "/users",
    "/users/<int:id>",
    "/users/<int:id>/orders",
    "/it's",
    "/a:b",
    "/a,b",
    "/a b",
    "/x$y",
]
SHELLS = {
    "bash": (
        ["bash", "--norc", "--noprofile", "-i"],
        "PS1='READ''Y> '; bind 'set enable-bracketed-paste off'",
    ),
    "zsh": (
        ["zsh", "-f", "-i"],
        "PS1='READ''Y> '; unsetopt zle_bracketed_paste prompt_sp; autoload -U compinit; compinit -u -D",
    ),
}


@pytest.fixture
def routes(call: Call, tmp_path: Path) -> None:
    log = tmp_path / "complete.log"
    paths = [
        "/",
        "/users",
        "/users/7",
        "/users/7/orders",
        "/it's",
        "/a:b",
        "/a,b",
        "/a%20b",
        "/x$y",
    ]
    log.write_text(
        "".join(
            f'10.0.0.1 - - [23/Nov/2026:10:00:00 +0000] "GET {path} HTTP/1.1" 200 5\n'
            for path in paths
        )
    )
    assert call("ingest", "-q", log).status == 0
    assert call("routes", "name", "/users/<int:id>/orders", "Orders of a user").status == 0
    assert sorted(line.split("  ")[0] for line in call("routes", "list").out.splitlines()[1:]) == (
        sorted([*RULES[:3], "Orders of a user /users/<int:id>/orders", *RULES[4:]])
    )


class Shell:
    """An interactive shell on a terminal of its own, where `flask-status` completes."""

    def __init__(self, name: str, environment: dict[str, str], directory: Path) -> None:
        command, prepare = SHELLS[name]
        self._ours, theirs = pty.openpty()
        self._running = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            cwd=directory,
            start_new_session=True,
        )
        os.close(theirs)
        self._seen = ""
        self._send(f"{prepare}\n")
        self._until(PROMPT)
        show = "args() { printf '[%s]' \"${@:2}\"; echo END; }"
        self._send(f'{show}; eval "$(flask-status completion {name})"; echo DO"NE"\n')
        self._until("DONE")
        self._until(PROMPT)
        self.complete("flask-status --versio")  # the first completion in a shell takes longer

    def complete(self, line: str) -> list[str]:
        """The arguments that a line has after TAB, as the shell understands them."""
        self._send(line + "\t")
        time.sleep(
            0.3
        )  # a key that comes while a list of choices is shown would be taken for an answer
        self._send("\x01args \n")
        shown = self._until("END")
        self._until(PROMPT)
        return re.findall(r"\[([^]]*)\]", shown.rpartition("\n")[2])

    def close(self) -> None:
        self._running.kill()
        self._running.wait()
        os.close(self._ours)

    def _send(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def _answered(self) -> None:
        """Waits for what TAB does: it writes something, or rings the bell."""
        assert select.select([self._ours], [], [], 120)[0]
        self._quiet(0.3)

    def _quiet(self, seconds: float) -> None:
        while select.select([self._ours], [], [], seconds)[0]:
            self._read()

    def _read(self) -> None:
        more = os.read(self._ours, 65536).decode(errors="replace")
        self._seen = ESCAPES.sub("", self._seen + more)

    def _until(self, end: str) -> str:
        give_up = time.monotonic() + 120
        while end not in self._seen:
            assert time.monotonic() < give_up, self._seen
            if select.select([self._ours], [], [], 0.2)[0]:
                self._read()
        shown, _, self._seen = self._seen.partition(end)
        return shown


@pytest.fixture
def environment(database: Path, tmp_path: Path) -> dict[str, str]:
    """Where `flask-status` is found, and the database; a shell that reads nothing of ours."""
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "flask-status"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m flask_status_cli "$@"\n')
    script.chmod(0o755)
    return {
        "PATH": f"{script.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "FLASK_STATUS_DB": str(database),
        "HOME": str(tmp_path),
        "TERM": "vt100",
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture(params=SHELLS)
def shell(
    request: pytest.FixtureRequest,
    environment: dict[str, str],
    tmp_path: Path,
    program: Callable[[str], str],
) -> Iterator[Shell]:
    program(request.param)
    running = Shell(request.param, environment, tmp_path)
    yield running
    running.close()


@pytest.mark.usefixtures("routes")
def test_a_tab_completes_commands_options_routes_and_names(shell: Shell) -> None:
    lines = {
        "flask-status rou": ["routes"],
        "flask-status report --mark": ["report", "--markdown"],
        # What is written like a redirection, a variable or two words arrives as it is, quoted or not.
        "flask-status routes name '/users/<int:id>/": ["routes", "name", "/users/<int:id>/orders"],
        "flask-status routes name /x": ["routes", "name", "/x$y"],
        "flask-status routes name /it": ["routes", "name", "/it's"],
        "flask-status routes name /a:": ["routes", "name", "/a:b"],
        "flask-status routes name /a,": ["routes", "name", "/a,b"],
        "flask-status routes name '/a ": ["routes", "name", "/a b"],
        "flask-status routes name /a\\ ": ["routes", "name", "/a b"],
        "flask-status routes name Ord": ["routes", "name", "Orders of a user"],
        # Behind a common beginning it waits for more.
        "flask-status routes hide /us\t/\t/o": ["routes", "hide", "/users/<int:id>/orders"],
        "flask-status report --only=/x": ["report", "--only=/x$y"],
        "flask-status report --only /x": ["report", "--only", "/x$y"],
        # What is nothing stays as it was typed.
        "flask-status routes name /nothing": ["routes", "name", "/nothing"],
    }
    assert {line: shell.complete(line) for line in lines} == lines


@pytest.mark.usefixtures("routes")
def test_logs_are_completed_as_files(shell: Shell, tmp_path: Path) -> None:
    assert shell.complete("flask-status ingest compl") == ["ingest", "complete.log"]
    assert shell.complete("flask-status --db stat") == ["--db", "status.db"]


@pytest.mark.usefixtures("routes")
def test_fish_gets_the_same_completions(
    environment: dict[str, str], tmp_path: Path, program: Callable[[str], str]
) -> None:
    def offered(line: str) -> list[str]:
        script = 'flask-status completion fish | source; complete -C "$argv[1]"'
        told = subprocess.run(
            [program("fish"), "--no-config", "-c", script, line],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        return told.stdout.splitlines()

    assert offered("flask-status routes name /users/") == [
        "/users/<int:id>",
        "/users/<int:id>/orders\tOrders of a user",
    ]
    assert offered("flask-status routes name Ord") == ["Orders of a user\t/users/<int:id>/orders"]
    assert offered("flask-status routes name /a,") == ["/a,b"]
    assert offered("flask-status report --only=/a,") == ["--only=/a,b"]
    assert offered("flask-status ingest compl") == ["complete.log"]
    assert [line.partition("\t")[0] for line in offered("flask-status rou")] == ["routes"]


def ask(
    environment: dict[str, str], line: str, directory: Path
) -> subprocess.CompletedProcess[str]:
    asking = {
        "_FLASK_STATUS_COMPLETE": "bash_complete",
        "COMP_LINE": line,
        "COMP_WORD": line.rsplit(" ", maxsplit=1)[-1],
    }
    return subprocess.run(
        [sys.executable, "-m", "flask_status_cli"],
        env=environment | asking,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("database_is", ["missing", "a directory", "no database", "empty"])
def test_without_a_database_completion_prints_nothing(
    database_is: str, environment: dict[str, str], database: Path, tmp_path: Path
) -> None:
    if database_is == "a directory":
        database.mkdir()
    elif database_is != "missing":
        database.write_bytes(b"x" * 5000 if database_is == "no database" else b"")
    told = ask(environment, "flask-status routes name /us", tmp_path)
    assert (told.stdout, told.stderr) == ("", "")
    assert database.exists() is (database_is != "missing")


@pytest.mark.usefixtures("routes")
def test_a_label_on_the_line_chooses_the_routes(
    call: Call, environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "blog.log"
    log.write_text('10.0.0.1 - - [23/Nov/2026:11:00:00 +0000] "GET /posts HTTP/1.1" 200 5\n')
    call("ingest", "-q", "--label", "blog", log)
    lines = {
        "flask-status routes hide --label blog /": "plain,/posts\n",
        "flask-status routes hide /pos": "plain,/posts\n",
        "flask-status routes hide --label bl": "plain,blog\n",
        "flask-status routes hide --label shop /pos": "\n",
    }
    assert {line: ask(environment, line, tmp_path).stdout for line in lines} == lines


@pytest.mark.usefixtures("routes")
def test_completion_imports_no_heavy_package(environment: dict[str, str], tmp_path: Path) -> None:
    told = ask(
        environment | {"PYTHONPROFILEIMPORTTIME": "1"}, "flask-status routes name /x", tmp_path
    )
    assert told.stdout == "plain,'/x$y'\n"
    imported = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert "sqlite3" in imported
    assert not imported & {
        "sqlalchemy",
        "rich",
        "jinja2",
        "alembic",
        "flask_status_cli.store.reader",
    }


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_value_that_is_not_one_printable_line_is_not_offered(shell: str) -> None:
    def shown(*_: object) -> list[CompletionItem[str]]:
        return [CompletionItem(value) for value in ("/a\nplain,/b", "/\x1b[1m", "/good")]

    command = click.Command("x", params=[click.Argument(["rule"], shell_complete=shown)])
    completing = {"bash": Bash, "zsh": Zsh, "fish": Fish}[shell](command, {}, "x", "_X")
    assert [item.value for item in completing.get_completions([], "")] == ["/good"]


def test_a_shell_that_nobody_knows_is_not_understood(call: Call) -> None:
    told = call("completion", "csh")
    assert told.status == 2
    assert "'csh' is not one of 'bash', 'zsh', 'fish'" in told.err


# The words of a line, as bash takes them apart (bash(1), QUOTING).
WORDS: list[tuple[str, tuple[str, ...], str, str]] = [
    ("a b c", ("a", "b"), "c", ""),
    ("a b ", ("a", "b"), "", ""),
    ("a  'b c' d", ("a", "b c"), "d", ""),
    ("a 'b c", ("a",), "b c", "'"),
    ('a "b\\"c', ("a",), 'b"c', '"'),
    ('a "b\\c', ("a",), "b\\c", '"'),
    ("a b\\ c", ("a",), "b c", ""),
    ("a '' b", ("a", ""), "b", ""),
    ("a 'b'\\''c'", ("a",), "b'c", ""),
]


@pytest.mark.parametrize(("line", "words", "last", "quote"), WORDS)
def test_words_are_those_of_bash(line: str, words: tuple[str, ...], last: str, quote: str) -> None:
    found = parse_line(line)
    assert (found.words, found.last.text, found.last.quote) == (words, last, quote)


def test_all_choices_are_quoted_where_one_must_be_so_that_they_begin_alike() -> None:
    values = ["/users", "/users/<int:id>"]
    assert replies(values, parse_line("/us").last, word="/us", value="/us") == [
        "'/users'",
        "'/users/<int:id>'",
    ]
    assert replies(values[:1], parse_line("/us").last, word="/us", value="/us") == ["/users"]
