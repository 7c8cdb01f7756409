"""What one line means: tables, with the reason over each group."""

from __future__ import annotations

from datetime import UTC

import pytest

from flask_status_cli.formats import FORMAT_NAMES, Noise, Refusal, parse_line
from flask_status_cli.model import LogEntry

ESC = "\x1b["
CLF = "[23/Nov/2026:06:42:01 +0530]"
WZ = "[23/Nov/2026 06:42:01]"


def parse(line: str) -> LogEntry | Noise | Refusal:
    """Read a line with the families in both orders, which must not make a difference."""
    raw = line.encode("utf-8", "surrogateescape")
    result = parse_line(raw, order=FORMAT_NAMES, zone=UTC, newest=None)
    assert parse_line(raw, order=FORMAT_NAMES[::-1], zone=UTC, newest=None) == result
    return result


ENTRIES = [
    # The user name of Basic authentication holds anything but a colon (RFC 7617).
    (f'1.2.3.4 - a b [{CLF} "GET /u HTTP/1.1" 200 2', "/u", 200),
    (f'1.2.3.4 - x\\" 200 \\"y {CLF} "GET /u HTTP/1.1" 404 2', "/u", 404),
    (f'1.2.3.4 - INFO {CLF} "GET /u HTTP/1.1" 200 2', "/u", 200),
    # Clients: none (a Unix socket), a list of forwarded ones, quoted or not, a virtual host before it.
    (f' - - {CLF} "GET /s HTTP/1.1" 200 2', "/s", 200),
    (f'10.0.0.2, 10.0.0.1 - - {CLF} "GET /x HTTP/1.1" 200 2', "/x", 200),
    (f'"10.0.0.2, 10.0.0.1" 10.2.1.1 - - {CLF} "GET /x HTTP/1.1" 200 2', "/x", 200),
    (f'example.com:443 2001:db8::1 - - {CLF} "GET /v HTTP/2.0" 499 0', "/v", 499),
    # Collectors: docker compose, docker logs -t, Kubernetes, syslog in its two shapes, a byte order mark.
    (f'web-1  | 1.2.3.4 - - {CLF} "GET /c HTTP/1.1" 200 2', "/c", 200),
    (f'2026-11-23T01:12:01.123456789Z 1.2.3.4 - - {CLF} "GET /c HTTP/1.1" 200 2', "/c", 200),
    (f'2026-11-23T01:12:01.1Z stdout F 1.2.3.4 - - {CLF} "GET /c HTTP/1.1" 200 2', "/c", 200),
    (f'Nov 23 06:42:01 web1 nginx: 1.2.3.4 - - {CLF} "GET /c HTTP/1.1" 200 2', "/c", 200),
    (f'\ufeff1.2.3.4 - - {WZ} "GET /b HTTP/1.1" 200 -', "/b", 200),
    (f'web-1  | ::1 - - {WZ} "GET /b HTTP/1.1" 200 -', "/b", 200),
    (
        f'{ESC}2Kweb-1  | 2026-11-23T01:12:01.123456789Z ::1 - - {WZ} "GET /b HTTP/1.1" 200 -',
        "/b",
        200,
    ),
    (f'Nov 23 06:42:01 web1 flask[12]: ::ffff:1.2.3.4 - - {WZ} "GET /b HTTP/1.1" 200 -', "/b", 200),
    # The loggers that servers write their access log with.
    (f'INFO:gunicorn.access:1.2.3.4 - - {CLF} "GET /g HTTP/1.1" 200 2', "/g", 200),
    (f'INFO:wsgi:1.2.3.4 - - {CLF} "GET /g HTTP/1.1" 200 2', "/g", 200),
    (f'INFO:werkzeug:::1 - - {WZ} "GET /w HTTP/1.1" 200 -', "/w", 200),
    (
        f'2026-11-23 06:42:01,123 - werkzeug - INFO - 1.2.3.4 - - {WZ} "GET /w HTTP/1.1" 200 -',
        "/w",
        200,
    ),
    (
        f'[2026-11-23 06:42:01,123] INFO in _internal: 1.2.3.4 - - {WZ} "GET /w HTTP/1.1" 200 -',
        "/w",
        200,
    ),
    (
        f'2026-11-23 06:42:01 [MainThread] INFO werkzeug: 1.2.3.4 - - {WZ} "GET /w HTTP/1.1" 200 -',
        "/w",
        200,
    ),
    (f'2026-11-23 06:42:01,123 INFO 1.2.3.4 - - {WZ} "GET /w HTTP/1.1" 200 -', "/w", 200),
    (
        f'werkzeug - 2026-11-23 06:42:01,1 - {{/_internal.py:97}} - 1.2.3.4 - - {WZ} "GET /w HTTP/1.1" 200 -',
        "/w",
        200,
    ),
    # Statuses: nginx's own, and whatever has three digits.
    (f'1.2.3.4 - - {CLF} "GET /n HTTP/1.1" 444 0 "-" "-"', "/n", 444),
    (f'1.2.3.4 - - {CLF} "GET /n" 009 0', "/n", 9),
    (f'1.2.3.4 - - {CLF} "GET /n HTTP/3.0" 000', "/n", 0),
    # Requests that the server did not understand have no target.
    (f'1.2.3.4 - - {CLF} "" 400 0', None, 400),
    (f'1.2.3.4 - - {CLF} "-" 408 -', None, 408),
    (f'1.2.3.4 - - {CLF} "GET HTTP/1.1" 400 0', None, 400),
    (f'1.2.3.4 - - {CLF} "hello world" 400 0', None, 400),
    (f'1.2.3.4 - - {CLF} "\\x16\\x03\\x01" 400 0', None, 400),
    (f'1.2.3.4 - - {WZ} "{ESC}31m{ESC}1m{ESC}0m" 414 -', None, 414),
    # Only ASCII spaces separate, any number of them.
    (f'1.2.3.4 - - {CLF} " GET  /two  spaces  HTTP/1.1 " 200 0', "/two  spaces", 200),
    (f'1.2.3.4 - - {WZ} "GET /a\u00a0200\u3000x HTTP/1.1" 200 -', "/a\u00a0200\u3000x", 200),
    (f'1.2.3.4 - - {WZ} "GET /a\rb\x0bc HTTP/1.1" 200 -', "/a\rb\x0bc", 200),
    # Escapes are undone once, and only where the server writes them.
    (f'1.2.3.4 - - {CLF} "GET /a\\"b\\\\x41\\x41\\q HTTP/1.1" 200 0', '/a"b\\x41A\\q', 200),
    (f'1.2.3.4 - - {CLF} "GET /caf\\xC3\\xA9/\\xE9 HTTP/1.1" 200 0', "/café/\udce9", 200),
    (f'1.2.3.4 - - {WZ} "GET /a\\x41"b HTTP/1.1" 200 -', '/a\\x41"b', 200),
    # What follows the status cannot change it; werkzeug's request cannot either.
    (f'1.2.3.4 - - {CLF} "GET /f HTTP/1.1" 200 2 "-" "x\\" 404 1 \\"-', "/f", 200),
    (f'1.2.3.4 - - {WZ} "GET /f" 200 - HTTP/1.1" 404 -', '/f" 200 -', 404),
    (f'1.2.3.4 - - {WZ} "GET /f?{CLF} "x" 200 y HTTP/1.1" 404 -', f'/f?{CLF} "x" 200 y', 404),
    # Up to Python 3.10, werkzeug's errors show the name of the status.
    (f'1.2.3.4 - - {WZ} "GET /f HTTP/1.1" HTTPStatus.NOT_FOUND -', "/f", 404),
    # wsgiref adds the size.
    (f'1.2.3.4 - - {WZ} "GET /f HTTP/1.1" 200 17', "/f", 200),
    # A hole that a crash or copytruncate left before the line.
    (f'\0\0\0001.2.3.4 - - {CLF} "GET /z HTTP/1.1" 200 2', "/z", 200),
]


