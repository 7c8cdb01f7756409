"""Apache LogFormat strings: the server's status, time and request are read, whatever else a line holds."""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import UTC, datetime, tzinfo
from types import ModuleType
from zoneinfo import ZoneInfo

import apachelogs  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flask_status_cli.errors import OptionError
from flask_status_cli.formats import LineCounter, detect, fields, lookup, parse_line
from flask_status_cli.formats.logformat.builtin_layouts import DECLARED
from flask_status_cli.formats.logformat.compiler import compile_format
from flask_status_cli.model import LogEntry
from tests.examples import examples

MINUTE = int(datetime(2026, 11, 23, 1, 12, tzinfo=UTC).timestamp()) // 60
STAMP = "[23/Nov/2026:06:42:01 +0530]"


def read(text: str, line: str | bytes, zone: tzinfo = UTC) -> object:
    raw = line if isinstance(line, bytes) else line.encode()
    return lookup(text).family.read(raw, zone=zone, newest=None)


def entry(status: int, target: str | None = "/a", method: str | None = "GET") -> LogEntry:
    return LogEntry(MINUTE, method, target, status)


@pytest.mark.parametrize("declared", DECLARED, ids=lambda one: one.text)
def test_the_stored_patterns_are_those_of_the_compiler(declared: object) -> None:
    assert isinstance(declared, type(DECLARED[0]))
    layout = compile_format(declared.text)
    assert layout.pattern == declared.pattern
    assert tuple(field.name for field in layout.fields) == declared.names


