"""Logs that cannot be read are named, with what to do about them."""

from __future__ import annotations

from datetime import UTC

import pytest

from flask_status_cli.formats import Noise, Refusal, parse_line, propose, unsupported_log
from flask_status_cli.formats.refusal_reasons import NO_KNOWN_FORMAT
from flask_status_cli.model import LOGGED_REQUEST, LogEntry


@pytest.mark.parametrize(
    ("line", "what", "hint"),
    [
        ("GET /users 200 3.2 ms - 12", "Express' morgan", "combined"),
        (
            "\x1b[0mGET /users \x1b[32m200\x1b[0m 3.2 ms - 12\x1b[0m",
            "Express' morgan",
            "combined",
        ),
        ("10:05:42 | 200 |  1.2ms | 192.0.2.7 | GET | /a | -", "without a date", "docker logs -t"),
        (
            "method=GET path=/a format=json status=200 duration=5.3",
            "without a date",
            "docker logs -t",
        ),
        (
            "Nov 23 10:05:42 lb haproxy[7]: ::1:3 [23/Nov/2026:10:05:41.443] f b/s 0/0/5 212 -- 0/0/0/0/3",
            "TCP connections",
            "mode http",
        ),
        ("2026-11-23 10:05:42 GET 200 https://shop.a.run.app/a", "Cloud Run", "--format json"),
        (
            "[2026-11-23 10:05:42,123] INFO in app: 192.0.2.7 GET /a 200",
            "the app's own logger",
            "gunicorn",
        ),
        ('[{"time":1,"status":200}]', "a JSON array", "jq -c '.[]'"),
        ('[\n  {\n    "time": 1,\n    "status": 200\n  }\n]', "a JSON array", "jq -c '.[]'"),
        ('{\n  "time": 1,\n  "status": 200\n}', "JSON over several lines", "jq -c ."),
        ("\x01\x02\x03\x04\x05 binary", "no text", "unpack"),
        ('{"a":' * 201 + "1" + "}" * 201, "more than 200 levels", "nest its objects less"),
        (
            '192.0.2.7 - - [23/Mai/2026:10:05:42 +0200] "GET /a HTTP/1.1" 200 5',
            "names of months that are not English",
            "LC_ALL=C",
        ),
        (
            '192.0.2.7 - - [23/d\u00e9c./2026:10:05:42 +0200] "GET /a HTTP/1.1" 200 5',
            "names of months that are not English",
            "LC_ALL=C",
        ),
        ("server {", "an nginx configuration", "--nginx-conf"),
        ("  access_log /var/log/nginx/a.log main;", "an nginx configuration", "--nginx-conf"),
        ("<!DOCTYPE html><title>404</title>", "a page in HTML", "name a log"),
        (
            "Nov 23 10:05:42 h sshd[7]: Failed password for root from 192.0.2.7 port 5 ssh2",
            "a log without requests",
            "access log of the server",
        ),
        (
            "Nov 23 10:05:42 h postfix/smtpd[7]: connect from unknown[192.0.2.7]",
            "a log without requests",
            "access log of the server",
        ),
        ('[0] web: [1795428342.1, {"log"=>"x"}]', "Fluent Bit", "json_lines"),
        ('Started GET "/a" for 192.0.2.7 at 2026-11-23 10:05:42 +0000', "Rails", "lograge"),
        (
            "I, [2026-11-23T10:05:42.1 #7]  INFO -- : Completed 500 Internal Server Error in 12ms",
            "Rails",
            "lograge",
        ),
        ("10:05:42.123 [info] GET /a", "Phoenix", "logster"),
        ("2026-11-23 10:05:42.123 request_id=F1 [info] Sent 200 in 12ms", "Phoenix", "logster"),
        (
            "      Request finished HTTP/1.1 GET http://h/a - 200 5 text/plain 1.2ms",
            "ASP.NET Core",
            "UseW3CLogging",
        ),
        (
            "INFO - 2026-11-23 10:05:42,124 - litestar - middleware - HTTP Response: status_code=200",
            "Litestar",
            "access log",
        ),
        ("   >> Outcome: Success(200 OK)", "Rocket", "server before it"),
        (
            "[2026-11-23 10:05:42.12345] [7] [trace] [abcdEF] 500 Internal Server Error (0.001s, 810/s)",
            "Mojolicious",
            "server before it",
        ),
        (
            "192.0.2.7, -, 23.11.2026, 9:05:42, W3SVC1, WEB, 10.0.0.1, 12, 1, 2, 200, 0, GET, /a, -,",
            "IIS's own format",
            "W3C",
        ),
        ("<request> <httpMethod>GET</httpMethod> <status>200</status> </request>", "XML", "JSON"),
        (
            "#Date: 2026-11-23 10:05:40\n#Fields: time cs-method cs-uri-stem sc-status\n10:05:42 GET /a 200",
            "a time but no date",
            "the field date",
        ),
        (
            '{"level":"info","method":"GET","path":"/a","status":200}',
            "the keys level, method, path, status",
            "let the logger write the time",
        ),
        (
            '{"level":"info","verb":"GET","where":"/a","result":200}',
            "the keys level, verb, where, result",
            "name the unknown keys",
        ),
        (
            '{"time":"2026-11-23T10:05:42Z","method":"GET","path":"/a","bytes":512,"id":"x-200"}',
            "without a status, with the keys time, method, path, bytes, id",
            "nginx: $status",
        ),
        (
            '{"time":"2026-11-23T10:05:42Z","verb":"GET","where":"/a","answer":{"line":"200 OK"}}',
            "JSON lines with the keys time, verb, where, answer",
            "name the unknown keys",
        ),
    ],
)
def test_a_log_that_cannot_be_read_is_named(line: str, what: str, hint: str) -> None:
    found = unsupported_log(f"{line}\n".encode() * 3)
    assert found is not None
    assert what in found.what
    assert hint in found.hint