@pytest.mark.parametrize(("line", "target", "status"), ENTRIES)
def test_a_request_is_an_entry(line: str, target: str | None, status: int) -> None:
    result = parse(line)
    assert isinstance(result, LogEntry), result
    assert (result.target, result.status) == (target, status)


FORGED = f'1.2.3.4 - - {CLF} "GET /forged HTTP/1.1" 200 2'
FORGED_WZ = f'1.2.3.4 - - {WZ} "GET /forged HTTP/1.1" 200 -'
LOGGERS = [
    "WARNING:demo:",
    "INFO:demo:",
    "INFO:demo:werkzeug:",
    "[2026-11-23 06:57:01,786] WARNING in fl: user said ",
    "[2026-11-23 06:57:01,786] INFO in fl: ",
    "2026-11-23 06:56:59,720 - demo - WARNING - ",
    "2026-11-23 06:56:59,720 - demo - ",
    "2026-11-23 06:56:59,720 - demo.views - INFO - werkzeug - ",
    "demo - 2026-11-23 06:56:59,720 - ",
    "demo - INFO - ",
    "2026-11-23 06:56:59,720 [12] ERROR demo: ",
    "2026-11-23T06:56:59+05:30 WARNING demo: ",
    "2026-11-23 06:56:59.720 | INFO     | demo.views:index:12 - ",  # loguru
    "Nov 23 06:42:01 WARNING demo: ",
    "11-23 06:42 demo         INFO     ",
    "23/11/2026 06:42:01 AM INFO demo: ",
    "06:42:01 demo WARNING ",
    "web-1  | INFO:demo:",
    "Nov 23 06:42:01 web1 app[3]: [2026-11-23 06:57:01,786] ERROR in app: ",
    "[2026-11-23 06:42:04 +0530] [7025] [WARNING] Invalid request from ip=1.2.3.4: '",
    "ValueError: ",
    "werkzeug.exceptions.NotFound: ",
    "    raise ValueError('",
    "1.2.3.4 - - [23/Nov/2026 06:42:01] code 400, message Bad request syntax ('",
    "2026/11/23 06:45:30 [info] 9#9: *23 client sent invalid request, request: ",
    "[Mon Nov 23 06:47:25.038653 2026] [core:info] [pid 1:tid 1] [client 1.2.3.4:1] ",
]


