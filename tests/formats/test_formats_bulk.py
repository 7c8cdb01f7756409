"""Lines that are taken apart a piece at a time count as the reference parser reads them, one by one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.formats import LineCounter
from flask_status_cli.formats.counting import line_counter
from flask_status_cli.formats.counting.compiled.compiled_bulk import CompiledBulk
from flask_status_cli.model import MAX_LINE
from flask_status_cli.routes import DISCOVERY, alike
from flask_status_cli.tally import Tally
from tests.formats.count_in_two_ways import ZONE, in_bulk, one_by_one

pytestmark = pytest.mark.usefixtures("engine")

EXAMPLES = int(os.environ.get("EXAMPLES", "150"))

COMBINED = '{address} - - [{day}:{clock} {offset}] "{request}" {status} 2 "{free}" "curl/8"'
COMMON = '{address} - - [{day}:{clock} {offset}] "{request}" {status} 2'
SHAPES = {
    "common": COMMON,
    "combined": COMBINED,
    "timed": COMBINED + " 0.003 -",
    "named": "web-1 | " + COMBINED,
    "forwarded": COMBINED + ' "10.0.0.1"',
    "colored": '{address} - - [{day} {clock}] "\x1b[31m\x1b[1m{request}\x1b[0m" {status} -',
    "werkzeug": '{address} - - [{day} {clock}] "{request}" {status} -',
    "seconds": COMBINED + " {took}",
    "microseconds": COMBINED + ' {took} "7"',
}
FORMATS = {
    "common": "common", "combined": "combined", "timed": "combined", "named": "combined",
    "forwarded": "combined", "colored": "werkzeug", "werkzeug": "werkzeug",
    "seconds": '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
               '"$http_referer" "$http_user_agent" $request_time',
    "microseconds": '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D "%{X}i"',
}  # fmt: skip

# What is usual, and what must not pass for it: a day that is none, a leap second, a doubled hour.
ADDRESSES = [
    "10.0.0.1", "10.0.0.1", "192.0.2.77", "", "::1", "shop.example:80 10.0.0.1", "10.0.0.1 - 7", "x",
]  # fmt: skip
DAYS = [
    "23/Nov/2026", "23/Nov/2026", "23/Nov/2026", "24/Nov/2026", "01/Nov/2026", "31/Nov/2026", "1/Nov/2026",
]  # fmt: skip
CLOCKS = [
    "06:42:01", "06:42:59", "06:43:00", "06:52:00", "07:42:00", "16:42:00", "01:30:00", "06:42:60",
    "06:42:61", "24:00:00", "6:42:01", "06:42:1.",
]  # fmt: skip
OFFSETS = ["+0000", "+0000", "+0000", "+0530", "-0330", "+00:0", "Z"]
TARGETS = [
    "/", "/users/17", "/users/4711", "/users/4712", "/users/17/posts/3?page=2", "/users/17#4",
    "/api/v1/users/5", "/api/v2/users/5", "/api/v1/v1/x", "/v4/x", "/s/a.mp3", "/s/a.mp4", "/%2Fx", "/%3Fx",
    "/2026-11-23", "/1a", "/1b", "/x y", "/3f2504e04f8911d39a0c0305e82cc0aa", "/a//b", "*", "/a;1",
    "/caf\u00e9", "/\u2028", "/\x01", "/7" + "0" * 19, "/7" + "0" * 20, "/" + "a" * 240 + "/7", "http://h/9/x",
]  # fmt: skip
USUAL = [
    *(f"GET {target} HTTP/1.1" for target in TARGETS),
    "HEAD / HTTP/1.0", "POST /users/9 HTTP/2.0", "GET /users/9 HTTP/12",
]  # fmt: skip
REQUESTS = [
    *USUAL,
    "GET /users/9", "GET /9 HTTP/9", "", "-", "\\x16\\x03\\x01", "GET /a\\x22b/7 HTTP/1.1",
    "GET /a\\\\ HTTP/1.1", 'GET /a\\"b HTTP/1.1', "GET /a HTTP/1.1\\", "\\x16\\x03/7\\",
    'GET /"x" 500 7 HTTP/1.1', 'GET /x" 200 - HTTP/1.1', "\x1b[33mGET /2",
]  # fmt: skip
STATUSES = ["200", "200", "404", "500", "304", "000", "999", "20", "2000", "20x", "-"]
FREE = [
    "-",
    "-",
    "https://shop.example/?a=1",
    "\\x22",
    '" "',
    "[23/Nov/2026:06:42:01 +0000]",
    "\r",
    "\0",
]
TOOK = ["0.003", "12.345", "1500", "-", "", "0.1x", "7 7", "0.5\r", "7\\"]


@pytest.fixture
def everything_in_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_counter, "WORTH", 0)
    monkeypatch.setattr(
        "flask_status_cli.formats.counting.block_counter._MISSES_BEFORE_PAUSE", 10**9
    )


@st.composite
def lines(draw: st.DrawFn, shape: str, *, odd: bool) -> bytes:
    """A line of a shape; where it is not odd, one that the server writes for a plain request."""

    def one_of(values: list[str], usual: int) -> str:
        return draw(st.sampled_from(values if odd else values[:usual]))

    text = SHAPES[shape].format(
        address=one_of(ADDRESSES, 4),
        day=one_of(DAYS, 4),
        clock=one_of(CLOCKS, 6),
        offset=one_of(OFFSETS, 4),
        request=one_of(REQUESTS, len(USUAL)),
        status=one_of(STATUSES, 7),
        free=one_of(FREE, 3),
        took=one_of(TOOK, 4),
    )
    return text.encode() + b"\n"


@st.composite
def logs(draw: st.DrawFn) -> tuple[str, list[bytes]]:
    """The name of a format, and blocks of lines of one shape, with at most two odd ones among them."""
    shape = draw(st.sampled_from(sorted(SHAPES)))
    plain = draw(st.lists(lines(shape, odd=False), min_size=1, max_size=12))
    for odd in draw(st.lists(lines(shape, odd=True), max_size=2)):
        plain.insert(draw(st.integers(0, len(plain))), odd)
    cut = draw(st.integers(0, len(plain)))
    return FORMATS[shape], [b"".join(part) for part in (plain[:cut], plain[cut:], plain) if part]


@pytest.fixture
def by_line(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was read line by line."""
    handed: list[bytes] = []
    feed_lines = LineCounter._feed_lines  # noqa: SLF001 - what goes the long way is not told otherwise

    def watched(self: LineCounter, block: bytes) -> None:
        handed.append(block)
        feed_lines(self, block)

    monkeypatch.setattr(LineCounter, "_feed_lines", watched)
    return handed