REQUEST = '"GET /a HTTP/1.1"'
CASES = [
    ('%h %l %u %t "%r" %>s %O %D', f"::1 - - {STAMP} {REQUEST} 200 5 7", entry(200)),
    # pasted from a configuration file
    (r"%h %l %u %t \"%r\" %>s %b", f"::1 - - {STAMP} {REQUEST} 200 -", entry(200)),
    # the final status is the server's answer, wherever it stands
    ('%h %t "%r" %s %>s', f"::1 {STAMP} {REQUEST} 200 404", entry(404)),
    ('%h %t "%r" %>s %s', f"::1 {STAMP} {REQUEST} 404 200", entry(404)),
    ('%h %t "%r" %<s', f"::1 {STAMP} {REQUEST} 404", entry(404)),
    # directives in other places, and such as the package does not know
    ('%>s %{ms}T %L "%r" %t', f"503 12 Xy- {REQUEST} {STAMP}", entry(503)),
    ('%400,501{User-agent}i %t "%r" %>s', f"curl 8 {STAMP} {REQUEST} 200", entry(200)),
    ('%!200,304{Referer}i %t "%r" %>s', f"- {STAMP} {REQUEST} 200", entry(200)),
    ('%t "%r" %>s "%{A-b}i" "%{A-B}i"', f'{STAMP} {REQUEST} 200 "1" "2"', entry(200)),
    ('%t "%r" %>s %{X.Y}e 100%%', f"{STAMP} {REQUEST} 200 v 100%", entry(200)),
    # method, path and query; the path was decoded
    ('%t "%m %U%q %H" %>s', f'{STAMP} "GET /a?b=1 HTTP/1.1" 200', entry(200, "/a?b=1")),
    ("%t %m %U%q %>s", f"{STAMP} GET /a b?c 200", entry(200, "/a b?c")),
    ("%t %m %U %q %>s", f"{STAMP} GET /a b ?c 200", entry(200, "/a b?c")),
    ("%t %m %U %>s", f"{STAMP} GET /50%?# 200", entry(200, "/50%25%3F%23")),
    ("%t %m %<U %>s", f"{STAMP} - - 400", entry(400, None, None)),
    ('%t "%r" %>s  %U %{X}i', f"{STAMP} {REQUEST} 200  /a x", entry(200)),
    # separators
    (r"%t\t%>s\t%r\t%u", f"{STAMP}\t200\tGET /a HTTP/1.1\t200 x", entry(200)),
    ("%t|%>s|%r", f"{STAMP}|200|GET /a|b HTTP/1.1", entry(200, "/a|b")),
    # request lines without quotes, and users with blanks
    ("%h %l %u %t %r %>s %b", f"::1 - a b {STAMP} GET /a 404 5 HTTP/1.1 200 5", entry(200, "/a 404 5")),
    ('%h %l %u %t "%r" %>s x', f'::1 - "" {STAMP} {REQUEST} 200 x', entry(200)),
    ('%>s %u %t "%r"', f'200 "" {STAMP} {REQUEST}', entry(200)),
    ('%>s %u [%{X}i] %t "%r"', f'200 a 404 [x] y] {STAMP} {REQUEST}', entry(200)),
    # an empty user is two quotes, wherever it stands
    ('%{X}i %l %u %t "%r" %>s x', f'a, b - "" {STAMP} {REQUEST} 404 x', entry(404)),
    ('%h %u %{X}i %t "%r" %>s', f'::1 "" a, b {STAMP} {REQUEST} 404', entry(404)),
    ('%{X}i %l %u %t "%r" %>s "%{Y}i"', f'- - - {STAMP} "" 400 "-"', entry(400, None, None)),
    ('%{X}i %u %{Y}i %l "%r" %>s %t', f'a b "" c d - {REQUEST} 404 {STAMP}', entry(404)),
    ('%>s %t "%r" %{X}i %u', f'404 {STAMP} {REQUEST} a b ""', entry(404)),
    (r'%t\t"%r"\t%>s\t%u\t%l', f'{STAMP}\t{REQUEST}\t404\t""\t-', entry(404)),
    # how often a digit is repeated in a pattern is no comma of a line
    ("%r,%>s,%{msec}t", f"GET /a,b HTTP/1.1,404,{MINUTE * 60}123", entry(404, "/a,b")),
    ('%h:%{remote}p %t "%r" %>s', f"2001:db8::1:4711 {STAMP} {REQUEST} 200", entry(200)),
    ('%t %m %{raw}U %>s', f"{STAMP} GET /a%20b?c=%25 200", entry(200, "/a%20b?c=%25")),
    # two blanks are padding: one blank or more
    ('%l  [%{sec}t] "%r" %>s', f"INFO     [{MINUTE * 60}] {REQUEST} 200", entry(200)),
    ('%l  [%{sec}t] "%r" %>s', f"CRITICAL [{MINUTE * 60}] {REQUEST} 500", entry(500)),
    # a reason phrase has one word or several, or is missing
    ('%t %>s %{phrase}s "%r"', f"{STAMP} 500 Internal Server Error {REQUEST}", entry(500)),
    ('%t %>s %{phrase}s: %m %U', f"{STAMP} 404 Not Found: GET /a", entry(404)),
    ('%t %>s %{phrase}s: %m %U', f"{STAMP} 299 : GET /a", entry(299)),
    # times
    ('%{%F %T %z}t "%r" %>s', f"2026-11-23 06:42:01 +05:30 {REQUEST} 200", entry(200)),
    ('%{sec}t "%r" %>s', f"{MINUTE * 60 + 59} {REQUEST} 200", entry(200)),
    ('%{begin:msec}t "%r" %>s', f"{MINUTE * 60}123 {REQUEST} 200", entry(200)),
    ('%{end:usec}t "%r" %>s', f"{MINUTE * 60}123456 {REQUEST} 200", entry(200)),
    ('%{end:sec}t %{begin:sec}t "%r" %>s', f"1 {MINUTE * 60} {REQUEST} 200", entry(200)),
    (
        '%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t "%r" %>s',
        f"23/Nov/2026 06:42:01.602 +0530 {REQUEST} 200",
        entry(200),
    ),
    ('%{%Y-%m-%dT%H:%M:%S%z}t "%r" %>s', f"2026-11-22T21:42:01-0330 {REQUEST} 200", entry(200)),
    ('%{%B %d %y, %I:%M %p}t "%r" %>s', f"November 23 26, 01:12 AM {REQUEST} 200", entry(200)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_format_reads_its_line(text: str, line: str, expected: LogEntry) -> None:
    assert read(text, line) == expected


@pytest.mark.parametrize(("text", "line"), [case[:2] for case in CASES], ids=[c[0] for c in CASES])
def test_the_counter_counts_what_the_reader_reads(text: str, line: str) -> None:
    counter = LineCounter(lambda _method, _target, status: status, order=(text,), zone=UTC)
    counter.feed(line.encode() + b"\n" + line[:9].encode() + b"\n" + line.encode() + b"\n")
    counted = counter.take()
    found = parse_line(line.encode(), order=(text,), zone=UTC)
    assert isinstance(found, LogEntry)
    assert counted.minutes == {found.minute: {found.status: 2}}
    assert counted.lines == 3


def test_a_time_without_an_offset_is_in_the_given_zone() -> None:
    text = '%{%Y-%m-%d %T}t "%r" %>s'
    assert lookup(text).local_time
    assert not lookup('%{sec}t "%r" %>s').local_time
    line = f"2026-11-23 06:42:01 {REQUEST} 200"
    assert read(text, line, ZoneInfo("Asia/Kolkata")) == entry(200)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('%>s %t "%r"', f"- {STAMP} {REQUEST}", "no status"),
        ('%>s %t "%r"', f"200 [31/Feb/2026:06:42:01 +0530] {REQUEST}", "impossible date"),
        ('%>s %t "%r"', f"200 {STAMP} {REQUEST} 404", None),
        ('%>s %t "%r"', f"x 200 {STAMP} {REQUEST}", None),
        ('%{%m/%d/%Y %T}t "%r" %>s', f"13/13/2026 06:42:01 {REQUEST} 200", "impossible date"),
    ],
)
def test_other_lines_are_no_entries(text: str, line: str, reason: str | None) -> None:
    assert read(text, line) == reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("%h", 'lacks a status (%>s) and a time (%t) and a request ("%r", or %m with %U%q)'),
        ('%h %t "%r" %400s', "lacks a status"),
        ("%t %m %>s", "lacks a request"),
        ('%t "%r" %>s %j', "%j is not a known directive"),
        ('%t "%r" %>s %5%', "'%5%' is not a directive"),
        ('%{%e/%b/%Y %T}t "%r" %>s', "%e in %{%e/%b/%Y %T}t cannot be read back"),
        ('%{%Y %Y}t "%r" %>s', "gives the same part of the time twice"),
        ('%{%T}t "%r" %>s', "its time lacks a part"),
        ('%{%F %I:%M}t "%r" %>s', "its time lacks a part"),
        ('%(h)s "%(r)s"', "lacks a status"),
        ('%(h)s "%(r)s" %(x)s', "'%(x)s' is not an atom of gunicorn"),
        (
            '%(addr) [%(ltime)] "%(method) %(uri)" %(status)',
            "'%(addr)' is of uWSGI's log-format. It escapes nothing",
        ),
        ('LogFormat "%h %t" x', "the whole line of the configuration"),
        ('%t "%r" %>s \udcff', "not UTF-8"),
        (r'%t\n"%r" %>s', "has more than one line"),
        (
            "%t %U %>s %m %{User-Agent}i",
            "nothing shows where %U is: %U, %{User-Agent}i may contain blanks",
        ),
        ('%t|%u|%>s|%{X}i|"%r"', "nothing shows where %>s is: %u, %{X}i may contain bars"),
        ("%t %{X}i %>s %{Y}i %r", "put quotes around them"),
        ('%t "%r" %h%>s', "nothing stands between %h and %>s"),
    ],
)
def test_a_format_that_cannot_be_used_gets_one_clear_line(text: str, words: str) -> None:
    with pytest.raises(OptionError) as caught:
        lookup(text)
    assert str(caught.value).startswith("--format: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


PHRASE_BEHIND = "%t %m %U%q %l, %>s %{phrase}s in %l"


@pytest.mark.parametrize(
    ("target", "answer", "status"),
    [
        ("/a", "200 OK", 200),
        ("/a", "500 Internal Server Error", 500),
        ("/a", "404 NOT FOUND", 404),  # Flask
        ("/a", "299 ", 299),
        ("/a b, 200 OK in x y, 404 Not Found", "500 Internal Server Error", 500),  # by a visitor
        ("/ 500 500 500", "200 OK", 200),
    ],
)
def test_a_reason_phrase_may_stand_behind_a_field_with_blanks(
    target: str, answer: str, status: int
) -> None:
    found = read(PHRASE_BEHIND, f"{STAMP} GET {target} ::1, {answer} in 1ms")
    assert found == entry(status, target)


def test_a_stored_format_is_used_again_unless_it_is_unknown() -> None:
    text = '%>s %t "%r"'
    sample = f"200 {STAMP} {REQUEST}\n".encode()
    assert detect(sample, former=text).order == (text,)
    assert detect(sample).name is None
    for former in ("of old", "%broken", ""):
        assert detect(sample, former=former).name is None
    other = f"::1 - - {STAMP} {REQUEST} 200 5\n".encode()
    assert detect(other, former=text).name == "common"


def test_a_line_is_split_into_fields() -> None:
    line = f"::1 - a b {STAMP} {REQUEST} 200 5".encode()
    common = [
        ("remote_host", b"::1"),
        ("ident", b"-"),
        ("user", b"a b"),
        ("time", STAMP.encode()),
        ("request", b"GET /a HTTP/1.1"),
        ("status", b"200"),
        ("size", b"5"),
    ]
    assert fields(line) == fields(line, "common") == common
    assert fields(line, r"%h %l %u %t \"%r\" %>s %b") == common
    assert fields(line + b' "-" "x\\"y"') == [*common, ("referer", b"-"), ("user_agent", b'x\\"y')]
    assert fields(line, "combined") == fields(b"what") == fields(line, '%>s %t "%r"') == []
    custom = f"200 (a b) {STAMP} {REQUEST}"
    assert fields(custom.encode(), '%>s (%{X}i) %t "%r"') == [
        ("status", b"200"),
        ("request_header_x", b"a b"),
        ("time", STAMP.encode()),
        ("request", b"GET /a HTTP/1.1"),
    ]


# A writer of its own, after ap_escape_logitem of httpd's util.c.
_NAMED = {8: "b", 9: "t", 10: "n", 11: "v", 13: "r", 34: '"', 92: "\\"}


def escaped(value: bytes) -> bytes:
    written = ""
    for byte in value:
        if byte in _NAMED:
            written += "\\" + _NAMED[byte]
        else:
            written += chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}"
    return written.encode() or b"-"