@pytest.mark.parametrize("head", LOGGERS)
@pytest.mark.parametrize("forged", [FORGED, FORGED_WZ], ids=["clf", "werkzeug"])
def test_a_record_of_an_app_with_text_of_a_visitor_is_no_entry(head: str, forged: str) -> None:
    result = parse(head + forged)
    if " code 400, message " in head:  # the server itself quotes what it could not read
        assert result == Noise("message of the server")
    elif head.startswith(("2026/11/23", "[Mon ")):
        assert result == Noise("error log")
    else:
        assert result == Refusal("no known format")


# Where quotes are not escaped, a stamp that a visitor asked for lies inside the request.
UNESCAPED = [
    f'1.2.3.4 - - {WZ} "GET /{CLF} "x" 200 y HTTP/1.1" 404',  # werkzeug, cut
    f'INFO:     1.2.3.4:5 - "GET /{CLF} "x" 200 y HTTP/1.1" 404 Not Found',  # uvicorn
    f'[2026-11-23 06:42:53 +0530] [7] [INFO] 1.2.3.4:5 - - {CLF} "GET /x" 200 1.1" 404 2',  # Hypercorn
    f"user said {FORGED_WZ}",
    f"demo {FORGED_WZ}",
    f'WARNING - - {WZ} "GET /forged HTTP/1.1" 200 -',
    f'2026-11-23 06:42:01,1 - demo - - {WZ} "GET /forged HTTP/1.1" 200 -',
]


@pytest.mark.parametrize("line", UNESCAPED)
def test_a_time_stamp_in_a_request_makes_no_entry(line: str) -> None:
    assert not isinstance(parse(line), LogEntry)


