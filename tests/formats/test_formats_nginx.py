"""nginx log_format strings: the server's status, time and request are read, whatever else a line holds."""

from __future__ import annotations

import time
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.errors import OptionError
from flask_status_cli.formats import LineCounter, Refusal, detect, fields, lookup, parse_line
from flask_status_cli.formats.counting.totals import Totals
from flask_status_cli.formats.prefixes.carriers import CARRIERS, Carrier
from flask_status_cli.formats.registry import compile_layout
from flask_status_cli.model import LogEntry
from tests.examples import examples

ISO = "$time_iso8601 $status $request_method $uri $request_time"
STAMP = "2026-11-28T10:00:00+00:00"
MINUTE = 29_931_000  # 2026-11-28T10:00Z: 20,785 days and 600 minutes
COMBINED = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'


def read(text: str, line: str) -> object:
    return lookup(text).family.read(line.encode(), zone=UTC, newest=None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "$remote_addr",
            "lacks a status ($status) and a time ($time_local, $time_iso8601 or $msec) and a request (",
        ),
        ('[$time_local] "$request" $upstream_status', "lacks a status"),
        ("$time_local $status $request_method", "lacks a request"),
        ("$time_iso8601 $status $uri", "lacks a request"),
        (
            "$msec $status $request_method $uri $args",
            "where $uri is: $uri, $args may contain blanks",
        ),
        ("$msec $upstream_status $status $http_x $request", "put quotes around them"),
        ("$msec $status $request_method $x$uri", "nothing shows where $uri is"),
        ("$msec $status $request_method $scheme$uri", "nothing stands between $scheme and $uri"),
        ("$msec $status $request ${broken", "'${broken' is not a variable of nginx"),
        ("log_format main escape=none '$msec $status $request';", "escape=none escapes no quotes"),
        ("log_format main '$msec $status $request", "does not end"),
        (r"$msec $status\n$request", "has more than one line"),
        ("$msec $status $request \udcff", "not UTF-8"),
    ],
)
def test_a_string_that_cannot_be_used_gets_one_clear_line(text: str, words: str) -> None:
    with pytest.raises(OptionError) as caught:
        lookup(text)
    assert str(caught.value).startswith("--format: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


RT_CACHE = (
    "$remote_addr $upstream_response_time $upstream_cache_status [$time_local] $http_host "
    '"$request" $status $body_bytes_sent "$http_referer"'
)
"""The format of WordOps, and of EasyEngine before it."""


@pytest.mark.parametrize(
    ("asked", "took"),
    [
        ("-", None),
        ("0.012", 12_000),
        ("0.012, 0.300", 312_000),
        ("0.012, - : 0.300, 0.001", 313_000),
    ],
)
@pytest.mark.parametrize("host", ["shop.example", "a b", "-"])
def test_the_times_of_several_upstream_servers_may_stand_before_the_request(
    asked: str, took: int | None, host: str
) -> None:
    """nginx's ngx_http_upstream.c writes them with `, ` and ` : ` between."""
    line = f'192.0.2.7 {asked} MISS [28/Nov/2026:10:00:42 +0000] {host} "GET /a HTTP/1.1" 502 5 "x"'
    assert read(RT_CACHE, line) == LogEntry(MINUTE, "GET", "/a", 502, took)


def test_a_duration_behind_several_upstream_servers_is_found() -> None:
    text = (
        '[$time_local] "$request" $status $upstream_addr $upstream_status $request_time "$http_x"'
    )
    servers = "10.0.0.1:80, [::1]:80 : unix:/run/x 502, 504 : 200"
    line = f'[28/Nov/2026:10:00:42 +0000] "GET /a HTTP/1.1" 200 {servers} 0.250 "0.9"'
    assert read(text, line) == LogEntry(MINUTE, "GET", "/a", 200, 250_000)


def test_a_dollar_in_a_format_of_apache_is_a_literal() -> None:
    line = 'a$status 200 [23/Nov/2026:06:42:01 +0530] "GET /a HTTP/1.1"'
    assert read('a$status %>s %t "%r"', line) == LogEntry(29_923_272, "GET", "/a", 200)


def test_a_format_that_begins_like_combined_is_counted_as_fast_as_combined() -> None:
    statement = f"log_format main '{COMBINED} ' '$request_time';"
    for text in (
        COMBINED,
        f"$host {COMBINED} $upstream_status",
        statement,
        COMBINED.replace("$status", "${status}"),
    ):
        family = lookup(text).family
        assert family.shapes is not None
        loop = family.loop(lambda _method, _target, status: status, bytes, UTC, Totals(None, {}))
        assert loop.memo is not None
    assert lookup(COMBINED.replace("$status", "$upstream_status $status")).family.shapes is None


def test_two_records_in_one_line_are_refused() -> None:
    text = '$remote_addr [$time_iso8601] "$request" $status'
    line = f'192.0.2.4 [{STAMP}] "GET /a HTTP/1.1" 500'
    assert read(text, line) == LogEntry(MINUTE, "GET", "/a", 500)
    assert read(text, f"{line} {line}") == "two records in one line"
    assert isinstance(parse_line((line + line).encode(), order=(text,), zone=UTC), Refusal)


def test_the_former_format_is_the_only_one_tried_and_splits_a_line() -> None:
    sample = f"{STAMP} 502 GET /a 0.020\n".encode()
    assert detect(sample, former=ISO).order == (ISO,)
    assert detect(sample).name is None
    names = ["time", "status", "method", "uri", "request_time"]
    assert fields(sample[:-1], ISO) == list(zip(names, sample[:-1].split(b" "), strict=True))


# They stand before records of known loggers only, and before JSON only.
NOT_BEFORE_TEXT = ("coloredlogs", "ts, tai64nlocal, svlogd -tt, s6-log T, before a JSON object")


@pytest.mark.parametrize(
    "carrier",
    [one for one in CARRIERS if one.name not in NOT_BEFORE_TEXT],
    ids=lambda one: one.name,
)
def test_a_line_is_read_after_the_prefix_of_a_carrier(carrier: Carrier) -> None:
    for example in carrier.examples:
        line = example + f"{STAMP} 502 GET /a 0.020".encode()
        for many in (line, b"web-1  | " + line):
            found = parse_line(many, order=(ISO,), zone=UTC)
            assert found == LogEntry(MINUTE, "GET", "/a", 502), many


def test_the_prefix_of_a_carrier_is_a_field_of_its_own() -> None:
    line = f"web-1  | {STAMP} 502 GET /a 0.020".encode()
    assert fields(line, ISO)[:2] == [("before", b"web-1  |"), ("time", STAMP.encode())]


def test_other_words_before_a_line_make_it_no_entry() -> None:
    for before in ("typed: ", "web-1 ", "x | y ", "[2026-11-28 10:00:00] INFO in app: "):
        assert read(ISO, f"{before}{STAMP} 502 GET /a 0.020") is None


def test_the_counter_counts_what_the_reader_reads() -> None:
    counter = LineCounter(lambda _method, _target, status: status, order=(ISO,), zone=UTC)
    counter.feed(f"{STAMP} 200 GET /a 0.010\n{STAMP}\n{STAMP} 502 GET /a 0.020\n".encode())
    counted = counter.take()
    assert counted.minutes == {MINUTE: {200: 1, 502: 1}}
    assert counted.lines == 3


HOSTILE = st.text(st.sampled_from('ab "\\[]|:;,é\x01$-/?'), max_size=12) | st.sampled_from(
    ['" 200 "', f"[{STAMP}] ", "200 200 200", f'{STAMP} 200 GET /b "GET /b HTTP/1.1" 200']
)
FREE = ["$http_referer", "$http_user_agent", "$cookie_a", "$upstream_http_x", "$anything", "$args"]
PLAIN = {
    "$remote_addr": "::1",
    "$request_time": "0.010",
    "$host": "shop.example",
    "$request_id": "ab01",
}


def escaped(text: str) -> str:
    """Write a value as `ngx_http_log_escape` does."""
    plain = (
        f"\\x{byte:02X}" if byte in b'"\\' or not 32 <= byte < 127 else chr(byte)
        for byte in text.encode()
    )
    return "".join(plain)


@st.composite
def hostile_lines(draw: st.DrawFn) -> tuple[str, str, LogEntry]:
    status, target = (
        draw(st.integers(100, 599)),
        "/" + draw(st.text(st.sampled_from('ab/%?"\\é[]'), max_size=8)),
    )
    when = draw(
        st.sampled_from(
            [
                ("$time_iso8601", STAMP),
                ("$msec", f"{MINUTE * 60}.999"),
                ("[$time_local]", "[28/Nov/2026:10:00:00 +0000]"),
            ]
        )
    )
    needed = [('"$request"', f'"GET {escaped(target)} HTTP/1.1"'), ("$status", f"{status}"), when]
    parts = needed + [
        (f'"{one}"', f'"{escaped(draw(HOSTILE))}"')
        for one in draw(st.lists(st.sampled_from(FREE), max_size=3))
    ]
    parts += [(one, PLAIN[one]) for one in draw(st.lists(st.sampled_from(list(PLAIN)), max_size=2))]
    parts = draw(st.permutations(parts))
    if draw(st.booleans()):  # one field outside quotes that may hold blanks
        name = draw(st.sampled_from(["$remote_user", "$http_x", "$upstream_http_x"]))
        parts.insert(draw(st.integers(0, len(parts))), (name, escaped(draw(HOSTILE))))
    text, line = (" ".join(part[side] for part in parts) for side in (0, 1))
    return text, line, LogEntry(MINUTE, "GET", target, status)


@settings(max_examples=examples(100))
@given(hostile_lines())
def test_text_of_visitors_does_not_change_the_result(case: tuple[str, str, LogEntry]) -> None:
    text, line, expected = case
    assert compile_layout(text).read(line.encode(), zone=UTC, newest=None) == expected


FILLINGS = [b" ", b'"', b"\\", b"\\x22", b"a ", b"1.", b"200 ", STAMP.encode() + b" "]


def seconds(text: str, filling: bytes, length: int) -> float:
    body = filling * (length // len(filling))
    lines = (body, STAMP.encode() + b" 200 GET " + body, b"- a " + body + b' "GET')
    taken = []
    for _ in range(2):
        start = time.process_time()
        for line in lines:
            compile_layout(text).read(line, zone=UTC, newest=None)
        taken.append(time.process_time() - start)
    return min(taken)


@pytest.mark.parametrize(
    "text",
    [
        ISO,
        "$msec $status $request_method $uri?$args $request_time",
        '- $remote_user [$time_local] $http_host "$request" $upstream_status "$http_x" $status',
    ],
)
def test_a_long_line_takes_linear_time(text: str) -> None:
    # A linear pass takes 4 times as long as one over a quarter, a quadratic one 16 times.
    for filling in FILLINGS:
        assert seconds(text, filling, 400_000) < 10 * seconds(text, filling, 100_000) + 0.05, (
            filling
        )
