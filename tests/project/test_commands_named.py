"""Every command that the program tells its user to run is one that it has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from flask_status_cli.cli.command_table import SHORT_HELP
from flask_status_cli.cli.main import cli

PACKAGE = Path(__file__).parent.parent.parent / "flask_status_cli"

IN_A_MESSAGE = re.compile(r"(?<!this )flask-status ((?:[a-z]|--)[^;|&`,\n]*)")
IN_A_DOCSTRING = re.compile(r"`flask-status ([^`]+)`")


def texts(tree: ast.AST) -> Iterator[tuple[re.Pattern[str], str]]:
    """The string constants, and how a command stands in them; `{}` for every value of an f-string."""
    parts: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            parts.add(node.value)
            if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                yield IN_A_DOCSTRING, node.value.value
        elif isinstance(node, ast.JoinedStr):
            parts.update(node.values)
            pieces = [str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values]
            yield IN_A_MESSAGE, "".join(pieces)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in parts:
            yield IN_A_MESSAGE, node.value


@pytest.fixture(scope="module")
def named() -> frozenset[str]:
    """The commands that the program names, without `flask-status`."""
    return frozenset(
        command.strip()
        for path in PACKAGE.rglob("*.py")
        for pattern, text in texts(ast.parse(path.read_text()))
        for command in pattern.findall(text)
    )


def unknown(line: str) -> str | None:
    """The first word of a command line that the program would not understand."""
    command: click.Command = cli
    options = set(cli.params)
    for word in line.split():
        if isinstance(command, click.Group) and word in command.commands:
            command = command.commands[word]
            options |= set(command.params)
        elif word.startswith("-") and word != "-":
            if not any(word in option.opts for option in options):
                return word
        elif isinstance(command, click.Group):
            return word
    return None


def test_a_command_that_is_named_exists(named: frozenset[str]) -> None:
    assert {line: word for line in named if (word := unknown(line)) is not None} == {}


def test_commands_are_named_and_a_wrong_one_would_be_found(named: frozenset[str]) -> None:
    assert {line.split()[0] for line in named} >= {"ingest", "report", "counts"}
    wrong = ["formats guess LOG", "ingest --policy LOG", "db explain", "schedule LOG"]
    assert [unknown(line) for line in wrong] == ["guess", "--policy", "explain", "LOG"]


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    said = {name: command.get_short_help_str(200) for name, command in cli.commands.items()}
    assert dict(SHORT_HELP) == said