def test_a_status_in_a_request_is_part_of_the_target() -> None:
    target = f'/{CLF} "x" 200 y'
    gevent = f'1.2.3.4 - - [2026-11-23 07:03:14] "GET {target} HTTP/1.1" 404 1 0.1'
    assert parse(gevent) == LogEntry(29_923_623, "GET", target, 404)
    granian = f'[2026-11-23 07:04:21 +0530] 1.2.3.4 - "GET {target} HTTP/1.1" 404 0.2'
    assert parse(granian) == LogEntry(29_923_294, "GET", target, 404)


PRINTED = [
    ">>> ", "searching ", "searching: 1.2.3.4 - - ", "MyFailure [", "uwsgi: q=[", "warning: q=[",
    "{'q': '[", "q=",
    "2026-11-23 15:00:00 [warning  ] q   [app] q=[", "user typed: 1.2.3.4 - - ", "", "user ", "[",
]  # fmt: skip


@pytest.mark.parametrize("printed", PRINTED)
def test_words_of_an_app_before_text_of_a_visitor_make_no_entry(printed: str) -> None:
    for status in (200, 500):
        line = f'{printed}{CLF} "GET /forged HTTP/1.1" {status} 5 "-" "-"'
        assert not isinstance(parse(line), LogEntry)


def test_a_backslash_that_gunicorn_did_not_escape_does_not_hide_the_status() -> None:
    line = f'1.2.3.4 - - {CLF} "GET /boom?q={{\\"a\\":\\"\\\\"b\\"}} HTTP/1.1" 500 265 "-" "curl"'
    entry = parse(line)
    assert isinstance(entry, LogEntry)
    assert entry.status == 500


REFUSED = [
    (f'1.2.3.4 - - {CLF} "GET /x HTTP/1.1" - 0', "no status"),
    (f'1.2.3.4 - - {CLF} "GET /x HTTP/1.1" 2000', "no status"),
    (f'1.2.3.4 - - {CLF} "GET /x HTTP/1.1', "no status"),
    (f'1.2.3.4 - - {CLF} "GET /x HTTP/1.1\\" 200 2', "no status"),
    (
        f'1.2.3.4 - - {CLF} "GET /a HT1.1.1.1 - - {CLF} "GET /b HTTP/1.1" 200 2',
        "two records in one line",
    ),
    (f'1.2.3.4 - - {WZ} "GET /x HTTP/1.1" 200 - junk', "no status"),
    (f'1.2.3.4 - - {WZ} "GET /x HTTP/1.1" HTTPStatus.MADE_UP -', "unknown status name"),
    ('1.2.3.4 - - [30/Feb/2026:06:42:01 +0000] "GET /x HTTP/1.1" 200 2', "impossible date"),
    ('1.2.3.4 - - [23/Foo/2026:06:42:01 +0000] "GET /x HTTP/1.1" 200 2', "impossible date"),
    ('1.2.3.4 - - [23/Nov/2026:24:00:01 +0000] "GET /x HTTP/1.1" 200 2', "impossible date"),
    ('1.2.3.4 - - [23/Nov/0000:06:42:01 +0000] "GET /x HTTP/1.1" 200 2', "impossible date"),
    ('1.2.3.4 - - [01/Jan/1970:00:00:01 +0530] "GET /x HTTP/1.1" 200 2', "impossible date"),
    ('1.2.3.4 - - [30/Feb/2026 06:42:01] "GET /x HTTP/1.1" 200 -', "impossible date"),
    ('1.2.3.4 - - [23/Nov/2026:06:42:61 +0000] "GET /x HTTP/1.1" 200 2', "no known format"),
    ('{"status": 200, "path": "/x"}', "JSON line"),
    ("x" * ((1 << 20) + 1), "line too long"),
    (f'1.2.3.4 - - {CLF} "GET /x HTTP/1.1" 200 2 "{"x" * (1 << 20)}"', "line too long"),
]


