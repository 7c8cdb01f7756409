"""Recognizes logs that are not supported, and says what to do about them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC

from flask_status_cli.formats.line_parser import split_lines
from flask_status_cli.formats.other_lines.csv_exports import column_with_lines
from flask_status_cli.formats.other_lines.two_lines import log_of_half_requests
from flask_status_cli.formats.other_lines.unsupported_log import UnsupportedLog
from flask_status_cli.formats.prefixes.carriers import COLLECTED
from flask_status_cli.formats.prefixes.json_depth import MOST_LEVELS, too_deep
from flask_status_cli.formats.prefixes.json_envelope import DEPTH, opened
from flask_status_cli.lazy_pattern import LazyPattern

_LINES = 400
_BYTES = 4096
_KEYS = 8
_KEY = re.compile(r"[A-Za-z_@][\w.@-]{0,40}", re.ASCII)


_UTF_16 = UnsupportedLog(
    "UTF-16 text (a redirect of PowerShell)", "write it as UTF-8: Out-File -Encoding utf8"
)
_UTF_32 = UnsupportedLog(
    "UTF-32 text", "write it as UTF-8: iconv -f UTF-32 -t UTF-8 FILE | flask-status ingest -"
)
_NULS_OF = ((_UTF_32, 4, 3), (_UTF_16, 2, 1))
"""The encodings that write Latin letters with NULs: the bytes of a letter, and how many of them are NULs."""
_JSON_HINT = "name the unknown keys, for example --json-map status=res.code,time=ts,target=req.path"

_JSON_TIME_HINT = (
    "let the logger write the time of each line, or name its key, for example --json-map time=when"
)
_JSON_STATUS_HINT = (
    "let the server write the status of each answer, too (nginx: $status, gunicorn: %(s)s), "
    "or name its access log"
)

_FASTIFY = frozenset(("reqId", "level", "pid"))
_TWO_LINES = UnsupportedLog(
    "a log of Fastify, which writes the request and its answer in two lines",
    "read the log of the server before it, or log both in one line (disableRequestLogging, onResponse)",
)

_VERCEL_KEYS = frozenset(("deploymentId", "projectId"))
_VERCEL = UnsupportedLog(
    "a log drain of Vercel, which repeats the request in each message",
    "try: jq -cs 'map(select(.proxy)) | unique_by(.requestId) | sort_by(.timestamp)[]' FILE |"
    " flask-status ingest --json-map"
    " status=proxy.statusCode,time=timestamp,method=proxy.method,target=proxy.path -",
)

_FIELDS = re.compile(rb"^#Fields:([^\n]*)", re.MULTILINE)
_W3C_WITHOUT_DATE = UnsupportedLog(
    "a W3C log whose lines have a time but no date",
    "let the server log the field date, too (in IIS: Logging, Select Fields)",
)
_JSON_ARRAY = UnsupportedLog(
    "a JSON array", "write one object a line: jq -c '.[]' FILE | flask-status ingest -"
)
_JSON_INDENTED = UnsupportedLog(
    "JSON over several lines", "write one object a line: jq -c . FILE | flask-status ingest -"
)
_CARRIAGE_RETURNS = UnsupportedLog(
    "text whose lines end with carriage returns alone",
    "try: tr '\\r' '\\n' < FILE | flask-status ingest -",
)
_TOO_DEEP = UnsupportedLog(
    f"JSON lines with more than {MOST_LEVELS} levels", "let the logger nest its objects less"
)
_NO_REQUESTS = UnsupportedLog("a log without requests", "name the access log of the server")
_HTML = UnsupportedLog("a page in HTML", "name a log")
_BINARY = UnsupportedLog("no text", "name a log; if it is packed, unpack it")

_NGINX_ERROR_LOG = "an nginx error log"
_APACHE_ERROR_LOG = "an Apache error log"
_APACHE_SSL_LOG = "an Apache SSL request log, without a status"
_NEVER_READ = (_NGINX_ERROR_LOG, _APACHE_ERROR_LOG, _APACHE_SSL_LOG, _VERCEL.what)

_MORGAN = (
    rb"(?:\x1b\[0m)?(?:\S{1,60} - )?[A-Z]{3,16} \S{1,4000} (?:HTTP/\S{1,4} )?(?:\x1b\[\d+m)?[1-5]\d\d"
    rb"(?:\x1b\[0m)? .{1,60} ms"
)
_NO_DATE = "a log of requests without a date"
_WITHOUT_DATE = (
    rb"(?!.{0,4000}(?:[A-Z][a-z]{2} \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{2} \d{4}|"
    rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}|(?<!\d)1\d{9}(?:\d{3})?(?!\d)|"
    rb"\d{4}[-/]\d\d[-/]\d\d|\d\d/[A-Z][a-z]{2}/\d{4}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}))"
    rb"(?=.{0,4000}[1-5]\d\d(?!\d))"
    rb".{0,4000}(?<![\w-])(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH)[ ,|\"]"
)

_NGINX_CONF = (
    rb"\s{0,40}(?:(?:http|events|server|location .{1,200}|upstream \S{1,200}) \{"
    rb"|(?:access_log|log_format|listen|worker_processes|server_name|proxy_pass) [^;]{1,400};)\s*$"
)
_MONTHS = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/"
_SIGN_OF_A_REQUEST = LazyPattern(
    rb"(?:^|[\s\"'=:|,;(\[<>])(?:/|https?://)"
    rb"|(?<![A-Za-z])(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH)(?![A-Za-z])",
    re.MULTILINE,
)
"""A path, a URL or a method."""

# The first pattern that matches a line is used. Sources: the servers' own documentation and source.
_TABLE = tuple(
    (UnsupportedLog(what, hint), LazyPattern(pattern, re.ASCII))
    for what, hint, pattern in (
        (
            _NGINX_ERROR_LOG,
            "name its access log",
            rb"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(?:emerg|alert|crit|error|warn|notice|info|debug)\] ",
        ),
        (
            _APACHE_ERROR_LOG,
            "name its access log",
            rb"\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{6})? \d{4}\] \[(?![\da-f:]+\]:\d)",
        ),
        (
            "a log with names of months that are not English",
            "start the server with LC_ALL=C",
            rb"[^\[]{1,200}\[\d\d/(?!%b)[^\s\d/:\[\]]{1,20}/\d{4}[: ]\d\d:\d\d:\d\d" % _MONTHS,
        ),
        (
            "an nginx configuration",
            "give it with --nginx-conf",
            _NGINX_CONF,
        ),
        (
            "a log of HAProxy's TCP connections, which are no requests",
            'let HAProxy log with "mode http" and "option httplog"',
            rb"\S{2,60}:\d{1,5} \[\S{20,32}\] \S+ \S{1,200}/\S{1,200} [-\d/+]{5,60} \d{1,19} \S\S (?!.*\")",
        ),
        (
            "a log of HAProxy with a custom log-format",
            'give its log-format with --format, or let HAProxy log with "option httplog"',
            rb"\S{2,60}:\d{1,5} \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\.\d{3}\] ",
        ),
        (
            "a log of uvicorn, without times",
            "read it with its carrier's times (docker logs -t, journalctl -o short-iso); see docs/formats.md",
            rb"(?:\x1b\[\d+m)?INFO(?:\x1b\[0m)?: +\S* - \"",
        ),
        (
            "a log of an app, without times",
            "let its logger show %(asctime)s, or read it with the times of what carries it (docker logs -t)",
            rb"(?:(?:DEBUG|INFO|WARNING|ERROR)[: ]\S{0,60}[: ] ?)?\d{3} [A-Z]{3,16} \S{1,400} \(",
        ),
        (
            "a log of Cloud Run, as gcloud prints it",
            "read it as JSON: gcloud logging read resource.type=cloud_run_revision --format json | jq -c .[]",
            rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [A-Z]{3,16} [1-5]\d\d (?:.{0,200} )?https?://",
        ),
        (
            "Render's log of requests",
            "let gunicorn log the requests, too (--access-logfile -), and read those lines",
            rb"\[[A-Z]{3,16}\] ?[1-5]\d\d ?\S.{0,2000}clientIP=",
        ),
        (
            "Fluent Bit's output for people",
            "let its output write JSON lines (format json_lines)",
            rb"\[\d{1,9}\] [\w.-]{1,200}: \[{1,2}\d{9,10}\.\d{1,9}, ",
        ),
        (
            "a log in IIS's own format, which writes dates as the language of Windows does",
            "let IIS write W3C logs, its default",
            rb"[^,]{2,45}, [^,]{0,255}, [\d./-]{6,10}, \d{1,2}:\d\d:\d\d, W3SVC\d{1,9}, ",
        ),
        (
            "XML",
            "let the server write JSON lines, or the common log format",
            rb"<(\w{1,60})(?: [^<>]{0,400})?>.{0,4000}</\1>$",
        ),
        (
            "a W3C log without its #Fields line",
            "ingest it from its beginning, or give that line: --format '#Fields: date time …'",
            rb"\d{4}-\d\d-\d\d[ \t]\d\d:\d\d:\d\d[ \t](?:\S{0,255}[^\s:][ \t]){0,9}(?:GET|HEAD|POST)[ \t]/",
        ),
        (
            "a W3C log whose #Fields lack the time, the status or the request",
            "let the server log date, time, cs-method, cs-uri-stem and sc-status",
            rb"#(?:Version|Fields|Software|Date): ",
        ),
        (
            _APACHE_SSL_LOG,
            "name the access log of the virtual host",
            rb"\[\d\d/[A-Z][a-z]{2}/\d{4}:\S{8} [+-]\d{4}\] \S{1,60} (?:TLSv|SSLv|-).{0,4000}\" (?:\d+|-)$",
        ),
        (
            "a log of Express' morgan in a short format",
            "log with morgan('combined')",
            _MORGAN,
        ),
        (
            _NO_DATE,
            "let it write date and time, or read it with the times of what carries it (docker logs -t)",
            _WITHOUT_DATE,
        ),
        (
            "records of the app's own logger",
            "let the server log its requests (gunicorn --access-logfile -), or describe them with --format",
            rb"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] [A-Z]{4,8} in \w{1,60}: ",
        ),
    )
)
_COLLECTED = LazyPattern(COLLECTED)
_CONTROLS = [bytes([one]) for one in (*range(1, 9), *range(14, 27), *range(28, 32))]
"""Control characters that no text has, neither NUL, which fills gaps in logs, nor the escape of colors."""


def ends_lines_with_carriage_returns(
    beginning: bytes, is_entry: Callable[[bytes], bool]
) -> UnsupportedLog | None:
    """Return what to do about the beginning of a log that has entries, but no line feed behind them."""
    if b"\n" in beginning or b"\r" not in beginning:
        return None
    lines = beginning.split(b"\r")[:_LINES]
    return _CARRIAGE_RETURNS if any(map(is_entry, lines)) else None


def unsupported_log(sample: bytes) -> UnsupportedLog | None:
    """Return the kind of unsupported log that most lines of a sample are from, `None` if it is not known."""
    whole = _encoding(sample[:200]) or _whole(sample) or _w3c(sample) or _export(sample)
    if whole is not None:
        return whole
    lines = [line[:_BYTES] for line in split_lines(sample)[:_LINES] if line.strip(b" \t\r\0")]
    found = Counter(one for one in map(_unsupported_line, lines) if one is not None)
    if found:
        what, _ = found.most_common(1)[0]
        return what
    signs = _SIGN_OF_A_REQUEST.search(b"\n".join(lines))
    return _NO_REQUESTS if lines and signs is None else None


def _whole(sample: bytes) -> UnsupportedLog | None:
    """Return the kind of a file that is not made of lines, `None` for a log."""
    start = sample.lstrip()[:_BYTES]
    if start[:14].lower().startswith((b"<!doctype html", b"<html")):
        return _HTML
    if start.startswith(b"[") and start[1:].lstrip().startswith((b"{", b"]")):
        return _JSON_ARRAY
    if start.startswith(b"{") and start[1:].lstrip(b" \t")[:2].strip() == b"":
        return _JSON_INDENTED
    controls = sum(map(sample[:_BYTES].count, _CONTROLS))
    return _BINARY if controls * 20 > len(sample[:_BYTES]) else None


def _w3c(sample: bytes) -> UnsupportedLog | None:
    """Return what a W3C log lacks if its lines have a time of day and no date. Only its header has a date."""
    fields = _FIELDS.search(sample)
    columns = fields[1].lower().split() if fields else []
    return _W3C_WITHOUT_DATE if b"time" in columns and b"date" not in columns else None


def never_to_be_read(line: bytes) -> bool:
    """Return whether no format may read a line.

    It is from a log without status codes, whose numbers mean something else, or from one that repeats its
    requests.
    """
    found = _unsupported_line(line)
    return found is not None and found.what in _NEVER_READ


def _export(sample: bytes) -> UnsupportedLog | None:
    column = column_with_lines(sample)
    if column is None:
        return None
    program = f'import csv, sys; [print(row["{column}"]) for row in csv.DictReader(sys.stdin)]'
    return UnsupportedLog(
        f"CSV with the lines of a log in its column {column!r}",
        f"try: python3 -c '{program}' < FILE | flask-status ingest -",
    )


def _encoding(beginning: bytes) -> UnsupportedLog | None:
    """Return the encoding of a text with many NULs, `None` for other text."""
    text = beginning.lstrip(b"\0")
    for one, width, nuls in _NULS_OF:
        letters = len(text) // width
        columns = sorted(text[at::width].count(0) for at in range(width))
        if letters > 8 and columns[width - nuls] * 4 > letters * 3 and columns[0] * 4 < letters:
            return one
    return _UTF_16 if beginning[:2] in (b"\xff\xfe", b"\xfe\xff") else None


def _unsupported_line(line: bytes) -> UnsupportedLog | None:
    envelope = opened(line)
    if envelope is not None:
        return _unsupported_object(line, envelope.keys)
    if line[:2] == b'{"':
        deep = too_deep(line.decode("utf-8", "replace"))
        return _TOO_DEEP if deep else UnsupportedLog("JSON lines", _JSON_HINT)
    half = log_of_half_requests(line)
    if half is not None:
        return half
    start = _COLLECTED.match(line).end()  # type: ignore[union-attr]  # matches nothing, too
    for one, pattern in _TABLE:
        if start and one.what == _NO_DATE:
            continue  # what carries the line has a date
        if pattern.match(line, start) or (start and pattern.match(line)):
            return one
    return None


def _unsupported_object(line: bytes, keys: Collection[str]) -> UnsupportedLog:
    """Return the kind of log that JSON lines with these keys are from."""
    for known, one in ((_FASTIFY, _TWO_LINES), (_VERCEL_KEYS, _VERCEL)):
        if known.issubset(keys):
            return one
    if not _has_a_status(line):
        what = f"JSON lines without a status, with the keys {_named(keys)}"
        return UnsupportedLog(what, _JSON_STATUS_HINT)
    hint = _JSON_TIME_HINT if _lacks_only_a_time(line) else _JSON_HINT
    return UnsupportedLog(f"JSON lines with the keys {_named(keys)}", hint)


def _has_a_status(line: bytes) -> bool:
    """Return whether a value in a JSON object may be a status, or hold one."""
    from flask_status_cli.formats.families.json import json_lines
    from flask_status_cli.formats.propose_json_map import CODES

    start = json_lines.object_start(line)
    found = None if start is None else json_lines.parse_object(line[start:])
    code = re.compile(rf"(?<![\w.:/-]){CODES}(?![\w.:/-])")
    return found is None or any(map(code.search, _scalars(found, DEPTH)))


def _scalars(found: Mapping[str, object], depth: int) -> Iterator[str]:
    """Yield the texts of all values in an object and those in it."""
    for value in found.values():
        if isinstance(value, dict) and depth:
            yield from _scalars(value, depth - 1)
        else:
            yield str(value)


def _lacks_only_a_time(line: bytes) -> bool:
    """Return whether a JSON object describes a request and its status, but no time."""
    from flask_status_cli.formats.families.json import json_lines
    from flask_status_cli.formats.families.request_without_time import EntryWithoutTime

    return isinstance(json_lines.read(line, zone=UTC, newest=None), EntryWithoutTime)


def _named(keys: Iterable[str]) -> str:
    names = [key for key in keys if _KEY.fullmatch(key)]
    more = ", …" if len(names) > _KEYS else ""
    return ", ".join(names[:_KEYS]) + more
