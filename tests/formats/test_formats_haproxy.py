"""Log formats of HAProxy, as its configuration has them.

The lines were written by HAProxy 2.6.12 with these formats, or follow its configuration manual.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from flask_status_cli.errors import OptionError
from flask_status_cli.formats import Refusal, lookup, parse_line
from flask_status_cli.model import LogEntry
from tests.formats.count_in_two_ways import in_bulk, one_by_one

KOLKATA = ZoneInfo("Asia/Kolkata")
AT = 29932528  # 16:58 on 29 November 2026 in Kolkata

CUSTOM = "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq %ST %{+Q}r"
COUNTS = "%ac/%fc/%bc/%sc/%rc %sq/%bq"
HTTPLOG = (
    f"%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc {COUNTS} %hr %hs %{{+Q}}r"
)
SYSLOG = "<134>Nov 29 16:58:42 lb haproxy[28124]: "
HEAD = "127.0.0.1:40078 [29/Nov/2026:16:58:41.955] web app/a1 "
Read = tuple[str | None, str | None, int, int | None]
LINES: list[tuple[str, str, Read]] = [
    (CUSTOM, SYSLOG + HEAD + '0/0/5 121 -- 1/1/0/0/0 0/0 200 "GET /s/200/m0001 HTTP/1.1"',
     ("GET", "/s/200/m0001", 200, 5_000)),
    (CUSTOM, SYSLOG + HEAD + '0/0/0 121 -- 1/1/0/0/0 0/0 200 "GET /s?a=%22&b=#22c#22&d=\\ HTTP/1.1"',
     ("GET", '/s?a=%22&b="c"&d=\\', 200, 0)),
    (CUSTOM, SYSLOG + HEAD + '-1/-1/0 0 CR 2/2/0/0/0 0/0 400 "<BADREQ>"', (None, None, 400, 0)),
    (CUSTOM, HEAD + '0/0/1204 121 -- 1/1/0/0/0 0/0 500 "GET /slow HTTP/1.1"',
     ("GET", "/slow", 500, 1_204_000)),
    (HTTPLOG, HEAD + '0/0/1/12/13 200 512 - - ---- 1/1/0/0/0 0/0 "GET /a HTTP/1.1"',
     ("GET", "/a", 200, 13_000)),
    (HTTPLOG,
     HEAD + '0/0/1/12/13 200 512 - - ---- 1/1/0/0/0 0/0 {shop.example|curl/8 x} {} "GET /a HTTP/1.1"',
     ("GET", "/a", 200, 13_000)),
    (HTTPLOG, HEAD + '0/0/1/12/13 200 512 - - ---- 1/1/0/0/0 0/0 {x} "POST /a#22b HTTP/1.1"',
     ("POST", '/a"b', 200, 13_000)),
    (HTTPLOG, HEAD + '-1/-1/-1/-1/+12 -1 +0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"', (None, None, 0, None)),
    ('log-format "%ci - - [%trl] %{+Q}r %ST %B %Ta"',
     '127.0.0.1 - - [29/Nov/2026:16:58:41 +0530] "GET /a HTTP/1.1" 200 12 33', ("GET", "/a", 200, 33_000)),
    ("%ci\\ [%T]\\ %HM\\ %HU\\ %ST\\ %Tr\\ %Tt",
     "127.0.0.1 [29/Nov/2026:11:28:41 +0000] GET /s?a=1 200 12 33",
     ("GET", "/s?a=1", 200, 33_000)),
    ("%Ts %HM %HP %ST %[capture.req.hdr(0)]", "1795951721 GET /s#22 200 foo", ("GET", '/s"', 200, None)),
    ("%ST %Ta %{+Q}[capture.req.hdr(0)] %tr %{+Q}r",
     '404 33 "x y" 29/Nov/2026:16:58:41.703 "GET /a HTTP/1.1"',
     ("GET", "/a", 404, 33_000)),
]  # fmt: skip


@pytest.mark.parametrize(("log_format", "line", "expected"), LINES)
def test_a_line_of_haproxy_is_read_with_its_log_format(
    log_format: str, line: str, expected: Read
) -> None:
    found = parse_line(line.encode(), order=(log_format,), zone=KOLKATA)
    assert isinstance(found, LogEntry), found
    assert (found.method, found.target, found.status, found.duration) == expected
    assert found.minute == AT
    log = f"{line}\n".encode() * 20
    assert in_bulk([log], log_format, KOLKATA) == one_by_one(log, log_format, KOLKATA)


def test_a_request_that_haproxy_has_cut_is_refused() -> None:
    line = HEAD + '0/0/0 121 -- 1/1/0/0/0 0/0 200 "GET /s?long=yyyyyyyy'
    assert parse_line(line.encode(), order=(CUSTOM,), zone=KOLKATA) == Refusal("no known format")


@pytest.mark.parametrize(
    ("log_format", "what"),
    [
        ("%ci %ST %{+Q}r", "lacks a time"),
        ("[%tr] %ST %HM", "lacks a request"),
        ("%{+Q}o [%tr] %ST %r", "quotes some of the fields"),
        ("[%tr] %ST %{+Q}r %", "is not an alias"),
    ],
)
def test_a_log_format_that_cannot_be_used_is_refused(log_format: str, what: str) -> None:
    with pytest.raises(OptionError, match=what):
        lookup(log_format)