@pytest.mark.parametrize(
    "line",
    [
        "[Mon Nov 23 10:05:42 2026] [::1]:5 [200]: GET /a",
        "192.0.2.7|Mon 23 Nov 2026 10:05:42 +0000|200|GET /a HTTP/1.1|x",
        "HIT|200|1795428342123|412|GET /a",
        "192.0.2.7, 1.2.2026, 10:05:42, 200, GET, /a",
    ],
)
def test_a_line_with_a_date_is_not_said_to_have_none(line: str) -> None:
    assert unsupported_log(f"{line}\n".encode() * 3) is None


@pytest.mark.parametrize(
    "line", ["/a 200", "2026-11-23 GET", "x https://shop.example/a", "a|/b|200"]
)
def test_a_log_that_may_have_requests_is_not_said_to_have_none(line: str) -> None:
    assert unsupported_log(f"{line}\n".encode() * 3) is None


def test_a_request_behind_the_time_of_a_carrier_is_not_without_a_date() -> None:
    assert unsupported_log(b"2026-11-28T10:00:00+00:00 200 GET /a 0.010\n") is None


def test_a_request_in_a_record_of_the_app_is_noise_of_its_own_kind() -> None:
    """In a log without entries it counts as not understood."""
    record = "[2026-11-23 10:05:42,123] INFO in app: "
    asked = parse_line(f"{record}192.0.2.7 GET /a 200".encode(), zone=UTC)
    assert asked == Noise(LOGGED_REQUEST)
    assert parse_line(f"{record}the cart has 3 items".encode(), zone=UTC) == Noise("log record")


LOGGED, UNKNOWN = Noise(LOGGED_REQUEST), Refusal(NO_KNOWN_FORMAT)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("2026-11-23 10:05:42.123 [main-1] INFO  ktor.application - 200 OK: GET - /a", LOGGED),
        ("2026-11-23 10:05:42,123 INFO  access - GET => /a 200", LOGGED),
        ("[2026-11-23 10:05:42,123] INFO in app: 127.0.0.1 GET http /a? 200 OK", LOGGED),
        (
            "INFO - 2026-11-23 10:05:42,123 - litestar - middleware - HTTP Request: path=/a, method=GET",
            UNKNOWN,
        ),
        (
            "INFO - 2026-11-23 10:05:42,124 - litestar - middleware - HTTP Response: status_code=500",
            UNKNOWN,
        ),
        ("I, [2026-11-23T10:05:42.1 #7]  INFO -- : Completed 500 Internal Server Error in 12ms", UNKNOWN),
    ],
)  # fmt: skip
def test_a_request_in_a_record_is_no_known_noise_however_it_is_written(
    line: str, read: Noise | Refusal
) -> None:
    """A log of such lines exited with 0, and was stored as read."""
    assert parse_line(line.encode(), zone=UTC) == read


