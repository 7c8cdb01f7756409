"""The formats for people: each has a line of it, and the line is one."""

from __future__ import annotations

from datetime import UTC

import pytest

from flask_status_cli.formats import FORMAT_NAMES, columns, detect, known_formats, parse_line
from flask_status_cli.model import KnownFormat, LogEntry

OF_ANOTHER = {"json", "ltsv", "logfmt", "uvicorn"}
"""Formats whose time is as somebody else writes it."""

ALWAYS_UTC = {
    "aws_alb",
    "aws_elb",
    "cloudfront",
    "cpanel",
    "envoy",
    "gorouter",
    "squid",
    "odoo",
    "common_other_time",
}


def test_every_format_is_listed_in_its_order() -> None:
    assert tuple(one.name for one in known_formats()) == FORMAT_NAMES


@pytest.mark.parametrize("one", known_formats(), ids=lambda one: one.name)
def test_the_example_of_a_format_is_read_as_it(one: KnownFormat) -> None:
    line = one.example.encode()
    assert isinstance(parse_line(line, order=[one.name], zone=UTC), LogEntry)
    assert detect(line).name == one.name
    if one.name not in OF_ANOTHER:
        assert one.carries_zone == ("+0000" in one.example or one.name in ALWAYS_UTC)


COMMON = [("remote_host", b"10.0.0.1"), ("ident", b"-"), ("user", b"-")]
AT = ("time", b"23/Nov/2026:10:05:42 +0000")
GET = ("request", b"GET / HTTP/1.1")

LINES = [
    (b'10.0.0.1 - - [23/Nov/2026:10:05:42 +0000] "GET / HTTP/1.1" 200 5',
     [*COMMON, AT, GET, ("status", b"200"), ("size", b"5")]),
    (b'10.0.0.1 - a b [23/Nov/2026:10:05:42 +0000] "a\\"b" 400 - "-" "c\\"d" 0.003 "e"',
     [*COMMON[:2], ("user", b"a b"), AT, ("request", b'a\\"b'), ("status", b"400"), ("size", b"-"),
      ("referer", b"-"), ("user_agent", b'c\\"d'), ("rest", b'0.003 "e"')]),
    (b'shop.example:443 10.0.0.1 - - [23/Nov/2026:10:05:42 +0000] "GET / HTTP/1.1" 200 5 "-" "c"',
     [("vhost", b"shop.example:443"), *COMMON, AT, GET, ("status", b"200"), ("size", b"5"),
      ("referer", b"-"), ("user_agent", b"c")]),
    (b'10.0.0.2, 10.0.0.1 - - [23/Nov/2026:10:05:42 +0000] "GET / HTTP/1.1" 200 5',
     [("before", b"10.0.0.2,"), *COMMON, AT, GET, ("status", b"200"), ("size", b"5")]),
    (b'INFO:werkzeug:10.0.0.1 - - [23/Nov/2026 10:05:42] "GET /a"b HTTP/1.1" 404 -',
     [("remote_host", b"INFO:werkzeug:10.0.0.1"), *COMMON[1:], ("time", b"23/Nov/2026 10:05:42"),
      ("request", b'GET /a"b HTTP/1.1'), ("status", b"404"), ("size", b"-")]),
    (b'Nov 23 10:05:42 web nginx[7]: 10.0.0.1 - - [23/Nov/2026:10:05:42 +0000] "GET / HTTP/1.1" 200 5',
     [("before", b"Nov 23 10:05:42 web nginx[7]:"), *COMMON, AT, GET, ("status", b"200"), ("size", b"5")]),
    (b'10.0.0.1 [23/Nov/2026:10:05:42 +0000] "GET / HTTP/1.1" 200 5',
     [("before", b"10.0.0.1 "), AT, GET, ("status", b"200"), ("size", b"5")]),
    (b"something else", [("rest", b"something else")]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "found"), LINES)
def test_an_example_is_split_into_fields(line: bytes, found: list[tuple[str, bytes]]) -> None:
    assert columns(line) == found