HOSTILE = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        [
            b'" 200 5',
            b"[23/Nov/2001:00:00:00 +0000]",
            b'x [23/Nov/2001:00:00:00 +0000] "GET /forged HTTP/1.1" 200 5',
            b"GET /forged HTTP/1.1",
            b'\\" 200 ',
            b"\\",
            b'"',
            b" ",
            b"200 200 200 200",
        ]
    ),
)
QUOTED = ["%{Referer}i", "%{User-Agent}i", "%{X-Y}o", "%u", "%{c}C", "%f"]
PLAIN = {
    "%h": b"10.0.0.1",
    "%l": b"-",
    "%b": b"512",
    "%D": b"77",
    "%p": b"443",
    "%v": b"shop.example",
}


@st.composite
def hostile_lines(draw: st.DrawFn, *, bare: bool) -> tuple[str, bytes, LogEntry]:
    """A format, a line of it with hostile text in every free field, and what the server answered."""
    status = draw(st.integers(100, 599))
    target = "/" + draw(st.text(st.sampled_from("abc/%?=\"\\'é[]"), max_size=8))
    times = {"%t": STAMP.encode(), "%{sec}t": b"%d" % (MINUTE * 60)}
    when = draw(st.sampled_from(list(times)))
    needed = [
        ('"%r"', b'"GET %b HTTP/1.1"' % escaped(target.encode())),
        ("%>s", b"%d" % status),
        (when, times[when]),
    ]
    free = [
        (f'"{one}"', b'"%b"' % escaped(draw(HOSTILE)))
        for one in draw(st.lists(st.sampled_from(QUOTED), max_size=3))
    ]
    plain = [(one, PLAIN[one]) for one in draw(st.lists(st.sampled_from(list(PLAIN)), max_size=3))]
    parts = draw(st.permutations([*needed, *free, *plain]))
    # One field outside quotes in which blanks are hostile: the others are counted from both ends.
    if bare and draw(st.booleans()):
        at = draw(st.integers(0, len(parts)))
        parts.insert(at, (draw(st.sampled_from(["%u", "%{X}i"])), escaped(draw(HOSTILE))))
    text = " ".join(one for one, _ in parts)
    line = b" ".join(value for _, value in parts)
    return text, line, LogEntry(MINUTE, "GET", target, status)