@pytest.mark.parametrize(("line", "reason"), REFUSED, ids=[line[:70] for line, _ in REFUSED])
def test_a_line_that_is_not_understood_is_refused_with_a_reason(line: str, reason: str) -> None:
    assert parse(line) == Refusal(reason)


NOISE = [
    ("", "blank line"),
    (" \t \r ", "blank line"),
    ("\0\0\0", "nul bytes"),
    (" * Serving Flask app 'demo'", "banner"),
    ("web-1  |  * Debug mode: on", "banner"),
    (f"{ESC}33mPress CTRL+C to quit{ESC}0m", "banner"),
    (f"{ESC}31m{ESC}1mWARNING: This is a development server. Do not use it", "banner"),
    ("   Use a production WSGI server instead.", "banner"),
    (" * Detected change in '/srv/GET /x HTTP/1.1\" 200 -/app.py', reloading", "banner"),
    (
        "werkzeug - 2025-03-12 10:06:55,748 - {/v/_internal.py:97} -  * Restarting with stat",
        "banner",
    ),
    (f"::1 - - {WZ} code 400, message Bad request syntax ('x')", "message of the server"),
    (f"::1 - - {WZ} Request timed out: TimeoutError('timed out')", "message of the server"),
    (f"::1 - - {WZ} SSL error occurred: [SSL: HTTP_REQUEST]", "message of the server"),
    # uWSGI's uwsgi_req_error(), as core/writer.c calls it. The line of the request follows.
    (
        (
            "Mon Nov 23 06:42:01 2026 - uwsgi_response_writev_headers_and_body_do(): Broken pipe "
            "[core/writer.c line 306] during GET /?a=(b) (192.0.2.7)"
        ),
        "message of the server",
    ),
    (
        (
            "Mon Nov  2 06:42:01 2026 - uwsgi_response_write_body_do(): Connection reset by peer "
            "[core/writer.c line 341] during POST /x (2001:db8::7)"
        ),
        "message of the server",
    ),
    ("Traceback (most recent call last):", "traceback"),
    ('  File "/srv/app.py", line 16, in boom', "traceback"),
    ("    ~~~~~~~~^^^^^^^^^", "traceback"),
    ('ValueError: bad "GET /x HTTP/1.1" 200 -', "traceback"),
    ("jinja2.exceptions.TemplateNotFound: x.html", "traceback"),
    ("KeyboardInterrupt", "traceback"),
    (
        "[2026-11-23 06:57:01,786] WARNING in fl: GET /not-a-request HTTP/1.1 500",
        "request in a log record",
    ),
    ("WARNING:demo:GET /not-a-request HTTP/1.1 500", "request in a log record"),
    ("[2026-11-23 06:42:00 +0530] [7023] [INFO] Starting gunicorn 27.0.1", "log record"),
    ("INFO:     Uvicorn running on http://127.0.0.1:18062 (Press CTRL+C to quit)", "log record"),
    ("2026/11/23 06:45:30 [notice] 1#1: start worker processes", "error log"),
    ("nohup: ignoring input", "notice"),
    ("-- Boot 0123456789abcdef0123456789abcdef --", "notice of the journal"),
    # Requests that the app itself sends, as urllib3, httpx and Elastic's clients log them.
    (
        '2026-11-23 06:42:01,123 DEBUG urllib3.connectionpool T-1 : http://api:80 "POST /x HTTP/1.1" 402 12',
        "log record",
    ),
    (
        '2026-11-23 06:42:01,123 INFO HTTP Request: POST https://api.example/v1 "HTTP/1.1 200 OK"',
        "log record",
    ),
    ('HTTP Request: GET https://api.example/v1 "HTTP/2 500 Internal Server Error"', "other text"),
    (
        "2026-11-23 06:42:01,1 INFO POST http://es:9200/_bulk [status:200 duration:0.012s]",
        "log record",
    ),
    (
        '{"level":"INFO","message":"HTTP Request: POST https://api.example/v1 \\"HTTP/1.1 200 OK\\""}',
        "other text",
    ),
    (
        '{"time":"2026-11-23T06:42:01Z","message":"https://api:443 \\"GET /x HTTP/1.1\\" 200 12"}',
        "other text",
    ),
    # Statements of PostgreSQL, and prints of celery's workers.
    (
        "2026-11-23 06:42:01.123 UTC [65] STATEMENT:  SELECT path FROM x WHERE y = 'GET' AND status = 500",
        "other text",
    ),
    (
        "2026-11-23 06:42:01 UTC [65-2] shop@shop LOG:  duration: 1 ms  statement: SELECT 'GET /x', 500",
        "other text",
    ),
    (
        "[2026-11-23 06:42:01,123: WARNING/ForkPoolWorker-1] GET https://api.example/x -> 500",
        "log record",
    ),
    (
        '2026-11-23 06:42:01,123 - urllib3.connectionpool - DEBUG - http://api:80 "GET /x HTTP/1.1" 200 None',
        "log record",
    ),
    # What other programs print.
    ("User 17 logged in", "other text"),
    ("Received webhook from IP: 1.2.3.4", "other text"),
    ("cache miss: 3", "other text"),
    ("1:M 23 Nov 2026 06:42:01.123 * Ready to accept connections", "other text"),
    ("Nov 23 06:42:01 web1 systemd[1]: Started shop.service - The shop.", "other text"),
    ("Nov 23 06:42:01 web1 CRON[12]: (root) CMD (test -x /usr/sbin/anacron)", "other text"),
    ('{"event": "user 200 logged in", "level": "info"}', "other text"),
]


