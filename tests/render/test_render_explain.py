"""What a log is, as text for a bug report and as JSON: whole, the same in both, and never hostile."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import (
    AS_LOGGED,
    Explanation,
    KnownFormat,
    LogFile,
    Refused,
    TakenApart,
    minute_of,
)
from flask_status_cli.render.commands.explain import as_json, command, format_lines, lines

Gold = Callable[[str, str], None]
PROGRAM = "flask-status 1.2.3, Python 3.11.7"

MIXED = Explanation(
    file=LogFile("logs/access.log.2.gz", "gzip", 15_223, 186_404, unfinished=True),
    format="combined",
    wanted=None,
    votes=(("combined", 396), ("werkzeug", 2)),
    sampled=400,
    timezone=AS_LOGGED,
    lines=1_204,
    entries=1_195,
    noise={"blank line": 1, "traceback": 5},
    refused={"no status": 1, "no known format": 2},
    samples=(
        Refused(3, "no known format", "XXXX \x1b[31mxxxx"),
        Refused(17, "no status", 'x.x.x.x - - [23/Nov/2026:10:05:42 +0000] "GET /'),
        Refused(1_203, "no known format", '{"status":200}'),
    ),
    entry=TakenApart(
        2,
        (
            ("remote_host", "x.x.x.x"),
            ("user", "-"),
            ("time", "23/Nov/2026:10:05:42 +0000"),
            ("request", "GET /xxxxx?* HTTP/1.1"),
            ("status", "200"),
        ),
    ),
    first=minute_of(datetime(2026, 11, 22, 23, 59, tzinfo=UTC)),
    last=minute_of(datetime(2026, 11, 23, 10, 5, tzinfo=UTC)),
)
STRANGE = Explanation(
    file=LogFile("-", None, None, 28),
    format=None,
    wanted="werkzeug",
    votes=(),
    sampled=2,
    timezone=None,
    lines=2,
    entries=0,
    noise={},
    refused={"no known format": 2},
    samples=(Refused(1, "no known format", "xxxx xx xxxx"),),
    entry=None,
    first=None,
    last=None,
)
LOCAL = replace(
    MIXED,
    file=LogFile("-odd name.log", None, 91, 91),
    format="werkzeug",
    wanted="werkzeug",
    votes=(("werkzeug", 1),),
    sampled=1,
    timezone="Asia/Kolkata",
    lines=3,
    entries=1,
    noise={},
    refused={"no known format": 2},
    samples=MIXED.samples[::2],
)


def text(found: Explanation) -> str:
    return "".join(f"{line}\n" for line in lines(found, program=PROGRAM))


@pytest.mark.parametrize(
    ("name", "found"),
    [("mixed", MIXED), ("strange", STRANGE), ("mostly-refused", LOCAL)],
)
def test_the_text(name: str, found: Explanation, gold: Gold) -> None:
    gold(f"explain-{name}.txt", text(found))


def test_the_json(gold: Gold) -> None:
    gold("explain-mixed.json", as_json(MIXED, program=PROGRAM))


def test_the_list(gold: Gold) -> None:
    formats = [
        KnownFormat("combined", "nginx, Apache", '192.0.2.7 - - […] "GET / HTTP/1.1" 200 5', True),
        KnownFormat("werkzeug", "Flask's server", '192.0.2.7 - - […] "GET / HTTP/1.1" 200 -', False),
    ]  # fmt: skip
    gold("formats-list.txt", "".join(f"{line}\n" for line in format_lines(formats)))


ENDS = [
    (replace(MIXED, file=LogFile("a.log", None, 5, 5)), "Understood. To count it:"),
    (replace(STRANGE, refused={}, noise={"banner": 2}), "No requests: all lines are noise."),
    (replace(STRANGE, refused={}, lines=0), "Nothing to read: there is no complete line."),
    (replace(MIXED, file=LogFile("a.gz", "gzip", 5, 5, damage="bad \x1b")),
     r"The archive is damaged (bad \x1b); this is what could be read."),
    (replace(MIXED, file=LogFile("a.gz", "gzip", 5, 5, cut=True)),
     "The archive is incomplete: it is still being written, or was cut off."),
]  # fmt: skip


@pytest.mark.parametrize(("found", "sentence"), ENDS)
def test_the_verdict(found: Explanation, sentence: str) -> None:
    assert sentence in text(found).splitlines()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (MIXED, True),
        (LOCAL, False),
        (STRANGE, False),
        (replace(STRANGE, refused={}), True),
        (replace(LOCAL, entries=2), True),
        (replace(MIXED, file=LogFile("a.gz", "gzip", 5, 5, damage="bad")), False),
    ],
)
def test_a_log_is_understood_if_an_ingest_has_no_problem_with_it(
    found: Explanation, expected: bool
) -> None:
    assert found.understood is expected


def test_the_command_is_one_for_a_shell() -> None:
    words = ["flask-status", "ingest", "--format", "werkzeug", "--log-timezone", "Asia/Kolkata"]
    assert shlex.split(command(LOCAL)) == [*words, "./-odd name.log"]
    assert shlex.split(command(replace(LOCAL, timezone="local", wanted=None))) == [
        *words[:2],
        "./-odd name.log",
    ]


def figures(found: Any) -> set[str]:
    """Every number and every text of a JSON document."""
    if isinstance(found, dict):
        return set().union(*map(figures, found.values()))
    if isinstance(found, list):
        return set().union(*map(figures, found))
    return set() if found is None or isinstance(found, bool) else {str(found)}


@pytest.mark.parametrize("found", [MIXED, STRANGE, LOCAL])
def test_the_text_says_what_the_json_says(found: Explanation) -> None:
    document = json.loads(as_json(found, program=PROGRAM))
    shown = re.sub(r"(?<=\d),(?=\d{3})", "", text(found))
    for key in ("schema_version", "timezone", "first", "last"):
        del document[key]
    for figure in figures(document):
        assert figure in shown or figure == "XXXX \x1b[31mxxxx", figure


ANY = st.text(st.characters(exclude_categories=[]), max_size=80)


@given(ANY, ANY, ANY)
def test_whatever_a_log_holds_every_line_is_printable(path: str, name: str, value: str) -> None:
    found = replace(
        MIXED,
        file=LogFile(path, None, 1, 1, damage=value),
        wanted=name,
        samples=(Refused(1, "no status", value),),
        entry=TakenApart(1, ((name, value),)),
    )
    for line in text(found).split("\n"):
        assert line.isprintable()
    json.loads(as_json(found, program=PROGRAM).encode().decode())