@settings(max_examples=examples(200))
@given(hostile_lines(bare=True))
def test_text_of_visitors_does_not_change_the_result(case: tuple[str, bytes, LogEntry]) -> None:
    text, line, expected = case
    assert compile_format(text).read(line, zone=UTC, newest=None) == expected


@settings(max_examples=examples(100))
@given(hostile_lines(bare=False))
def test_an_independent_parser_reads_the_same(case: tuple[str, bytes, LogEntry]) -> None:
    text, line, _ = case
    assume("%{sec}t" not in text)
    try:
        oracle = apachelogs.LogParser(text).parse(line.decode())
    except apachelogs.InvalidEntryError:
        assume(False)  # it takes no cookie of blanks, and other such things
    found = compile_format(text).read(line, zone=UTC, newest=None)
    assert isinstance(found, LogEntry)
    assert found.status == oracle.final_status
    assert found.minute == int(oracle.request_time.timestamp()) // 60


COMBINED = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
FORMATS = [
    "%h %l %u %t %{raw}U %m %>s %{phrase}s %b",
    "%h %l %u %t %r %>s %b",
    '%h %l %u %t "%r" %>s %b "%{A}i" %{B}i',
    '%v:%p %{X}i %u %l %t "%m %U%q %H" %s %>s %b',
    "%t %m %U %q %>s %h:%p",
    "%t|%>s|%r",
    '%>s %u [%{X}i] %t "%r"',
    '%{X}i %l %u %t "%r" %>s x',
    '%t "%r" %>s %{X}i %u',
]


