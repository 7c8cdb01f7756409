"""Lines as servers write them, whatever a visitor sent: the status that is counted is the server's.

The writers below follow the servers' sources, not our parser: nginx's `ngx_http_log_escape`, Apache's
`ap_escape_logitem`, gunicorn's `SafeAtoms`, werkzeug's `WSGIRequestHandler.log_request` and `_ansi_style`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.formats import FORMAT_NAMES, LineCounter, detect
from flask_status_cli.routes import DISCOVERY, alike
from flask_status_cli.tally import Tally

EXAMPLES = int(os.environ.get("EXAMPLES", "60"))

Writer = Callable[[bytes, int, bytes, datetime], bytes]
"""`write(request line, status, what else the visitor sent, when)`: a line of a log."""


def _nginx(request: bytes, status: int, other: bytes, at: datetime) -> bytes:
    def escaped(data: bytes) -> bytes:
        plain = (b"%c" % c if 31 < c < 127 and c not in b'"\\' else b"\\x%02X" % c for c in data)
        return b"".join(plain) or b"-"

    stamp = f"[{at:%d/%b/%Y:%H:%M:%S} +0000]".encode()
    line = b'203.0.113.7 - %b %b "%b" %d 5 "%b" "%b"\n'
    user = other.partition(b":")[0]  # `ngx_http_auth_basic_user`: what is before the first colon
    return line % (escaped(user), stamp, escaped(request), status, escaped(other), escaped(other))


_APACHE = {ord("\b"): b"\\b", ord("\n"): b"\\n", ord("\r"): b"\\r", ord("\t"): b"\\t", ord("\v"): b"\\v",
           ord('"'): b'\\"', ord("\\"): b"\\\\"}  # fmt: skip


def _apache(request: bytes, status: int, other: bytes, at: datetime) -> bytes:
    def escaped(data: bytes) -> bytes:
        return b"".join(_APACHE.get(c, b"%c" % c if 31 < c < 127 else b"\\x%02x" % c) for c in data)

    stamp = f"[{at:%d/%b/%Y:%H:%M:%S} +0000]".encode()
    quoted = escaped(other) or b"-"
    line = b'203.0.113.7 - - %b "%b" %d 5 "%b" "%b"\n'
    return line % (stamp, escaped(request), status, quoted, quoted)


def _vhost(request: bytes, status: int, other: bytes, at: datetime) -> bytes:
    return b"shop.example:443 " + _apache(request, status, other, at)


def _gunicorn(request: bytes, status: int, other: bytes, at: datetime) -> bytes:
    def atom(data: bytes) -> bytes:
        return data.replace(b'"', b'\\"')

    stamp = f"[{at:%d/%b/%Y:%H:%M:%S} +0000]".encode()
    # it answers a request line of other than three parts without logging it, and headers end at CR LF
    words = request.replace(b"\n", b"").replace(b"\r", b"").split()
    target = b"".join(words[1:-1]) or b"/"
    header = other.replace(b"\n", b"").replace(b"\r", b"")
    line = b'203.0.113.7 - - %b "GET %b HTTP/1.1" %d 5 "%b" "%b"\n'
    return line % (stamp, atom(target), status, atom(header), atom(header))


_COLORS = {1: "\x1b[1m", 2: "\x1b[37m", 3: "\x1b[32m", 4: "\x1b[1m\x1b[31m", 5: "\x1b[1m\x1b[35m"}


def _werkzeug(request: bytes, status: int, _other: bytes, at: datetime) -> bytes:
    controls = {c: f"\\x{c:02x}" for c in (*range(0x20), *range(0x7F, 0xA0))}
    text = request.decode("latin-1").translate(controls)
    if status == 304:
        text = f"\x1b[36m{text}\x1b[0m"
    elif status == 404:
        text = f"\x1b[33m{text}\x1b[0m"
    elif status != 200:
        text = f"{_COLORS[status // 100]}{text}\x1b[0m"
    return f'203.0.113.7 - - [{at:%d/%b/%Y %H:%M:%S}] "{text}" {status} -\n'.encode()


WRITERS: dict[str, Writer] = {
    "nginx": _nginx,
    "apache": _apache,
    "apache, many hosts": _vhost,
    "gunicorn": _gunicorn,
    "werkzeug": _werkzeug,
}

FORGED = [
    b'" 200 5 "-" "-"', b'" 200 -', b' HTTP/1.1" 200 5', b'\\" 200 ', b'\\\\" 200 5 "', b"\\", b'"', b"[",
    b'] "GET / HTTP/1.1" 200 ', b'[23/Nov/2026:00:00:00 +0000] "GET /ok HTTP/1.1" 200 5', b"]", b"\0",
    b'10.0.0.9 - - [23/Nov/2026 00:00:00] "GET /ok HTTP/1.1" 200 -', b"\n", b"\r\n", b"\x1b[0m", b"\x1b[32m",
    b"\xc2\x85", b"\xe2\x80\xa8", b"\xff\xfe", b"%22%20200", b"%0a", b"%", b" ", b"  ", b"\t", b"(" * 40,
    b"<script>", b"/", b"//", b"/../", b"?", b"#", b";", b"{}", b"%s%n", b"\x7f", b"HTTP/1.1", b"HTTP/2.0",
    b"-", b"- -", b"a" * 300,
]  # fmt: skip
ANYTHING = st.lists(st.one_of(st.sampled_from(FORGED), st.binary(max_size=6)), max_size=6).map(
    b"".join
)
REQUESTS = st.one_of(
    st.builds(lambda target: b"GET /" + target + b" HTTP/1.1", ANYTHING),
    st.builds(lambda m, t, v: m + b" " + t + b" HTTP/" + v, ANYTHING, ANYTHING, ANYTHING),
    ANYTHING,
)
STATUSES = st.sampled_from([200, 201, 204, 301, 304, 400, 404, 499, 500, 502, 503, 504])
BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
TIMES = st.integers(0, 86_399).map(lambda seconds: BEGIN + timedelta(seconds=seconds))
SENT = st.lists(st.tuples(REQUESTS, STATUSES, ANYTHING, TIMES), min_size=1, max_size=6)


@pytest.mark.parametrize("server", WRITERS)
@settings(max_examples=EXAMPLES)
@given(sent=SENT, cut=st.integers(0, 6))
def test_every_line_counts_with_the_status_and_the_minute_of_its_server(
    server: str, sent: list[tuple[bytes, int, bytes, datetime]], cut: int
) -> None:
    lines = [WRITERS[server](*request) for request in sent]
    assert all(line.count(b"\n") == 1 for line in lines)
    expected: dict[int, list[int]] = {}
    for request, status, _, at in sent:
        # Where the server escapes no quotes, a whole record in a request looks like two that lost their
        # line end: the line is refused, not counted with either status.
        if server != "werkzeug" or b'] "' not in request:
            expected.setdefault(int(at.timestamp()) // 60, []).append(status)
    doubtful = len(sent) - sum(map(len, expected.values()))
    for order in (detect(b"".join(lines)).order, FORMAT_NAMES, FORMAT_NAMES[::-1]):
        tally = Tally(DISCOVERY.rule_of)
        counter = LineCounter(tally.code, order=order, zone=UTC, alike=alike)
        counter.feed(b"".join(lines[:cut]))
        counter.feed(b"".join(lines[cut:]))
        counted = counter.take()
        found = {
            minute: sorted(tally.keys[code][1] for code, n in codes.items() for _ in range(n))
            for minute, codes in counted.minutes.items()
        }
        refused = sum(counted.refused.values())
        assert (counted.lines, counted.entries) == (len(sent), len(sent) - refused)
        assert refused <= doubtful
        if not doubtful:
            assert found == {minute: sorted(statuses) for minute, statuses in expected.items()}
        for minute, statuses in expected.items():
            assert not Counter(statuses) - Counter(found[minute])


@pytest.mark.parametrize("server", WRITERS)
@settings(max_examples=EXAMPLES)
@given(sent=SENT, place=st.integers(0, 200), garbage=ANYTHING)
def test_a_damaged_line_is_counted_and_changes_no_other_line(
    server: str, sent: list[tuple[bytes, int, bytes, datetime]], place: int, garbage: bytes
) -> None:
    write = WRITERS[server]
    damaged = (
        write(*sent[0])[:-1][:place] + garbage.replace(b"\n", b" ").replace(b"\0", b" ") + b"\n"
    )
    good = write(b"GET /good HTTP/1.1", 503, b"", BEGIN)
    tally = Tally(DISCOVERY.rule_of)
    counter = LineCounter(tally.code, zone=UTC, alike=alike)
    counter.feed(good + damaged + good)
    counted = counter.take()
    unread = sum(counted.noise.values()) + sum(counted.refused.values())
    assert counted.lines == 3
    assert counted.entries + unread == 3
    code = tally.keys.index(("/good", 503))
    assert counted.minutes[int(BEGIN.timestamp()) // 60][code] >= 2


LONG = (
    b"a", b'"', b"\\", b'\\"', b" ", b"[", b'" 200 ', b"\x1b[31m", b"/1", b"?a=", b"%41", b"0", b"- ", b"\xff"
)  # fmt: skip


@pytest.mark.parametrize("server", WRITERS)
@pytest.mark.parametrize("filling", LONG)
def test_a_line_of_a_hundred_kilobytes_keeps_its_status(server: str, filling: bytes) -> None:
    for request, other in (
        (b"GET /" + filling * (100_000 // len(filling)) + b" HTTP/1.1", b""),
        (b"GET / HTTP/1.1", filling * (100_000 // len(filling))),
    ):
        tally = Tally(DISCOVERY.rule_of)
        counter = LineCounter(tally.code, zone=UTC, alike=alike)
        counter.feed(WRITERS[server](request, 503, other, BEGIN))
        counted = counter.take()
        assert counted.lines == 1
        statuses = [tally.keys[code][1] for codes in counted.minutes.values() for code in codes]
        assert statuses in ([503], [])
        assert statuses == [503] or sum(counted.refused.values()) == 1
