"""Deploys at the command line: marked, listed, removed; and what is said of what cannot be."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest

from flask_status_cli.cli.commands.completion import deploy_values
from tests.postgresql_server import PostgresqlServer

Call = Callable[..., Any]

SHOP = Path(__file__).parents[2] / "fixtures/shop.log.gz"

LINE = "1: 2026-11-23 10:02 UTC, v1.2: new checkout"


@pytest.fixture
def marked(call: Call, log: Path) -> None:
    assert call("ingest", "-q", log).status == 0
    at = ("--at", "2026-11-23T11:02:59+01:00", "--note", "new checkout")
    told = call("deploy", "mark", "v1.2", *at)
    assert (told.status, told.out, told.err) == (0, "", f"marked deploy {LINE}\n")


@pytest.mark.usefixtures("marked")
def test_a_script_may_mark_again(call: Call) -> None:
    told = call("deploy", "mark", " v1.2 ", "--at", "2026-11-23T10:02")
    assert (told.status, told.err) == (0, f"marked already: deploy {LINE}\n")
    assert call("deploy", "list").out == f"{LINE}\n"


@pytest.mark.usefixtures("marked")
def test_deploys_are_listed_the_latest_first(call: Call) -> None:
    call("deploy", "mark", "v1.3", "--at", "2026-11-24", "--label", "shop")
    newest = "2: 2026-11-24 00:00 UTC, v1.3 (label shop)"
    assert call("deploy", "list").out == f"{newest}\n{LINE}\n"
    assert call("deploy", "list", "--timezone", "Asia/Kolkata").out.splitlines()[1] == (
        "1: 2026-11-23 15:32 +05:30, v1.2: new checkout"
    )
    deploys = json.loads(call("deploy", "list", "--json").out)
    first = {
        "id": 1,
        "version": "v1.2",
        "at": "2026-11-23T10:02:00Z",
        "label": "",
        "note": "new checkout",
    }
    assert (deploys["schema_version"], deploys["deploys"][1]) == (1, first)


@pytest.mark.usefixtures("marked")
def test_a_deploy_without_a_time_is_marked_now(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 25, 8, 30, 59, tzinfo=UTC)
    monkeypatch.setattr("flask_status_cli.cli.commands.deploy.clock", lambda: now)
    assert call("deploy", "mark", "v2").err == "marked deploy 2: 2026-11-25 08:30 UTC, v2\n"


@pytest.mark.usefixtures("marked")
def test_a_label_that_no_route_has_is_reported(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = call("deploy", "mark", "v1", "--at", "2026-11-23", "--label", "shpo")
    assert told.err.endswith(" v1 (label shpo)\nno route has the label shpo so far\n")
    (tmp_path / "flask-status.toml").write_text('label = "shop"\n')
    monkeypatch.chdir(tmp_path)
    told = call("deploy", "mark", "v1", "--at", "2026-11-23")
    assert told.err == (
        "marked deploy 3: 2026-11-23 00:00 UTC, v1 (label shop)\nno route has the label shop so far\n"
    )


@pytest.mark.usefixtures("marked")
def test_a_deploy_is_removed_by_its_version_or_its_id(call: Call) -> None:
    call("deploy", "mark", "v1.2", "--at", "2026-11-24")
    call("deploy", "mark", "2", "--at", "2026-11-25")
    told = call("deploy", "remove", "v1.2")
    assert (told.status, told.err) == (
        1,
        "flask-status: v1.2: was deployed more than once; give an id: 2, 1\n",
    )
    # A version comes before an id.
    assert call("deploy", "remove", "2").err == "removed deploy 3: 2\n"
    assert call("deploy", "remove", "2").err == "removed deploy 2: v1.2\n"
    assert call("deploy", "list").out == f"{LINE}\n"
    told = call("deploy", "remove", "\x1b[31mv9")
    assert (told.status, told.err) == (
        1,
        "flask-status: \\x1b[31mv9: no such deploy; flask-status deploy list shows them\n",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mark"], "Missing argument 'VERSION'"),
        (["mark", " "], 'VERSION: it is empty; give one, such as "v1.2"'),
        (["mark", "v" * 101], "VERSION: it has 101 characters; use at most 100"),
        (["mark", "v1", "--note", "n" * 501], "--note: it has 501 characters; use at most 500"),
        (["mark", "v1", "--label", "l" * 201], "--label: it has 201 characters; use at most 200"),
        (
            ["mark", "v1", "--at", "today"],
            "--at: 'today' is not an instant; use for example 2026-11-23",
        ),
        (["mark", "v1", "--timezone", "Mars"], "--timezone: 'Mars' is not a time zone"),
    ],
)
@pytest.mark.usefixtures("marked")
def test_an_invalid_deploy_is_reported_in_a_line(
    call: Call, arguments: list[str], said: str
) -> None:
    told = call("deploy", *arguments)
    assert (told.status, said in told.err) == (2, True), told.err
    assert call("deploy", "list").out == f"{LINE}\n"


@pytest.mark.usefixtures("marked")
def test_hostile_text_is_one_line_without_commands(call: Call) -> None:
    version, note = "v\x1b]0;x\x07\n\u202e[red]", "<b>caf\udce9\r\n"
    told = call("deploy", "mark", version, "--at", "2026-11-24", "--note", note)
    line = "2: 2026-11-24 00:00 UTC, v\\x1b]0;x\\x07\\x0a\\u202e[red]: <b>caf\\udce9\\x0d\\x0a"
    assert told.err == f"marked deploy {line}\n"
    assert call("deploy", "list").out == f"{line}\n{LINE}\n"
    assert call("deploy", "list", "--json").out.isascii()


def test_no_command_makes_a_database(call: Call, database: Path) -> None:
    for arguments in (["mark", "v1"], ["list"], ["remove", "v1"]):
        told = call("deploy", *arguments)
        assert (told.status, "the database does not exist" in told.err) == (1, True)
    assert not database.exists()


@pytest.mark.usefixtures("marked")
def test_a_locked_database_is_the_same_error_as_for_maintenance(
    call: Call, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flask_status_cli.store.writer.BUSY_TIMEOUT", 0.1)
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        told = [call("maintenance", "add", "--for", "1h"), call("deploy", "mark", "v2")]
    finally:
        connection.close()
    assert told[0] == told[1]
    assert (told[1].status, "lock" in told[1].err) == (1, True)


def test_a_database_that_may_not_be_written_is_the_same_error_as_for_maintenance(
    without_rights: Call, call: Call, database: Path, log: Path
) -> None:
    call("ingest", "-q", log)
    database.chmod(0o444)
    told = [
        without_rights(*command, database=database)
        for command in (["maintenance", "add", "--for", "1h"], ["deploy", "mark", "v2"])
    ]
    assert (told[0], told[1].status) == (told[1], 1)


def test_deploys_are_pruned_with_their_quarters(call: Call, log: Path, tmp_path: Path) -> None:
    call("ingest", "-q", log)
    for version, at in (("old", "2026-10-13T10:10"), ("kept", "2026-11-22T10:10")):
        call("deploy", "mark", version, "--at", at)
    assert call("db", "prune", "-q").status == 0
    assert call("deploy", "list").out.count("\n") == 2
    config = tmp_path / "days.toml"
    config.write_text("[retention]\ndays = 40\n")
    assert call("--config", config, "db", "prune", "-q").status == 0
    assert call("deploy", "list").out == "2: 2026-11-22 10:10 UTC, kept\n"


@pytest.mark.usefixtures("marked")
def test_a_copy_has_the_deploys_and_continues_their_ids(
    call: Call, tmp_path: Path, postgresql: PostgresqlServer
) -> None:
    url = postgresql.new_schema()
    assert call("db", "copy", "-q", "--to", url, "--host", "web1").status == 0
    assert call("db", "backup", "-q", tmp_path / "backup.db").status == 0
    for database in (url, tmp_path / "backup.db"):
        assert call("--db", database, "deploy", "list").out == f"{LINE}\n"
        told = call("--db", database, "deploy", "mark", "v2", "--at", "2026-11-24")
        assert told.err == "marked deploy 2: 2026-11-24 00:00 UTC, v2\n"


MARKS = [
    ("v1.0", "2025-11-03T09:00"),
    ("v1.1", "2025-11-20T08:32"),
    ("v1.1.1", "2025-11-20T09:47"),
    ("v1.2", "2025-11-30T19:21"),
]


@cache
def requests_of_the_shop() -> list[tuple[str, str]]:
    """The minute and the status of each line of the shop's log."""
    with gzip.open(SHOP, "rt") as log:
        found = [re.search(r'\[([^]]+)\] "[^"]*" (\d\d\d) ', line) for line in log]
    return [
        (f"{datetime.strptime(match[1], '%d/%b/%Y:%H:%M:%S %z'):%Y-%m-%dT%H:%M:00Z}", match[2])
        for match in found
        if match
    ]


