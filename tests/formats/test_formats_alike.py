"""Requests that are taken for the same are of the same rule and status, whoever reads them."""

from __future__ import annotations

import os
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.formats import LineCounter, parse_line
from flask_status_cli.model import LogEntry
from flask_status_cli.routes import DISCOVERY, MAX_BYTES, alike, fold
from flask_status_cli.tally import Tally

EXAMPLES = int(os.environ.get("EXAMPLES", "150"))

PIECE = st.one_of(
    st.sampled_from([
        "/", "//", "?", "??", " ", "  ", ".", ";", "#", "%2F", "%3F", "\\", '\\"', '"', "\x1b[31m", "\x1b[0m",
        "HTTP/1.1", "HTTP/2", "HTTP/12", "HTTP", "GET", "http://", ":80", "a", "css", ".css", "é", "\x00",
        " HTTP/1.1", " HTTP/2.0", '" 200 ', '" 500 -', "?a=1&b=/2/3", "/7", "/0042", "/123456789012345678901",
    ]),
    st.from_regex(r"/[0-9]{1,21}", fullmatch=True),
    st.from_regex(r"[a-z0-9]{1,4}", fullmatch=True),
)  # fmt: skip
TARGET = st.lists(PIECE, max_size=9).map("".join)
REQUEST = st.one_of(
    st.builds("GET /{} HTTP/1.1".format, TARGET),
    st.builds("GET {} HTTP/{}".format, TARGET, st.sampled_from(["1.0", "2", "12", "2 ", "3 /1"])),
    TARGET,
)
LINES = (
    ("combined", '10.0.0.1 - - [23/Nov/2026:10:05:42 +0000] "{}" {} 5 "-" "-"'),
    ("werkzeug", '10.0.0.1 - - [23/Nov/2026 10:05:42] "{}" {} -'),
)


@pytest.mark.parametrize(("name", "line"), LINES)
@settings(max_examples=EXAMPLES)
@given(request=REQUEST, padding=st.sampled_from([0, 0, 0, MAX_BYTES - 30, MAX_BYTES - 20]))
def test_similar_requests_have_the_rule_and_status_of_the_reference_parser(
    name: str, line: str, request: str, padding: int
) -> None:
    request = request.replace("/7", "/7" + "b" * padding, 1)
    log = [line.format(request, status).encode() for status in (200, 404)]
    expected = [parse_line(one, order=[name], zone=UTC) for one in log]
    tally = Tally(DISCOVERY.rule_of)
    counter = LineCounter(tally.code, order=[name], zone=UTC, alike=alike)
    for one, found in zip(log, expected, strict=True):
        counter.feed(one + b"\n")
        minutes = counter.take().minutes
        met = [tally.keys[code] for codes in minutes.values() for code in codes]
        wanted = [(fold(found.target), found.status)] if isinstance(found, LogEntry) else []
        assert met == wanted


@pytest.mark.parametrize(
    ("request_line", "same"),
    [
        (b'GET /user/17/posts/4?page=2 HTTP/1.1" 200 ', b'GET /user/0/posts/0? HTTP/1.1" 200 '),
        (b'\x1b[33mGET /12 HTTP/1.1\x1b[0m" 404 -', b'\x1b[33mGET /0 HTTP/1.1\x1b[0m" 404 -'),
        (b'GET /12 HTTP/12" 200 ', None),  # a path that holds a blank
        (b'GET /12 HTTP/1.1\x1b[0m" 200 ', None),  # the same: no color has begun
        (b'GET /12 HTTP/1.1" x" 200 -', None),
        (b'GET /v1.2/x9/9x/123456789012345678901 HTTP/1.1" 200 ', None),
        (b'GET /search?q="/1" HTTP/1.1" 200 -', None),
        (b"GET /9/" + b"x" * MAX_BYTES, None),
    ],
)
def test_requests_that_differ_in_numbers_and_queries_are_similar(
    request_line: bytes, same: bytes | None
) -> None:
    assert alike(request_line) == (same or request_line)