@settings(max_examples=examples(100))
@given(st.sampled_from(FORMATS), st.binary(max_size=80))
def test_no_line_raises(text: str, line: bytes) -> None:
    result = compile_format(text).read(line, zone=UTC, newest=None)
    assert result is None or isinstance(result, str | LogEntry)


FILLINGS = [
    *(b" ", b'"', b' ""', b"[", b"\\", b'\\"', b":", b"a:", b"a ", b"|", b"-", b"200 ", b'" 200 '),
    STAMP.encode() + b" ",
]
LONG = int(os.environ.get("LONGEST", "250_000"))


def seconds(text: str, filling: bytes, length: int) -> float:
    layout = compile_format(text)
    body = filling * (length // len(filling))
    lines = (body, b"::1 - " + body, b"::1 - u " + STAMP.encode() + b" " + body + b" 200 5")
    start = time.process_time()
    for line in lines:
        layout.read(line, zone=UTC, newest=None)
    return time.process_time() - start


def grows_linearly(text: str, filling: bytes) -> bool:
    # A linear pass takes 4 times as long as one over a quarter, a quadratic one 16 times.
    shorter = seconds(text, filling, LONG // 4)
    return seconds(text, filling, LONG) < 10 * shorter + 0.05


@pytest.mark.parametrize("text", FORMATS)
def test_a_long_line_takes_linear_time(text: str) -> None:
    for filling in FILLINGS:
        assert any(grows_linearly(text, filling) for _ in range(3)), filling


@pytest.mark.parametrize(
    ("log", "text"),
    [
        (
            "mtail/apache-common.log",
            '%h %l %u %t "%r" %>s %b %O "%{Referer}i" "%{User-Agent}i"',
        ),
        ("mtail/apache-combined.log", COMBINED),
        ("beats/apache-darwin-2.4.23.log", '%h %l %u %t "%r" %>s %b'),
        ("nielsbasjes/hackers-access.log", COMBINED),
    ],
)
def test_real_logs_have_the_counts_of_an_independent_program(
    independent: ModuleType, log: str, text: str
) -> None:
    found = next(one for one in independent.logs() if one.path == log)
    expected = independent.read_expected(found.expected.read_text())
    layout = compile_format(text)
    cells: Counter[tuple[str, int]] = Counter()
    for line in found.file.read_bytes().split(b"\n")[:-1]:
        entry = layout.read(line, zone=UTC, newest=None)
        assert isinstance(entry, LogEntry), line
        minute = datetime.fromtimestamp(entry.minute * 60, UTC)
        cells[f"{minute:%Y-%m-%dT%H:%MZ}", entry.status] += 1
    assert dict(cells) == dict(expected.cells)


LINE = '192.0.2.4 12 [23/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 500'
ENTRY = LogEntry(29_923_800, "GET", "/a", 500)


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        # The right beginning of a log's format, and one whose last field was cut.
        ('%h %D %t "%r" %>s', ' 5 "-" "curl/8 (trunc'),
        ('%h %D %t "%r" %>s', ' 5 "-" "curl/8"'),
        ('%h %D %t "%r" %>s', ""),
        ('%h %D %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"', ' 5 "-" "curl/8 (trunc'),
        ('%h %D %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"', " 5"),
        ('%h %D %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"', ' 5 "-" "x\\" 200 \\"" more'),
    ],
)
def test_any_text_may_follow_the_last_needed_field(text: str, behind: str) -> None:
    assert read(text, LINE + behind) == ENTRY