@pytest.mark.parametrize(
    ("line", "format_"),
    [
        (
            'INFO     2026-11-23T10:05:42 - [192.0.2.7:5] 401 Unauthorized "POST /a HTTP/1.1"',
            '%l  %{%Y-%m-%dT%H:%M:%S}t %l %l %>s %{phrase}s "%r"',
        ),
        (
            '192.0.2.7 - - 23/Nov/2026:10:05:42 +0000 "POST /a HTTP/1.1" 401 12',
            '%l %l %l %{%d/%b/%Y:%H:%M:%S %z}t "%r" %>s',
        ),
        (
            '[23/Nov/2026:10:05:42 +0000] 192.0.2.7 - - "POST /a HTTP/1.1" 401 12',
            '%t %l %l %l "%r" %>s',
        ),
        (
            'app 2026-11-23T10:05:42.123Z "POST /a HTTP/1.1" 401 5',
            '$hostname $time_iso8601 "$request" $status',
        ),
    ],
)
def test_a_format_is_proposed_for_times_in_many_places_and_spellings(
    line: str, format_: str
) -> None:
    assert propose(f"{line}\n".encode() * 3) == format_
    found = parse_line(line.encode(), order=(format_,), zone=UTC)
    assert found == LogEntry(29_923_805, "POST", "/a", 401)


@pytest.mark.parametrize(
    ("encoding", "what", "hint"),
    [
        ("utf-16", "UTF-16", "Out-File -Encoding utf8"),
        ("utf-16-le", "UTF-16", "Out-File -Encoding utf8"),
        ("utf-16-be", "UTF-16", "Out-File -Encoding utf8"),
        ("utf-32", "UTF-32", "iconv -f UTF-32"),
        ("utf-32-le", "UTF-32", "iconv -f UTF-32"),
        ("utf-32-be", "UTF-32", "iconv -f UTF-32"),
    ],
)
def test_text_of_wide_letters_is_named(encoding: str, what: str, hint: str) -> None:
    line = '192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] "GET /a HTTP/1.1" 200 5\n'
    found = unsupported_log(line.encode(encoding) * 3)
    assert found is not None
    assert what in found.what
    assert hint in found.hint


@pytest.mark.parametrize(
    ("header", "column"),
    [("timestamp,message", "message"), ('"Date","Host","Content"', "Content")],
)
def test_an_export_with_lines_in_a_column_names_the_command_that_takes_them_out(
    header: str, column: str
) -> None:
    line = '192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] ""GET /a HTTP/1.1"" 200 5'
    before = "1795428342," * header.count(",")
    found = unsupported_log(f'{header}\n{before}"{line}"\n'.encode())
    assert found is not None
    assert found.what == f"CSV with the lines of a log in its column {column!r}"
    assert f'row["{column}"]' in found.hint


def test_quotes_in_a_csv_header_never_get_into_a_command() -> None:
    line = '192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] ""GET /a HTTP/1.1"" 200 5'
    for name in ("x'; rm -rf ~; '", "a$(id)", "a`id`", 'a""b'):
        found = unsupported_log(f'time,"{name}"\n1,"{line}"\n'.encode())
        assert found is None or "row[" not in found.hint


def test_the_times_of_haproxy_are_read_and_its_numbers_of_connections_are_not() -> None:
    line = "192.0.2.7:5 [23/Nov/2026:10:05:42.123] in shop/a {} 503 512 GET /a HTTP/1.1"
    known = "%l [%{{%d/%b/%Y:%H:%M:%S}}t.%{{msec_frac}}t] %l %l {} %>s %l %r"
    for numbers, part in (("0/0/1/12/13", "%l/%l/%l/%l/%{ms}T"), ("2/2/1/1/0", "%l")):
        text = line.format(numbers).encode()
        format_ = known.format(part)
        assert propose(text + b"\n") == format_
        took = 13_000 if "/13" in numbers else None
        entry = LogEntry(29_923_805, "GET", "/a", 503, took)
        assert parse_line(text, order=(format_,), zone=UTC) == entry


@pytest.mark.parametrize("levels", [100, 199, 201, 1_000, 100_000])
def test_an_object_in_an_entry_has_at_most_200_levels(levels: int) -> None:
    request = '{"time":"2026-11-23T10:05:42Z","request":"GET /a HTTP/1.1","status":200,"x":'
    line = request + '{"[":' * levels + "1" + "}" * levels + "}"
    found = parse_line(line.encode(), zone=UTC)
    assert isinstance(found, LogEntry) == (levels < 200)


def test_a_log_that_repeats_requests_is_not_proposed_to_be_read() -> None:
    """Vercel's documentation of log drains has such messages: each of a request has its path and status."""
    messages = [
        f'{{"id":"{number}","deploymentId":"d","source":"lambda","timestamp":1795428342310,"projectId":"p",'
        f'"message":"{number}","requestId":"r","statusCode":200,"path":"/a","proxy":{{"timestamp":1795428342310,'
        '"method":"GET","path":"/a","statusCode":200}}\n'
        for number in range(3)
    ]
    sample = "".join(messages).encode()
    found = unsupported_log(sample)
    assert found is not None
    assert "Vercel" in found.what
    assert "unique_by(.requestId)" in found.hint
    assert propose(sample) is None
