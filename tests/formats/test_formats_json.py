"""JSON lines that are requests: the names of their writers, hostile objects, and counting many at once."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.formats import LineCounter, Noise, Refusal, parse_line
from flask_status_cli.formats.counting import line_counter
from flask_status_cli.formats.families.json import json_loop
from flask_status_cli.formats.families.json.json_template import template_of
from flask_status_cli.model import LogEntry
from tests.formats.count_in_two_ways import in_bulk, one_by_one

AT = int(datetime(2026, 11, 23, 10, 5, tzinfo=UTC).timestamp()) // 60
ISO = "2026-11-23T10:05:42Z"
EPOCH = AT * 60 + 42

# Each is what a server or a logger writes for GET /a?b=1, answered with 503: the object, microseconds.
WRITERS: list[tuple[dict[str, Any], int | None]] = [
    ({"time_iso8601": "2026-11-23T10:05:42+00:00", "request": "GET /a?b=1 HTTP/1.1", "status": "503",
      "upstream_status": "200", "request_time": "0.012"}, 12_000),
    ({"msec": f"{EPOCH}.120", "request_method": "GET", "uri": "/a", "args": "b=1", "status": 503}, None),
    ({"level": "info", "ts": f"{EPOCH}.5", "logger": "http.log.access", "msg": "handled request",
      "request": {"method": "GET", "uri": "/a?b=1", "host": "h", "headers": {"Status": ["200"]}},
      "duration": "0.000025256", "status": 503}, 25),
    ({"ClientHost": "192.0.2.7", "DownstreamStatus": 503, "Duration": 1_234_567, "OriginStatus": 200,
      "RequestMethod": "GET", "RequestPath": "/a?b=1", "StartUTC": "2026-11-23T10:05:42.5Z",
      "time": "2026-11-23T10:06:01Z", "msg": ""}, 1_234),
    ({"httpRequest": {"requestMethod": "GET", "requestUrl": "/a?b=1", "status": 503, "latency": "0.250s"},
      "timestamp": ISO, "severity": "ERROR"}, 250_000),
    ({"jsonPayload": {"method": "GET", "path": "/a", "query": "b=1", "status_code": 503},
      "timestamp": ISO}, None),
    ({"remote_ip": "192.0.2.7", "response_code": "503", "request_method": "GET", "request_path": "/a",
      "request_querystring": "b=1", "request_timetaken": "1500",
      "time": "[23/Nov/2026:10:05:42 +0000]"}, 1_500),
    ({"@timestamp": "2026-11-23T10:05:42.123Z", "http": {"request": {"method": "GET"}, "response": {
        "status_code": 503}}, "url": {"original": "/a?b=1"}, "event": {"duration": 5_000_000}}, 5_000),
    ({"@timestamp": ISO, "http.request.method": "GET", "url.path": "/a", "url.query": "b=1",
      "http.response.status_code": 503}, None),
    ({"time": EPOCH * 1000, "req": {"method": "GET", "url": "/a?b=1"}, "res": {"statusCode": 503},
      "responseTime": 13}, 13_000),
    ({"event": "request_finished", "method": "GET", "path": "/a?b=1", "status": 503, "timestamp": ISO,
      "duration_ms": "3.5", "logger": "shop.middleware"}, 3_500),
    ({"ClientRequestMethod": "GET", "ClientRequestURI": "/a?b=1", "EdgeResponseStatus": 503,
      "EdgeStartTimestamp": EPOCH * 10**9}, None),
    ({"start_time": "2026-11-23T10:05:42.479Z", "method": "GET", "x-envoy-origin-path": "/a?b=1",
      "response_code": 503, "duration": 11}, 11_000),
    ({"requestTime": "23/Nov/2026:10:05:42 +0000", "httpMethod": "GET", "path": "/a?b=1",
      "status": "503"}, None),
    ({"asctime": "2026-11-23 10:05:42,123", "levelname": "INFO", "message": "done", "method": "GET",
      "path": "/a?b=1", "status_code": 503, "elapsed": "12ms"}, 12_000),
    ({"time": ISO, "server": {"name": "shop.example"}, "request": {
        "method": "GET", "url": "/a?b=1", "time": "0.012", "status": 503}}, 12_000),
    ({"date": "2026-11-23", "time": "10:05:42", "cs-method": "GET", "cs-uri-stem": "/a",
      "cs-uri-query": "b=1",
      "sc-status": "503"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("written", "took"), WRITERS)
def test_an_object_is_read_by_the_names_of_its_writer(
    written: dict[str, Any], took: int | None
) -> None:
    line = json.dumps(written)
    for text in (line, f"web-1  | {line}", json.dumps({"log": line + "\n", "stream": "stdout"})):
        found = parse_line(text.encode(), zone=UTC)
        assert found == LogEntry(AT, "GET", "/a?b=1", 503)
        assert isinstance(found, LogEntry)
        assert found.duration == took


def test_the_time_may_be_before_or_around_the_object() -> None:
    inner = '{"request":"GET /a HTTP/1.1","status":200}'
    around = json.dumps({"log": inner, "time": "2026-11-23T10:05:42.123456789Z"})
    for text in (f"{ISO} {inner}", around):
        assert parse_line(text.encode(), zone=UTC) == LogEntry(AT, "GET", "/a", 200)


USUAL = '{"time":"2026-11-23T10:05:42+00:00","request":"GET /a HTTP/1.1","status":200}'

HOSTILE: list[tuple[bytes, object]] = [
    (USUAL.encode(), LogEntry(AT, "GET", "/a", 200)),
    (b'{"time":"2026-11-23T10:05:42Z","request":"GET /\xff HTTP/1.1","status":200}',
     LogEntry(AT, "GET", "/\udcff", 200)),
    (b'{"time":"2026-11-23T10:05:42Z","request":"GET /\\ud800 HTTP/1.1","status":200}',
     LogEntry(AT, "GET", "/\udced\udca0\udc80", 200)),
    (b'{"time":"2026-11-23T10:05:42Z","request":"","status":400}', LogEntry(AT, None, None, 400)),
    (b'{"time":"2026-11-23T10:05:42Z","request":"GET /a HTTP/1.1","status":200,"status":500}',
     Refusal("a key occurs twice")),
    (b'{"time":"2026-11-23T10:05:42Z","request":"GET /a HTTP/1.1","status":200,"ua":"x","ua":"y"}',
     LogEntry(AT, "GET", "/a", 200)),
    (b'{"time":"2026-11-23T10:05:42Z","request":"GET /a HTTP/1.1","status":NaN}', Refusal("JSON line")),
    (b'{"time":NaN,"request":"GET /a HTTP/1.1","status":200}', Refusal("no time")),
    (b'{"time":1e999,"request":"GET /a HTTP/1.1","status":200}', Refusal("no time")),
    (b'{"time":"2026-02-30T10:05:42Z","request":"GET /a HTTP/1.1","status":200}', Refusal("no time")),
    (b'{"time":"2026-11-23T10:05:42Z","request":"GET /a HTTP/1.1","status":true}', Refusal("JSON line")),
    (b'{"time":"2026-11-23T10:05:42Z","request":"GET /a HTTP/1.1","status":2000}', Refusal("JSON line")),
    (b'{"time":"2026-11-23T10:05:42Z","request":["GET"],"status":200}', Refusal("JSON line")),
    ((b'{"level":"error","ts":1795428342.1,"logger":"http.log.error","msg":"EOF","request":{"method":"GET","uri":"/"},'
     b'"status":502}'), Noise("log record")),
    (b'{"time":"2026-11-23T10:05:42Z","level":"info","msg":"listening","status":"ok","port":8080}',
     Noise("other text")),
    (USUAL[:-1].encode(), Refusal("no known format")),
    (b'{"a":' * 60_000 + b"1" + b"}" * 60_000, Noise("other text")),
]  # fmt: skip


@pytest.mark.parametrize(("line", "result"), HOSTILE, ids=[str(line[:60]) for line, _ in HOSTILE])
def test_a_broken_or_hostile_object_is_read_or_refused(line: bytes, result: object) -> None:
    assert parse_line(line, zone=UTC) == result


# Many at once.

NGINX = (
    '{{"time":"{time}","remote_addr":"10.0.0.1","request":"{request}","status":{status},"size":{free},'
    '"request_time":{took},"ua":"{agent}"}}'
)
SHAPES = {
    "nginx": NGINX,
    "upstream": NGINX.replace('"ua"', '"upstream_response_time":"{upstream}","ua"'),
    "blanks": NGINX.replace('":', '": ').replace(',"', ', "'),
    "epoch": '{{"status":{status},"request":"{request}","msec":{epoch},"ua":"{agent}"}}',
    "local": NGINX.replace("{time}", "2026-11-{day} {clock}"),
    "clf": NGINX.replace("{time}", "{day}/Nov/2026:{clock} +0530"),
    "caddy": '{{"level":"info","ts":{epoch},"logger":"http.log.access","request":{{"method":"GET","host":"h",'
    '"uri":"{path}","headers":{{"User-Agent":["{agent}"],"X":[{free},null]}},"tls":{{"v":1}}}},"duration":{took},"status":{status}}}',
    "traefik": '{{"DownstreamStatus":{status},"RequestMethod":"POST","RequestPath":"{path}",'
    '"StartUTC":"{time}","Duration":{took},'
    '"User":{{"a":[]}},"time":"x"}}',
}
TIMES = ["2026-11-23T10:05:42+00:00", "2026-11-23T10:05:43+00:00", "2026-11-23T10:06:00+00:00"]
PATHS = [
    "/",
    "/users/17",
    "/users/18?page=2",
    '/a\\"b',
    "/a\\u0041",
    "/a\\\\b",
    "/caf\u00e9",
    "/a b",
    "/\u2028",
    "",
]
ODD_REQUESTS = [
    "",
    "-",
    "hello",
    "GET /users/9",
    "\\u0016\\u0003",
    "GET /x HTTP/1.1\\n",
    'x","status":200,"y":"',
]
ODD_TIMES = [
    "2026-11-23T10:05:42.123+00:00",
    "2026-11-23T10:05:42Z",
    "2026-11-31T10:05:42+00:00",
    "-",
    "10:05:42",
]
EPOCHS = [
    "1795428342.120",
    "1795428343",
    "1795428342120",
    "1e9",
    "0123456789",
    '"1795428342.1"',
    "null",
]
STATUSES = [
    "200",
    "404",
    "503",
    '"200"',
    "0",
    "099",
    "2e2",
    "200.0",
    "true",
    "null",
    "1000",
    "[200]",
]
TOOK = ["0.010", "1.5", "0", "-1", "null", '"0.2"', '"-"', "1e-3", "true", '"\\u0031"']
UPSTREAMS = ["0.010", "-", "0.1, 0.2", "", "\\n1"]
FREE = [
    "2",
    "0",
    "-1",
    '"-"',
    "null",
    "1.5e3",
    "[1,[2]]",
    '{"a":{"b":[]}}',
    "01",
    ".5",
    "[1,]",
    '{"a"}',
    "NaN",
]
AGENTS = [
    "curl/8",
    "-",
    '\\"x\\"',
    "\\u00e9",
    "a\\x41",
    "[23/Nov/2026:06:42:01 +0000] ",
    "{",
    "}",
    "\x7f",
    "\xff",
]


@st.composite
def lines(draw: st.DrawFn, shape: str, *, odd: bool) -> bytes:
    """A line of a shape; where it is not odd, one that the server writes for a plain request."""

    def one_of(values: list[str], usual: int) -> str:
        return draw(st.sampled_from(values if odd else values[:usual]))

    path = one_of(PATHS, 3)
    text = SHAPES[shape].format(
        time=one_of(TIMES + ODD_TIMES, 3),
        day=one_of(["23", "01", "31"], 1),
        clock=one_of(["06:42:01", "06:42:59", "01:30:00", "02:30:00", "06:42:60"], 2),
        epoch=one_of(EPOCHS, 1),
        request=one_of([f"GET {path} HTTP/1.1", *ODD_REQUESTS], 1),
        path=path,
        status=one_of(STATUSES, 3),
        free=one_of(FREE, 3),
        agent=one_of(AGENTS, 2),
        took=one_of(TOOK, 5),
        upstream=one_of(UPSTREAMS, 3),
    )
    cut = draw(st.integers(0, len(text))) if odd and draw(st.booleans()) else len(text)
    return text[:cut].encode() + draw(
        st.sampled_from([b"\n", b"\r\n", b" \n", b"\n\n"] if odd else [b"\n"])
    )


BEFORE = [
    b"",
    b"web-1  | ",
    b"2026-11-23T10:05:42.123456789Z ",
    b'<165>1 2026-11-28T10:00:00.123Z web1 nginx 12 - [x@1 a="b"] ',
    b"web-1 | " * 4,
    b"web-1 | " * 5,
    b"1" * 600 + b" | ",
    b"Nov 23 10:05:42 web1 nginx: ",
    b"\x1b[36mweb-1  |\x1b[0m ",
]
"""What carriers put before a line, and what is too much."""


@st.composite
def logs(draw: st.DrawFn) -> list[bytes]:
    """Blocks of lines of one shape, with some odd ones and one of another shape among them."""
    shape = draw(st.sampled_from(sorted(SHAPES)))
    plain = draw(st.lists(lines(shape, odd=False), min_size=1, max_size=10))
    other = draw(st.sampled_from(sorted(SHAPES)))
    strange = [*draw(st.lists(lines(shape, odd=True), max_size=3)), draw(lines(other, odd=False))]
    for line in strange:
        plain.insert(draw(st.integers(0, len(plain))), line)
    carrier = draw(st.sampled_from(BEFORE))
    plain = [draw(st.sampled_from([carrier, carrier, carrier, b"x "])) + line for line in plain]
    cut = draw(st.integers(0, len(plain)))
    return [b"".join(part) for part in (plain[:cut], plain[cut:], plain) if part]


@pytest.fixture
def everything_in_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_counter, "WORTH", 0)
    monkeypatch.setattr(json_loop, "_MISSES_BEFORE_PAUSE", 10**9)


@pytest.mark.usefixtures("everything_in_bulk")
def test_like_objects_count_as_one_by_one() -> None:
    @settings(max_examples=int(os.environ.get("EXAMPLES", "100")))
    @given(logs())
    def holds(blocks: list[bytes]) -> None:
        assert in_bulk(blocks, "json") == one_by_one(b"".join(blocks), "json")

    holds()


@pytest.mark.parametrize("shape", SHAPES)
def test_plain_objects_are_counted_many_at_once(
    shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = {"day": "23", "free": "2", "agent": "curl/8", "took": "0.010", "upstream": "-"}
    log = "".join(
        SHAPES[shape].format(time=f"2026-11-23T10:{n % 60:02}:42+00:00", clock=f"06:{n % 60:02}:01",
                             epoch=f"{EPOCH + n}.5", request=f"GET /users/{n} HTTP/1.1", path=f"/users/{n}",
                             status=(200, 404)[n % 2], **usual) + "\n"
        for n in range(100)
    ).encode()  # fmt: skip
    monkeypatch.setattr(
        LineCounter, "_feed_lines", lambda _self, block: pytest.fail(str(block[:200]))
    )
    found = in_bulk([log, log], "json")
    assert sum(n for key, n in found.items() if len(key) == 3) == 200


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("404 NOT FOUND", 404),  # werkzeug's Response.status
        ("500 INTERNAL SERVER ERROR", 500),
        ("200 OK", 200),
        ("418 I'M A TEAPOT", 418),
        ("504 Gateway Timeout", 504),
        ("200 rows", None),
        ("2000 OK", None),
        ("200  OK", None),
    ],
)
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("json", '{"time":"2026-11-23T10:05:42Z","method":"GET","path":"/a","status":"%s"}'),
        ("json", '{"time":"2026-11-23T10:05:42Z","request":"GET /a HTTP/1.1","response":{"status":"%s"}}'),
        ("logfmt", 'time="2026-11-23T10:05:42Z" method=GET path=/a status="%s"'),
        ("ltsv", "time:2026-11-23T10:05:42Z\treq:GET /a HTTP/1.1\tstatus:%s"),
    ],
)  # fmt: skip
def test_a_status_may_have_its_phrase(
    name: str, line: str, written: str, status: int | None
) -> None:
    text = (line % written).encode()
    found = parse_line(text, zone=UTC)
    assert (found.status if isinstance(found, LogEntry) else None) == status
    assert in_bulk([(text + b"\n") * 3], name) == one_by_one((text + b"\n") * 3, name)


def test_fields_that_an_app_binds_to_loguru_are_read() -> None:
    """loguru 0.7 with `serialize=True` wrote the line, but for its time. `elapsed` is the time of the app."""
    line = (
        b'{"text": "2026-11-23 10:05:42.938 | INFO     | __main__:<module>:4 - request\\n", "record": '
        b'{"elapsed": {"repr": "0:00:00.039557", "seconds": 0.039557}, "exception": null, "extra": '
        b'{"method": "GET", "path": "/a", "status": 200, "duration": 0.0125}, "file": {"name": "<stdin>", '
        b'"path": "<stdin>"}, "function": "<module>", "level": {"icon": "i", "name": "INFO", "no": 20}, '
        b'"line": 4, "message": "request", "module": "<stdin>", "name": "__main__", "time": '
        b'{"repr": "2026-11-23 10:05:42.938310+00:00", "timestamp": 1795428342.93831}}}'
    )
    assert parse_line(line, zone=UTC) == LogEntry(29_923_805, "GET", "/a", 200, 12_500)
    lines = (line + b"\n") * 3
    assert in_bulk([lines], "json") == one_by_one(lines, "json")
    without = line.replace(b'"method": "GET", "path": "/a", "status": 200, "duration": 0.0125', b"")
    assert isinstance(parse_line(without, zone=UTC), Noise)


def test_the_pattern_of_a_line_takes_linear_time() -> None:
    template = template_of(
        NGINX.format(
            time=TIMES[0], request="GET / HTTP/1.1", status=200, free=1, agent="a", took="0.1"
        ).encode()
    )
    assert template is not None
    for filling in ("\\\\", '\\"', "a", "[", "{", '{"a":'):
        line = NGINX.format(
            time=TIMES[0], request=filling * 50_000, status=200, free=1, agent="a", took="0.1"
        )
        assert len(template.pattern.split(line.encode() + b"\n")) > 1


@pytest.mark.parametrize(
    "bare",
    [
        '"up":,',  # escape=json, without an upstream
        '"up":-,',  # without escape=json
        '"up": 0.004, 0.120,',  # two upstreams
        '"up":0.004, - : 0.120,',  # the second one after an internal redirect
        '"up":- ,"ua":"a:, b\\":-,c",',  # in a string, the same text is no value
    ],
)
def test_values_that_nginx_writes_without_quotes_are_read(bare: str) -> None:
    for end in (bare, bare.removesuffix(",")):
        line = f'{{"time":"{ISO}","request":"GET /a?b=1 HTTP/1.1","status":503,{end}'
        line += '"s":1}' if end.endswith(",") else "}"
        assert parse_line(line.encode(), order=["json"], zone=UTC) == LogEntry(
            AT, "GET", "/a?b=1", 503
        )


def test_a_duration_without_quotes_is_the_sum_or_absent_as_in_quotes() -> None:
    start = f'{{"time":"{ISO}","request":"GET /a HTTP/1.1","status":503,"request_time":'
    for text in ("0.004, 0.120", "-", ""):
        bare = parse_line(f"{start}{text}}}".encode(), order=["json"], zone=UTC)
        quoted = parse_line(f'{start}"{text}"}}'.encode(), order=["json"], zone=UTC)
        assert isinstance(bare, LogEntry)
        assert isinstance(quoted, LogEntry)
        assert bare.duration == quoted.duration


@pytest.mark.parametrize("text", ['"n":1, 2', '"n":1 2', '"n":--', "n:-", '"n":-, -', '"n":[-]'])
def test_other_broken_objects_are_refused(text: str) -> None:
    line = f'{{"time":"{ISO}","request":"GET /a HTTP/1.1","status":503,{text},x}}'
    assert parse_line(line.encode(), order=["json"], zone=UTC) == Refusal("no known format")


@pytest.mark.parametrize("target", ["", "-"])
@pytest.mark.parametrize("status", [400, 408, 414, 505])
def test_a_request_that_nginx_refuses_may_have_a_method_and_no_target(
    target: str, status: int
) -> None:
    """nginx 1.22.1, `GET /bad%zz`: 400, the method is GET, `$request_uri` is empty."""
    text = f'"m":"GET","u":"{target}","s":{status},"t":"{ISO}"}}'
    for order in ("json:method=m,target=u,status=s,time=t", "json:target=u,status=s,time=t"):
        found = parse_line(f"{{{text}".encode(), order=[order], zone=UTC)
        assert found == LogEntry(AT, None, None, status)
    bad = f'{{"method":"GET","path":"","status":200,"time":"{ISO}"}}'.encode()
    assert parse_line(bad, order=["json"], zone=UTC) == Refusal("JSON line")
