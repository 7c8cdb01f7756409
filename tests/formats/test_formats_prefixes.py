"""An access line behind what another program put before it: read, and never made of what a visitor typed."""

from __future__ import annotations

from datetime import UTC

import pytest

from flask_status_cli.formats import FORMAT_NAMES, Noise, Refusal, parse_line
from flask_status_cli.formats.prefixes.carriers import CARRIERS
from flask_status_cli.model import LogEntry

MINUTE = 29_931_000  # 2026-11-28T10:00Z
WERKZEUG = b'10.0.0.7 - - [28/Nov/2026 10:00:00] "GET /shop HTTP/1.1" 500 -'
WERKZEUG_V6 = WERKZEUG.replace(b"10.0.0.7", b"::1")
COMBINED = b'10.0.0.7 - - [28/Nov/2026:10:00:00 +0000] "GET /shop HTTP/1.1" 500 5 "-" "curl/8"'
ENTRY = LogEntry(MINUTE, "GET", "/shop", 500)


def read(line: bytes) -> LogEntry | Noise | Refusal:
    """Read a line with the families in both orders, which must not make a difference."""
    result = parse_line(line, zone=UTC)
    assert parse_line(line, order=FORMAT_NAMES[::-1], zone=UTC) == result
    return result


EXAMPLES = [(one.name, example) for one in CARRIERS for example in one.examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_access_line_is_read_after_each_known_carrier(name: str, example: bytes) -> None:
    assert read(example + WERKZEUG) == ENTRY, name
    assert read(example + WERKZEUG_V6) == ENTRY, name
    assert name == "coloredlogs" or read(example + COMBINED) == ENTRY


# Layouts of loggers: of the documentation of Python, Flask, Django, absl, OpenTelemetry, Airflow, Celery,
# loguru, structlog, colorlog, coloredlogs, rich, python-json-logger, and of public set-ups.
LAYOUTS = [
    b"INFO:werkzeug:",
    b"INFO:gunicorn.access:",
    b"[2026-11-28 10:00:00,123] INFO in _internal: ",
    b"2026-11-28 10:00:00,123 INFO ",
    b"2026-11-28 10:00:00,123 - INFO - ",
    b"2026-11-28 10:00:00,123 - werkzeug - INFO - ",
    b"2026-11-28 10:00:00,123 - gunicorn.access - INFO - ",
    b"2026-11-28 10:00:00,123 INFO werkzeug MainThread : ",
    b"2026-11-28 10:00:00,123 INFO [werkzeug] [_internal.py:97] - ",
    (
        b"2026-11-28 10:00:00,123 INFO [werkzeug] [_internal.py:97] [trace_id=0 "
        b"span_id=0 resource.service.name=] - "
    ),
    b"[2026-11-28 10:00:00 +0000] [123] [INFO] ",
    b"2026-11-28 10:00:00.123 | INFO     | werkzeug._internal:_log:97 - ",
    (
        b"\x1b[32m2026-11-28 10:00:00.123\x1b[0m | \x1b[1mINFO    \x1b[0m "
        b"| \x1b[36mwerkzeug._internal\x1b[0m:\x1b[36m_log\x1b[0m:\x1b[36m97\x1b[0m - \x1b[1m"
    ),
    b"2026-11-28 10:00:00.123 | INFO     | logging:callHandlers:1762 - ",
    b"2026-11-28 10:00:00 web1 werkzeug[123] INFO ",
    (
        b"\x1b[32m2026-11-28 10:00:00\x1b[0m \x1b[35mweb1\x1b[0m \x1b[34mwerkzeug[123]\x1b[0m "
        b"\x1b[1;30mINFO\x1b[0m "
    ),
    b"2026-11-28 10:00:00 [info     ] ",
    b"2026-11-28T10:00:00.123456Z [info     ] ",
    b"\x1b[2m2026-11-28 10:00:00\x1b[0m [\x1b[32m\x1b[1minfo     \x1b[0m] \x1b[1m",
    b"INFO 2026-11-28 10:00:00,123 glogging 123 140 ",
    b"2026-11-28 10:00:00,123 _internal.py[line:97] INFO ",
    b"2026-11-28 10:00:00,123\tINFO\tgunicorn.access\t",
    b"28-Nov-26 10:00:00 - werkzeug - INFO - ",
    b"11/28/2026 10:00:00 AM INFO ",
    b"11/28/2026 10:00:00 AM werkzeug INFO: ",
    b"10:00:00 INFO     werkzeug: ",
    b"INFO     werkzeug:_internal.py:97 ",
    b"[INFO] 2026-11-28 10:00:00,123 (werkzeug:97) ",
    b"[2026-11-28 10:00:00,123: INFO/MainProcess] ",
    b"2026-11-28 10:00:00,123 [MainThread  ] [INFO ]  ",
    b"2026-11-28 10:00:00,123 [Thread-3 (process_request_thread)] INFO  werkzeug - ",
    b"[INFO][2026-11-28 10:00:00,123][_internal.py:97] ",
    b"I1128 10:00:00.123456 123 _internal.py:97] ",
    b"[I 261128 10:00:00 _internal:97] ",
    b"time=2026-11-28T10:00:00Z level=INFO logger=werkzeug msg=",
    b"INFO:     ",
    b"info: ",
    b"[INFO] ",
    b"INFO - ",
    b"INFO ",
    b"werkzeug: ",
    b"werkzeug INFO     ",
    b"[werkzeug] ",
    b"[2026-11-28 10:00:00,123] {_internal.py:97} INFO - ",
    b"[2026-11-28T10:00:00.123+0000] {_internal.py:97} INFO - ",
    b"2026-11-28 10:00:00,123 [123] [INFO] [werkzeug] ",
    b"2026-11-28 10:00:00+0000 [-] ",
    b"2026-11-28T10:00:00+0000 [werkzeug#info] ",
    b"\x1b[32mINFO    \x1b[0m \x1b[34m",
    b"\x1b[32mINFO:werkzeug:\x1b[0m",
    b"[10:00:00] INFO     ",
    b"[11/28/26 10:00:00] INFO     ",
    b"INFO 2026-11-28 10:00:00,123 _internal 123 140123456789 ",
    b"Nov 28 10:00:00 web1 shop[12]: INFO:werkzeug:",
    b"web-1  | INFO:werkzeug:",
    b"2026-11-28T10:00:00+00:00 app[web.1]: [2026-11-28 10:00:00 +0000] [10] [INFO] ",
    b"10:00:00 web.1             | INFO:werkzeug:",
    b"#033[36mweb-1  | #033[0m",
    b"^[[36mweb-1  |^[[0m ",
    b"web-1  | 2026-11-28T10:00:00.123456789Z ",
    b"2026-11-28 10:00:00.123456 UTC INFO ",
    b"2026-11-28 10:00:00,123 - /usr/lib/python3/dist-packages/werkzeug/_internal.py:97 - INFO - ",
    b"[2026-11-28 10:00:00,123] [werkzeug] [INFO] ",
    b"2026-11-28 10:00:00,123|INFO|werkzeug|_internal.py:97|",
    b"2026-11-28 10:00:00,123;INFO;werkzeug;",
    b"INFO [werkzeug] ",
    b"INFO  [werkzeug:97] 2026-11-28 10:00:00,123 ",
    b"2026-11-28 10:00:00,123 INFO: ",
    (
        b"2026-11-28 10:00:00,123 INFO: [in /srv/venv/lib/python3.11/site-packages/werkzeug/_internal.py:97] "
        b""
    ),
    b"[2026-11-28 10:00:00,123] [INFO] ",
    b"<info> ",
    b"level=info ts=2026-11-28T10:00:00Z msg=",
    b"[28/Nov/2026 10:00:00] INFO [werkzeug:97] ",
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_access_line_is_read_after_a_logger_of_its_server(layout: bytes) -> None:
    assert read(layout + WERKZEUG) == ENTRY
    assert read(layout + WERKZEUG_V6) == ENTRY
    assert read(layout + COMBINED) == ENTRY


# Carriers stack, and a logger may stand behind them.
STACKS = [
    b"Nov 28 10:00:00 web1 shop[12]: INFO:werkzeug:",
    b"web-1  | INFO:werkzeug:",
    b"web-1  | 2026-11-28T10:00:00.123456789Z ",
    b"2026-11-28T10:00:00+00:00 app[web.1]: [2026-11-28 10:00:00 +0000] [10] [INFO] ",
    b"10:00:00 web.1             | INFO:werkzeug:",
    b"Nov 28 10:00:00 web1 docker[9]: web-1  | 10:00:00 web.1 | INFO:werkzeug:",
    b"[pod/shop-6d4cf56db6-abcde/web] 2026-11-28T10:00:00.123456789Z INFO:werkzeug:",
    # A collector or a terminal has changed the colors.
    b"#033[36mweb-1  | #033[0m",
    b"^[[36mweb-1  |^[[0m ",
]


@pytest.mark.parametrize("stack", STACKS)
def test_a_line_may_have_the_prefixes_of_several_carriers(stack: bytes) -> None:
    assert read(stack + WERKZEUG) == ENTRY
    assert read(stack + COMBINED) == ENTRY


# structlog and rich name the logger behind the message; colors end there.
@pytest.mark.parametrize(
    ("before", "behind"),
    [
        (b"2026-11-28 10:00:00 [info     ] ", b" [werkzeug]"),
        (
            b"\x1b[2m2026-11-28 10:00:00\x1b[0m [\x1b[32m\x1b[1minfo     \x1b[0m] \x1b[1m",
            b"\x1b[0m [\x1b[0m\x1b[1m\x1b[34mwerkzeug\x1b[0m]\x1b[0m",
        ),
        (b"[10:00:00] INFO     ", b"         _internal.py:97"),
        (b"\x1b[32m", b"\x1b[0m"),
    ],
)
def test_a_logger_may_be_named_after_the_message(before: bytes, behind: bytes) -> None:
    assert read(before + WERKZEUG + behind) == ENTRY
    assert read(before + WERKZEUG + b" [shop]") == Refusal("no status")


ESCAPES = (
    *("#033", "^[", "\\u001b", "\\u001B", "\\x1b", "\\033", "\\e", "\\\\u001b", "<1b>"),
    *("\u2190", "\u241b", "\ufffd", "?", "", "\x1b"),
)
"""rsyslog, cat -v, JSON, Python, C, bash, JSON twice, less; pictures of a console and of a terminal; lost."""


@pytest.mark.parametrize("escape", ESCAPES)
def test_changed_color_sequences_are_removed_from_the_request(escape: str) -> None:
    for colors in (f"{escape}[33m", f"{escape}[31m{escape}[1m"):
        request = f"{colors}GET /shop HTTP/1.1{escape}[0m".encode()
        assert read(WERKZEUG.replace(b"GET /shop HTTP/1.1", request)) == ENTRY


def test_text_like_a_color_sequence_in_a_request_stays() -> None:
    for target in ("/a[33m", "/[0m", "/a#033[1mb"):
        line = WERKZEUG.replace(b"/shop", target.encode())
        assert read(line) == LogEntry(MINUTE, "GET", target, 500)


# What stands before a whole access line that a visitor typed.
TYPED = [
    b"search: ", b"user typed: ", b">>> ", b"log: ", b"bob said: ", b"q=", b"msg=", b"message: ", b"name=",
    b"WARNING ", b"ERROR:root:", b"INFO:root:", b"INFO:shop:", b"INFO:werkzeug:shop:", b"I say ",
    b"2026-11-28 10:00:00,123 INFO shop ", b"2026-11-28 10:00:00,123 shop INFO: ", b"INFO shop.views:12 ",
    b"2026-11-28 10:00:00.123 | INFO     | shop:index:12 - ", b"2026-11-28 10:00:00 [info     ] q=",
    b"2026-11-28 10:00:00,123 INFO q=", b"2026-11-28 10:00:00 web1 shop[123] INFO ", b"werkzeug said ",
    b"[2026-11-28 10:00:00 +0000] [10] [WARNING] ", b"ts=1 level=warning msg=",
    b"web-1  | INFO:shop:", b"Nov 28 10:00:00 web1 shop[12]: bob said ",
]  # fmt: skip
# Before the common log format these are columns: a virtual host, a request's number, or a user.
WORDS = [
    b"- ", b"in ", b"access ", b"None ", b"12 ", b"[bob] ", b"[chat] ", b"thread ", b"127.0.0.1 - - ",
    b"DEBUG:werkzeug:",
]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_words_of_an_app_before_text_of_a_visitor_make_no_entry(typed: bytes) -> None:
    for line in (WERKZEUG, COMBINED):
        assert isinstance(read(typed + line), Refusal)


@pytest.mark.parametrize("word", WORDS)
def test_an_unknown_word_before_werkzeugs_address_makes_no_entry(word: bytes) -> None:
    assert isinstance(read(word + WERKZEUG), Refusal)


def test_a_virtual_host_may_be_a_word_before_an_address_where_quotes_are_escaped() -> None:
    for host in (b"_ ", b"app ", b"bw-api "):
        assert read(host + COMBINED) == ENTRY
        assert isinstance(read(host + WERKZEUG), Refusal)
        assert isinstance(read(host + host + COMBINED), Refusal)


def test_a_client_with_a_port_after_a_logger_is_refused_because_hypercorn_does_not_escape_quotes() -> (
    None
):
    line = b"[2026-11-28 10:00:00 +0000] [7] [INFO] " + COMBINED.replace(b".7", b".7:51000")
    assert isinstance(read(line), Refusal)


GLUED = [
    (COMBINED, COMBINED),
    (COMBINED[:-20], COMBINED),
    (COMBINED[:60], COMBINED),
    (COMBINED, COMBINED[:55]),
    (COMBINED.partition(b' "-"')[0], COMBINED),
    # Paste's TransLogger writes the client that was forwarded as it was sent.
    (COMBINED, b' - - [28/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 - "-" "-"'),
    (COMBINED, b'[28/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 -'),
    (WERKZEUG, WERKZEUG),
    (WERKZEUG[:50], WERKZEUG),
]


@pytest.mark.parametrize(("first", "second"), GLUED)
def test_two_records_in_one_line_are_refused_whatever_is_left_of_each(
    first: bytes, second: bytes
) -> None:
    assert read(first + second) == Refusal("two records in one line")


def test_a_whole_record_in_a_user_agent_is_no_second_record() -> None:
    for quote in (rb"\"", rb"\x22"):
        agent = COMBINED.replace(b'"', quote)
        assert read(COMBINED.replace(b"curl/8", agent)) == ENTRY


@pytest.mark.parametrize("level", [b"ERROR", b"error", b"INFO"])
def test_werkzeugs_message_about_a_bad_request_is_noise_after_any_logger(level: bytes) -> None:
    message = b"10.0.0.7 - - [28/Nov/2026 10:00:00] code 400, message Bad request syntax ('x')"
    for before in (
        b"2026-11-28 10:00:00,123 - werkzeug - %b - ",
        b"[2026-11-28 10:00:00,123] %b in _internal: ",
        b"2026-11-28 10:00:00.123 | %b    | werkzeug._internal:_log:97 - ",
        b"Nov 28 10:00:00 web1 shop[1]: %b:werkzeug:",
        b"10:00:00 web.1             | %b:werkzeug:",
    ):
        assert read(before % level + message) == Noise("message of the server")