def test_a_status_with_more_characters_is_no_status() -> None:
    for behind in ("1", "x", ".5", ":1", "-"):
        assert read('%h %D %t "%r" %>s', LINE + behind) is None


def test_two_records_in_one_line_are_refused_by_a_custom_format_too() -> None:
    text = '%h %D %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
    whole = LINE + ' 5 "-" "curl/8"'
    assert read(text, whole + whole) == "two records in one line"
    assert read(text, LINE + " 5" + whole) == "two records in one line"
    stamp = '[23/Nov/2026:10:00:00 +0000] \\"GET /b HTTP/1.1\\" 200'
    assert read(text, f'{LINE} 5 "-" "{stamp}"') == ENTRY


A_TIME = "[23/Nov/2001:00:00:00 +0000]"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        # a user or a bare header is what a visitor sent; the quotes around it are the format's
        (
            '"%r" %>s %t "%{Referer}i" %u "%{c}C"',
            f'"GET /a HTTP/1.1" 200 {STAMP} "-" {A_TIME} "x"',
        ),
        (
            '%h %l %u %t "%r" %>s %b %{X}i "%{Referer}i"',
            f'::1 - - {STAMP} "GET /a HTTP/1.1" 200 5 {A_TIME} "-"',
        ),
        (
            '%h %l %u %t "%r" %>s %b %{X}i "%{Referer}i" %D',
            f'::1 - - {STAMP} "GET /a HTTP/1.1" 200 5 {A_TIME} "-" 7',
        ),
    ],
)
def test_a_time_that_a_visitor_wrote_begins_no_other_record(text: str, line: str) -> None:
    assert read(text, line) == entry(200)
    for glued in (line + line, line + " " + line, line.rpartition('"')[0] + line):
        assert read(text, glued) == "two records in one line"


def test_a_longer_line_is_split_with_its_end_as_rest() -> None:
    named = compile_format('%h %D %t "%r" %>s').named((LINE + ' 5 "-"').encode())
    assert named is not None
    assert named[-2:] == [("status", b"500"), ("rest", b' 5 "-"')]


@pytest.mark.parametrize(
    ("text", "line", "target", "took"),
    [
        ('%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(L)s',
         '::1 - - AT "GET /a?b HTTP/1.1" 200 5 "-" "c" 0.012345', "/a?b", 12_345),
        ('%(t)s %(s)s %(m)s "%(U)s" "%(q)s" %(M)s', 'AT 200 GET "/a" "b=1" 12', "/a?b=1", 12_000),
        ('%(t)s "%(r)s" %(s)s %({x-id}i)s %(D)s', 'AT "GET / HTTP/1.1" 200 id 7', "/", 7),
        ('%h %l %u %t "%r" %>s %b %D', '::1 - - AT "GET / HTTP/1.1" 200 5 777', "/", 777),
        ('%t %{ms}T "%r" %>s', 'AT 15 "GET / HTTP/1.1" 200', "/", 15_000),
        ('[$time_local] "$request" $status rt=$request_time', 'AT "GET / HTTP/1.1" 200 rt=0.25', "/",
         250_000),
        ('%t "%r" %>s %T', 'AT "GET / HTTP/1.1" 200 cut', "/", None),
    ],
)  # fmt: skip
def test_a_format_may_have_the_duration_of_requests(
    text: str, line: str, target: str, took: int | None
) -> None:
    line = line.replace("AT", "[23/Nov/2026:10:05:42 +0000]")
    found = parse_line(line.encode(), order=(text,), zone=UTC)
    assert found == LogEntry(29_923_805, "GET", target, 200)
    assert isinstance(found, LogEntry)
    assert found.duration == took