@pytest.mark.usefixtures("everything_in_bulk")
def test_like_lines_count_as_one_by_one() -> None:
    @settings(max_examples=EXAMPLES)
    @given(logs())
    def holds(log: tuple[str, list[bytes]]) -> None:
        name, blocks = log
        assert in_bulk(blocks, name) == one_by_one(b"".join(blocks), name)

    holds()


def each_pair() -> Iterator[tuple[str, bytes, bytes]]:
    plain = {
        "address": "10.0.0.1",
        "day": DAYS[0],
        "clock": CLOCKS[0],
        "offset": "+0000",
        "free": "-",
        "took": "1500",
    }
    for shape, form in SHAPES.items():
        other = form.format(**plain, request="GET /users/17 HTTP/1.1", status=404)
        for request in REQUESTS:
            line = form.format(**plain, request=request, status=200)
            yield shape, line.encode() + b"\n", other.encode() + b"\n"


@pytest.mark.usefixtures("everything_in_bulk")
def test_every_request_beside_a_plain_one() -> None:
    for shape, line, other in each_pair():
        for block in (line + other, other + line, line * 2 + other):
            assert in_bulk([block, block], FORMATS[shape]) == one_by_one(block * 2, FORMATS[shape])


def plain_lines(shape: str, number: int) -> list[bytes]:
    form = SHAPES[shape]
    usual = {"day": DAYS[0], "offset": "+0530", "free": "-", "took": "1500"}
    return [
        form.format(address="10.0.0.1", clock=f"06:{n % 60:02}:01", status=(200, 404)[n % 2],
                    request=f"GET /users/{n} HTTP/1.1", **usual).encode() + b"\n"
        for n in range(number)
    ]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_plain_lines_are_counted_in_bulk(shape: str, by_line: list[bytes]) -> None:
    block = b"".join(plain_lines(shape, 100))
    in_bulk([block, block], FORMATS[shape])
    assert by_line == []


@pytest.mark.parametrize("shape", SHAPES)
def test_an_odd_line_alone_is_read_line_by_line(shape: str, by_line: list[bytes]) -> None:
    lines = plain_lines(shape, 100)
    odd = [b"what is this?\r\n", b"\0" + lines[7], b"\n"]
    for place, line in zip((3, 50, 99), odd, strict=True):
        lines.insert(place, line)
    block = b"".join(lines)
    assert in_bulk([block], FORMATS[shape]) == one_by_one(block, FORMATS[shape])
    assert by_line == odd


def test_clients_of_every_kind_are_counted_in_bulk(by_line: list[bytes]) -> None:
    lines = plain_lines("combined", 300)
    clients = [b"10.0.0.1 - - ", b"2001:db8::7 - - ", b"10.0.0.1 - ann "]
    block = b"".join(line.replace(clients[0], clients[n % 3], 1) for n, line in enumerate(lines))
    assert in_bulk([block], "combined") == one_by_one(block, "combined")
    assert by_line == []


