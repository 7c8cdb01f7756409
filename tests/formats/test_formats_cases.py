"""Single lines and what they mean, from the servers' sources and from what was sent to them."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flask_status_cli.formats import FORMAT_NAMES, parse_line
from flask_status_cli.model import LogEntry

Case = dict[str, Any]

CASES: list[Case] = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "fixtures/formats/cases.jsonl")
    .read_text()
    .splitlines()
]
READ = {
    "any",
    "common",
    "combined",
    "vhost-combined",
    "prefix+combined",
    "syslog+combined",
    "werkzeug",
    "werkzeug+logging",
    "wsgiref",
    "nginx-log-format",
    "nginx-json",
    "caddy-json",
    "traefik-json",
    "traefik-clf",
    "json",
    "json+werkzeug",
    "haproxy",
    "uwsgi",
    "tornado",
    "gevent",
    "eventlet",
    "daphne",
    "hypercorn",
    "granian",
    "aws-alb",
    "cloudfront-w3c",
}
ORDERS = [FORMAT_NAMES, FORMAT_NAMES[::-1]]


def read(case: Case, order: tuple[str, ...]) -> object:
    line = base64.b64decode(case["line_b64"]).removesuffix(b"\r")
    order = (case["log_format"],) if "log_format" in case else order
    return parse_line(line, order=order, zone=ZoneInfo("Asia/Kolkata"), newest=None)


def agrees(result: object, outcome: Case) -> bool:
    if outcome["kind"] == "not_request" or not isinstance(result, LogEntry):
        return bool(outcome["kind"] == "not_request") != isinstance(result, LogEntry)
    time = outcome.get("time") or {}
    utc = time.get("utc")
    if utc is not None and datetime.fromisoformat(utc).timestamp() // 60 != result.minute:
        return False
    expected = tuple(outcome.get(key) for key in ("method", "target", "status"))
    return expected == (result.method, result.target, result.status)


def outcomes(case: Case) -> list[Case]:
    return [case["expect"], *({**case["expect"], **alt} for alt in case.get("alt") or ())]


@pytest.mark.parametrize("order", ORDERS, ids=["clf first", "werkzeug first"])
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_line_means_what_its_server_meant(case: Case, order: tuple[str, ...]) -> None:
    result = read(case, order)
    if case["format"] in READ or isinstance(result, LogEntry):
        assert any(agrees(result, outcome) for outcome in outcomes(case)), result


def test_every_format_of_this_release_has_cases() -> None:
    assert {case["format"] for case in CASES} >= READ
