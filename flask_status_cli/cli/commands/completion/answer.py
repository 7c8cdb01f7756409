"""What a shell is answered: values line by line, or that files are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem, _resolve_context, _resolve_incomplete

from flask_status_cli.cli.commands.completion.shell_scripts import VARIABLE
from flask_status_cli.cli.commands.completion.typed_line import Word, replies, typed

FILES = ("FILE", "PATH", "LOG", "DIRECTORY")
"""Words in the name of a value that is a file."""

FILE = "file"


def answer(cli: click.Command, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines that the shell named by `_FLASK_STATUS_COMPLETE` is waiting for.

    `=VALUE` is a value (with what it is behind a tab, but for bash), `file` says that files are wanted.
    """
    if environment[VARIABLE] == "bash":
        line = typed(environment.get("COMP_LINE", ""))
        words, last = line.words, line.last
    else:
        words = tuple(environment.get("COMP_WORDS", "").split("\n"))
        last = typed(environment.get("COMP_WORD", "")).last
    value = _value(last)
    items = _items(cli, words[1:], last.text)
    if any(item.type == FILE for item in items):
        yield FILE
        return
    found = [item for item in items if _one_line(item.value) and item.value.startswith(value)]
    if environment[VARIABLE] == "bash":
        values = [item.value for item in found]
        word = environment.get("COMP_WORD", "")
        yield from (f"={reply}" for reply in replies(values, last, word=word, value=value))
    else:
        yield from (f"={item.value}{_help(item)}" for item in found)


def _items(cli: click.Command, words: Sequence[str], incomplete: str) -> list[CompletionItem[Any]]:
    """Return what click says may follow; where the name of a value says that it is a file, that."""
    arguments = list(words)
    context = _resolve_context(cli, {}, "flask-status", arguments)
    wanted, incomplete = _resolve_incomplete(context, arguments, incomplete)
    if isinstance(wanted, click.Parameter) and _is_file(wanted):
        return [CompletionItem(incomplete, type=FILE)]
    return wanted.shell_complete(context, incomplete)


def _is_file(parameter: click.Parameter) -> bool:
    metavar = parameter.metavar or (parameter.name or "").upper()
    return any(word in FILES for word in re.findall("[A-Z]+", metavar))


def _value(last: Word) -> str:
    """Return what of a word is a value: what stands behind `--option=`."""
    name, equals, value = last.text.partition("=")
    return value if equals and name.startswith("--") else last.text


def _one_line(value: str) -> bool:
    return value.isprintable()


def _help(item: CompletionItem[Any]) -> str:
    text = " ".join((item.help or "").split())
    return f"\t{text}" if text.isprintable() and text else ""