def of_lines(start: str, end: str) -> tuple[int, int]:
    """How many lines of the shop's log lie between two instants, and how many of them have a 5xx."""
    codes = [code for minute, code in requests_of_the_shop() if start <= minute < end]
    return len(codes), sum(code.startswith("5") for code in codes)


def test_before_and_after_are_what_a_count_of_the_lines_gives(call: Call) -> None:
    call("ingest", "-q", SHOP)
    for version, at in MARKS:
        call("deploy", "mark", version, "--at", at)
    report = json.loads(call("report", "--json", "--now", "last").out)
    told = [(each["version"], each["minutes"], each["extent"]) for each in report["deploys"]]
    assert told == [
        ("v1.2", 54, "so_far"),
        ("v1.1.1", 75, "previous_deploy"),
        ("v1.1", 75, "next_deploy"),
        ("v1.0", 1440, "day"),
    ]
    for deploy in report["deploys"]:
        for side in (deploy["before"], deploy["after"]):
            counted = of_lines(side["from"], side["to"])
            assert (side["requests"], side["server_errors"]) == counted
            minutes = datetime.fromisoformat(side["to"]) - datetime.fromisoformat(side["from"])
            assert minutes == timedelta(minutes=deploy["minutes"])
    near = {
        each["id"]: each["deploy"] and each["deploy"]["version"] for each in report["incidents"]
    }
    assert near == {"3f4c6e7f": "v1.2", "c440aa17": None, "a724b89d": "v1.1", "8d53cbda": None}
    alone = json.loads(call("deploy", "show", "v1.1", "--json", "--now", "last").out)
    assert alone["deploy"] == report["deploys"][2]
    assert [each["id"] for each in alone["incidents"]] == ["a724b89d"]


