"""Requests that are read many at once have the rules that the reference parser finds for them."""

from __future__ import annotations

import os
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.formats import parse_line
from flask_status_cli.formats.counting.plain_requests import PlainRequests
from flask_status_cli.model import LogEntry
from flask_status_cli.routes import DISCOVERY, fold
from flask_status_cli.tally import Tally

EXAMPLES = int(os.environ.get("EXAMPLES", "200"))
PIECES = st.sampled_from([
    "/", "/", "/", "users", "17", "0", "1" * 20, "1" * 21, "HTTP", "HTTP/1.1", "?", "?a=/7/b", "#",
    "a.css", "a.b", "2026-11-23", "a@b", "eyJx.y.z", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "-", "x" * 250,
    ";", "%2F", "%41", "\u00e9", "<",
    "\\\\", "\\x22", "=", "://h", " ", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
])  # fmt: skip
REQUESTS = st.tuples(
    st.sampled_from(["GET", "POST", "get", "G-T", ""]),
    st.lists(PIECES, max_size=7).map("".join),
    st.sampled_from(["HTTP/1.1", "HTTP/2", "HTTP/1.", "HTTP/1.12", ""]),
    st.sampled_from(["200", "404", "000", "2000", "20"]),
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(REQUESTS, max_size=6))
def test_plain_requests_have_the_rules_that_the_reference_finds(
    requests: list[tuple[str, str, str, str]],
) -> None:
    tally = Tally(DISCOVERY.rule_of, rule_of_path=DISCOVERY.rule_of_path)
    assert tally.code_of_path is not None
    keys = [f'{method} /{path} {end}" {status} ' for method, path, end, status in requests]
    codes = PlainRequests(tally.code_of_path).codes([key.encode() for key in keys], lambda _: None)
    for key, code in zip(keys, codes, strict=True):
        if code is not None:
            line = f'192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] "{key}5'
            entry = parse_line(line.encode(), order=["common"], zone=UTC)
            assert isinstance(entry, LogEntry)
            assert tally.keys[code] == (fold(entry.target), entry.status)


def test_usual_requests_are_plain_and_others_are_handed_on() -> None:
    tally = Tally(DISCOVERY.rule_of, rule_of_path=DISCOVERY.rule_of_path)
    assert tally.code_of_path is not None
    others: list[bytes] = []
    keys = [
        b'GET /users/17?page=2 HTTP/1.1" 200 ',
        b'GET /caf%C3%A9 HTTP/1.1" 200 ',
        b'POST /users/4711 HTTP/2.0" 200 ',
        b'GET /static/site.css HTTP/1.0" 304 ',
    ]
    codes = list(PlainRequests(tally.code_of_path).codes(keys, others.append))
    assert codes == [0, None, 0, 1]
    assert others == [keys[1]]
    assert tally.keys == (("/users/<int:id>", 200), ("/static/<path:file>", 304))
