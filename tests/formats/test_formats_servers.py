"""Lines of servers, as their code or documentation has them: when, what, its status, how long it took."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.formats import FORMAT_NAMES, Noise, Refusal, known_formats, parse_line
from flask_status_cli.formats.families.servers import SERVERS
from flask_status_cli.formats.prefixes.carriers import CARRIERS
from flask_status_cli.model import LogEntry

AT = int(datetime(2026, 11, 23, 10, 5, tzinfo=UTC).timestamp()) // 60

CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "fixtures/formats/servers.jsonl")
    .read_text()
    .splitlines()
]
READ = [case for case in CASES if "format" in case]
REFUSED = [case for case in CASES if "refused" in case]


@pytest.mark.parametrize("case", READ, ids=[case["line"][:60] for case in READ])
def test_a_line_of_a_server_is_read(case: dict[str, Any]) -> None:
    line = case["line"].encode()
    for order in (FORMAT_NAMES, FORMAT_NAMES[::-1], (case["format"],)):
        found = parse_line(line, order=order, zone=UTC)
        assert found == LogEntry(AT, case["method"], case["target"], case["status"])
        assert isinstance(found, LogEntry)
        assert found.duration == case["microseconds"]


def test_every_server_of_the_table_has_a_case() -> None:
    assert {one.name for one in SERVERS} <= {case["format"] for case in READ}


@pytest.mark.parametrize("case", REFUSED, ids=[case["line"][:60] for case in REFUSED])
def test_an_ambiguous_line_is_refused(case: dict[str, Any]) -> None:
    for order in (FORMAT_NAMES, FORMAT_NAMES[::-1]):
        assert parse_line(case["line"].encode(), order=order, zone=UTC) == Refusal(case["refused"])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('INFO:     192.0.2.7:5 - "WebSocket /ws" [accepted]', "websocket"),
        ('192.0.2.7:5 - - [23/Nov/2026:10:05:42] "WSCONNECT /ws/" - -', "websocket"),
        ("(7) accepted ('192.0.2.7', 51200)", "notice"),
        (
            (
                "[2026-11-23 10:05:42 +0000] [8] [INFO] 10.0.0.7:5 - - [23/Nov/2026:10:05:42 +0000] "
                '"GET / 1.1" - - "-" "curl/8"'
            ),
            "message of the server",
        ),
        ("#Version: 1.0", "header of a W3C log"),
        ("INFO:     Application startup complete.", "log record"),
        # Sanic 25.12.1 wrote these when a port scan, or a load balancer's check, closed its connection
        ("Main |2026-11-23 10:05:42 +0000 INFO: B54Cunx NONE http:///* 500 141 ", "other text"),
        (
            "Main |2026-11-23 10:05:42 +0000 INFO: 7B44unx NONE http:///* 500 DISCONNECTED ",
            "other text",
        ),
    ],
)
def test_other_messages_of_servers_are_noise(line: str, reason: str) -> None:
    assert parse_line(line.encode(), zone=UTC) == Noise(reason)


def test_every_format_is_read_after_every_carrier() -> None:
    for one in known_formats():
        alone = parse_line(one.example.encode(), zone=UTC)
        assert isinstance(alone, LogEntry)
        for carrier in CARRIERS:
            for before in carrier.examples:
                found = parse_line(before + one.example.encode(), zone=UTC)
                if carrier.name == "coloredlogs":  # it stands before lines of Python's loggers only
                    continue
                if "before a JSON" in carrier.name and not one.example.startswith("{"):
                    continue
                assert isinstance(found, LogEntry), (one.name, before)
                request = (found.method, found.target, found.status, found.duration)
                assert request == (alone.method, alone.target, alone.status, alone.duration)
