"""Durations as they are logged, in whole microseconds."""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path

import pytest

from flask_status_cli.formats import parse_line
from flask_status_cli.formats.durations import (
    EITHER,
    MICROSECONDS,
    MILLISECONDS,
    NANOSECONDS,
    SECONDS,
    microseconds,
)
from flask_status_cli.model import LogEntry


@pytest.mark.parametrize(
    ("text", "unit", "found"),
    [
        ("0.012", SECONDS, 12_000),
        ("12", MILLISECONDS, 12_000),
        ("0.7", MILLISECONDS, 700),
        ("12", MICROSECONDS, 12),
        ("1234567", NANOSECONDS, 1_234),
        ("0.0000012", SECONDS, 1),
        ("2.4e-05", SECONDS, 24),
        ("1e3", SECONDS, 1_000_000_000),
        ("0.5", EITHER, 500_000),
        ("12", EITHER, 12_000),
        ("12ms", SECONDS, 12_000),
        ("12 msecs", SECONDS, 12_000),
        ("68 micros", SECONDS, 68),
        ("123.456µs", MILLISECONDS, 123),
        ("1m2.5s", SECONDS, 62_500_000),
        ("1h0m0.25s", SECONDS, 3_600_250_000),
        ("-1", SECONDS, None),
        ("-", SECONDS, None),
        ("", SECONDS, None),
        ("NaN", SECONDS, None),
        ("12 apples", SECONDS, None),
        ("9" * 18, SECONDS, None),
        ("1e99", SECONDS, None),
        ("1" * 5000, SECONDS, None),
    ],
)
def test_a_duration_is_read_in_its_unit(text: str, unit: str, found: int | None) -> None:
    assert microseconds(text, unit) == found


INGRESS = (
    '192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] "GET /a HTTP/2.0" 502 552 "-" "curl/8" 27 0.123 '
    "[web-80] [] 10.0.0.1:80, 10.0.0.2:80 0, 1 0.000, 1.000 502, 403 3db73c"
)
TRAEFIK = (
    '192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] "GET /a HTTP/2.0" 502 12 "-" "-" 1 "web@docker" '
    '"http://10.0.0.1:80" 3ms'
)


@pytest.mark.parametrize(
    ("end", "line", "took"),
    [("$upstream_status $req_id", INGRESS, 123_000), ("%{ms}Tms", TRAEFIK, 3_000)],
)
def test_the_formats_of_the_documentation_read_durations(end: str, line: str, took: int) -> None:
    page = (Path(__file__).parents[2] / "docs/formats.md").read_text("utf-8")
    (format_,) = re.findall(rf"--format '([^']*{re.escape(end)})'", page)
    found = parse_line(line.encode(), order=(format_,), zone=UTC)
    assert isinstance(found, LogEntry)
    assert (found.status, found.duration) == (502, took)