UNTOUCHED = [
    ("report", "--csv", "--now", "last"),
    ("report", "--prometheus", "-", "--now", "last"),
    ("counts",),
    ("routes", "list", "--json"),
    ("check", "--now", "last"),
    ("check", "--burn", "--now", "last"),
]


def test_a_deploy_changes_no_figure_in_any_medium(call: Call, tmp_path: Path) -> None:
    call("ingest", "-q", SHOP)

    def figures() -> list[str]:
        report = json.loads(call("report", "--json", "--now", "last").out)
        report["deploys"] = []
        for each in report["incidents"]:
            each["deploy"] = None
        lines = call("report", "--now", "last").out.splitlines()
        text = [line for line in lines if "deploy" not in line.lower()]
        return [*(call(*each).out for each in UNTOUCHED), json.dumps(report), *text]

    before = figures()
    call("deploy", "mark", "v1.0", "--at", "2025-11-20T08:50")
    call("deploy", "mark", "v1.2", "--at", "2025-11-30T19:47")
    assert figures() == before


def test_what_is_named_with_an_open_incident(call: Call) -> None:
    call("ingest", "-q", SHOP)
    call("deploy", "mark", "v1.2|\x1b", "--at", "2025-11-30T19:25")
    said = "egan 2 min after deploy v1.2"
    told = call("check", "--incidents", "--now", "last")
    assert f"b{said}\\x7c\\x1b, 6 of 7 requests failed" in told.out
    for command in (["incidents", "show", "3f4c6e7f"], ["report"], ["incidents", "--csv"]):
        shown = call(*command, *(["--now", "last"] if command == ["report"] else []))
        assert "v1.2|\\x1b" in shown.out
    assert "v1&#46;2&#124;&#92;x1b" in call("incidents", "--markdown").out


def test_one_deploy_is_shown_by_its_version_or_its_id(call: Call) -> None:
    call("ingest", "-q", SHOP)
    for version, at in MARKS:
        call("deploy", "mark", version, "--at", at)
    shown = call("deploy", "show", "v1.2", "--now", "last")
    assert shown.out.startswith("Deploy v1.2, 2025-11-30 19:21 UTC (4)\n")
    assert call("deploy", "show", "4", "--now", "last") == shown
    spanish = call("deploy", "show", "4", "--now", "last", "--lang", "es").out
    assert spanish.startswith("Despliegue v1.2, 2025-11-30 19:21 UTC (4)\n")
    call("deploy", "mark", "v3", "--at", "2025-11-30T20:00", "--label", "shop", "--note", "new")
    listed = call("deploy", "list", "--lang", "es").out
    assert listed.startswith("5: 2025-11-30 20:00 UTC, v3 (etiqueta shop): new\n")
    told = call("deploy", "list", "--json", "--lang", "es")
    assert "--json has no language; leave out --lang" in told.err
    told = call("deploy", "show", "v9")
    assert (told.status, told.err) == (
        1,
        "flask-status: v9: no such deploy; flask-status deploy list shows them\n",
    )


@pytest.mark.usefixtures("marked")
def test_versions_are_completed(call: Call, database: Path) -> None:
    call("deploy", "mark", "v1.3", "--at", "2026-11-24")
    call("deploy", "mark", "w1", "--at", "2026-11-25")
    context = click.Context(click.Command("show"))
    context.meta["flask_status_cli.db"] = str(database)
    found = deploy_values.versions(context, click.Argument(["named"]), "v")
    assert [(each.value, each.help) for each in found] == [
        ("v1.3", "2026-11-24 00:00 UTC"),
        ("v1.2", "2026-11-23 10:02 UTC"),
    ]