@pytest.mark.parametrize("number", [3, 300])
def test_two_records_in_one_line_are_seen_whatever_is_counted_in_bulk(number: int) -> None:
    plain = plain_lines("combined", number)
    glued = [plain[0].rstrip(b"\n") + plain[1], plain[0][:60] + plain[1]]
    noise = [b"one [1] \n", b"[two]\n"]  # lines without a stamp must not make up for it
    one = LineCounter(lambda _method, _target, status: status, order=["combined"], zone=ZONE)
    one.feed(b"".join([*plain, glued[0], *noise, *plain, glued[1], *plain]))
    counted = one.take()
    assert (counted.entries, counted.refused) == (3 * number, {"two records in one line": 2})
    assert counted.noise == {"other text": 2}


def test_two_records_in_one_line_are_seen_among_lines_with_brackets() -> None:
    plain = plain_lines("combined", 100)
    agent = [line.replace(b'"\n', b' [a/1;b] [en]"\n') for line in plain]
    user = [line.replace(b" - - [", b" - ann [", 1) for line in plain[:5]]
    glued = agent[0].rstrip(b"\n") + plain[1]
    one = LineCounter(lambda _method, _target, status: status, order=["combined"], zone=ZONE)
    one.feed(b"".join([*agent, *user, glued, *agent, *plain]).removesuffix(b"\n"))
    counted = one.take()
    assert (counted.entries, counted.refused) == (305, {"two records in one line": 1})


def test_a_refused_line_has_the_number_it_has_in_the_log() -> None:
    told: list[tuple[int, str, bytes]] = []
    one = LineCounter(
        lambda _method, _target, status: status,
        order=["combined"], zone=ZONE, on_refused=lambda *refused: told.append(refused),
    )  # fmt: skip
    lines = plain_lines("combined", 100)
    lines[40:40] = [b"::1 - ?\r\n", b"::2 - ?\n"]
    lines[80:80] = [b"::3 - ?\n"]
    one.feed(b"".join(lines))
    one.feed(b"".join(lines))
    numbers = [number for number, _, _ in told]
    assert numbers == [41, 42, 81, 144, 145, 184]
    assert [line for _, _, line in told[:3]] == [b"::1 - ?\r\n", b"::2 - ?\n", b"::3 - ?\n"]
    assert [refused.line_number for refused in one.take().samples] == numbers[:5]


def test_a_block_with_many_odd_lines_is_taken_apart_once_by_the_scanner(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = plain_lines("combined", 300)
    lines[::4] = [b"what is this?\n"] * 75
    apart, taken = CompiledBulk._apart, []  # noqa: SLF001 - it is watched

    def watched(self: CompiledBulk, piece: bytes, shape: Any) -> Any:
        taken.append(len(piece))
        return apart(self, piece, shape)

    monkeypatch.setattr(CompiledBulk, "_apart", watched)
    block = b"".join(lines)
    assert in_bulk([block, block], "combined") == one_by_one(block * 2, "combined")
    assert taken == ([len(block)] * 2 if engine == "compiled" else [])


def test_another_kind_of_log_is_soon_read_line_by_line() -> None:
    line = b'10.0.0.1 - - [23/Nov/2026:06:42:01 +0000] "GET / HTTP/1.1" 200 2\n'
    tally = Tally(DISCOVERY.rule_of)
    one = LineCounter(tally.code, order=["common"], zone=ZONE, alike=alike)
    for _ in range(100):
        one.feed(line * 100)
    assert one.take().entries == 10_000


@pytest.mark.parametrize("shape", ["combined", "colored"])
@pytest.mark.parametrize(("more", "reason"), [(0, None), (1, "line too long")])
def test_a_line_that_is_too_long_is_refused_whatever_its_shape(
    shape: str, more: int, reason: str | None
) -> None:
    usual = {"address": "10.0.0.1", "day": "23/Nov/2026", "clock": "06:42:01", "offset": "+0000",
             "status": "200", "free": "-"}  # fmt: skip
    short = SHAPES[shape].format(request="GET / HTTP/1.1", **usual)
    length = MAX_LINE - len(short) + more
    long = SHAPES[shape].format(request=f"GET /{'x' * length} HTTP/1.1", **usual)
    assert len(long) == MAX_LINE + more
    for lines in ([long], [*[short] * 99, long, *[short] * 999]):
        reader = LineCounter(
            lambda _method, _target, status: status, order=(FORMATS[shape],), zone=ZONE
        )
        reader.feed("".join(f"{line}\n" for line in lines).encode())
        counted = reader.take()
        assert counted.lines == len(lines)
        assert counted.entries == len(lines) - more
        assert dict(counted.refused) == ({} if reason is None else {reason: 1})
