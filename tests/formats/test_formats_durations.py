"""Durations as they are logged, in whole microseconds."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from flask_status_cli.formats import LineCounter, parse_line
from flask_status_cli.formats.durations import (
    EITHER,
    MICROSECONDS,
    MILLISECONDS,
    NANOSECONDS,
    SECONDS,
    microseconds,
)
from flask_status_cli.model import LogEntry
from flask_status_cli.model.duration_buckets import CODES, bucket_of


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
        ("61234000000ns", SECONDS, 61_234_000),
        ("1m2.5s", SECONDS, 62_500_000),
        ("1h0m0.25s", SECONDS, 3_600_250_000),
        (str(timedelta(seconds=61.5)), MILLISECONDS, 61_500_000),
        (str(timedelta(microseconds=12_345)), SECONDS, 12_345),
        ("00:00:00.0125", SECONDS, 12_500),  # .NET's TimeSpan
        ("10:05:42.5", SECONDS, None),  # a time of day
        ("0.5 seconds", MILLISECONDS, 500_000),
        ("1 second", MILLISECONDS, 1_000_000),
        ("12.5 milliseconds", SECONDS, 12_500),
        ("7 microseconds", SECONDS, 7),
        ("0.123456", NANOSECONDS, None),
        ("1234567.0", NANOSECONDS, 1_234),
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


@pytest.mark.parametrize(
    "line",
    [
        # Traefik's Duration, slog-http's latency and kamal-proxy's duration are time.Duration of Go
        (
            '{"DownstreamStatus":200,"Duration":%d,"RequestMethod":"GET","RequestPath":"/a",'
            '"StartUTC":"2026-11-23T10:05:42.1Z","time":"2026-11-23T10:05:43Z"}'
        ),
        (
            '{"time":"2026-11-23T10:05:42Z","level":"INFO","msg":"Request","path":"/a","status":200,'
            '"duration":%d,"method":"GET","req_content_length":0,"req_content_type":""}'
        ),
        (
            '{"time":"2026-11-23T10:05:42Z","level":"INFO","msg":"Incoming request","method":"GET",'
            '"path":"/a","status":200,"latency":%d}'
        ),
    ],
    ids=["Traefik", "kamal-proxy", "slog"],
)
def test_durations_in_nanoseconds_are_read_whether_shorter_or_longer_than_a_second(
    line: str,
) -> None:
    durations = {357_313: 357, 999_999_999: 999_999, 61_234_000_000: 61_234_000}
    for nanoseconds, took in durations.items():
        found = parse_line((line % nanoseconds).encode(), order=("json",), zone=UTC)
        assert isinstance(found, LogEntry)
        assert found.duration == took
    counter = LineCounter(lambda _method, _target, status: status, order=["json"], zone=UTC)
    counter.feed("".join(f"{line % nanoseconds}\n" for nanoseconds in durations).encode() * 99)
    cells = counter.take().durations
    counted = {key // CODES: n for row in cells.values() for key, n in row.items()}
    assert counted == {bucket_of(took): 99 for took in durations.values()}


def test_only_lines_with_a_level_of_slog_have_its_unit() -> None:
    line = (
        '{"time":"2026-11-23T10:05:42Z","level":"%s","msg":"x","method":"GET","path":"/a","status":200,'
        '"latency":%d}\n'
    )
    lines = [line % ("INFO", 12_345_678), line % ("info", 40), line % ("ERROR", 7_000_000)]
    for first in range(3):
        counter = LineCounter(lambda _method, _target, status: status, order=["json"], zone=UTC)
        counter.feed("".join(lines[first:] + lines[:first]).encode() * 99)
        cells = counter.take().durations
        counted = {key // CODES: n for row in cells.values() for key, n in row.items()}
        assert counted == {bucket_of(took): 99 for took in (12_345, 40_000, 7_000)}