@pytest.mark.parametrize(("line", "reason"), NOISE)
def test_messages_of_servers_and_tools_are_noise(line: str, reason: str) -> None:
    assert parse(line) == Noise(reason)


# Silence about these would hide that a log is in a format we cannot read.
@pytest.mark.parametrize(
    "line",
    [
        'INFO:     127.0.0.1:39526 - "GET /x HTTP/1.1" 200 OK',
        f'[2026-11-23 06:42:53 +0530] [7332] [INFO] 127.0.0.1:38824 - - {CLF} "GET / 1.1" 200 2',
        "2026-11-28T10:00:00+00:00 200 GET /a 0.010",
        "[pid: 1|app: 0|req: 2/2] 10.0.0.7 () [Mon Nov 23 06:49:42 2026] GET /s => 2 bytes (HTTP/1.1 200)",
        '{"message": "10.0.0.7 - - [23/Nov/2026 06:57:01] \\"GET /x HTTP/1.1\\" 500 -", "name": "x"}',
        # Pieces of a line that was cut, or broken by a line feed in a user's name.
        "192.0.2.9 - a",
        '192.0.2.9 - - [23/Nov/2026:06:42:01 +0530] "GET /x HT',
        f'xx yy {CLF} "GET / HTTP/1.1" 401 12 "-" "x"',
        'T /x HTTP/1.1" 500 12 "-" "x"',
        # Two lines of uWSGI that became one.
        (
            "Mon Nov 23 06:42:01 2026 - write(): Broken pipe [core/a.c line 306] during GET /x (192.0.2.7)"
            "[pid: 1|app: 0|req: 2/2] 192.0.2.7 () {3 vars in 9 bytes} [Mon Nov 23 06:42:01 2026] GET /s => "
            "generated 2 bytes in 1 msecs (HTTP/1.1 500) 2 headers in 9 bytes (1 switches on core 0)"
        ),
        # Behind a logger or an indent that is no server's.
        f'2026-11-28 10:00:00.123 | INFO     | shop.log:write:7 - ::1 - - {WZ} "GET /x HTTP/1.1" 500 -',
        f'    ::1 - - {WZ} "GET /x HTTP/1.1" 500 -',
        '[2026-11-28 10:00:00,123] INFO in shop: 10.0.0.7 "GET /x HTTP/1.1" 500',
    ],
)
def test_a_line_that_looks_like_a_request_is_an_entry_or_refused_never_noise(line: str) -> None:
    assert isinstance(parse(line), Refusal)
