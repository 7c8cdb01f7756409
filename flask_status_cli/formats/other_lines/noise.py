"""Recognizes lines that servers, apps and shells write between the entries of a log."""

from __future__ import annotations

from functools import lru_cache

from flask_status_cli.formats.other_lines.request_like import holds_a_request, resembles_a_request
from flask_status_cli.formats.prefixes.carriers import (
    CLOCK,
    COLLECTED,
    DATE,
    HEAD_BYTES,
    SGR,
    TIME,
    after_carriers,
    any_of,
)
from flask_status_cli.formats.prefixes.python_logging import (
    ADDRESS,
    PLACE,
    SERVER_MESSAGE,
    SERVER_RECORD,
    record_head,
)
from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.model import ERROR_LOG, LOGGED_REQUEST, OTHER_TEXT

BLANK = "blank line"
NUL_BYTES = "nul bytes"
LOG_RECORD = "log record"
SENDER = "message of the sender"
JOURNAL = "notice of the journal"
FROM_SERVER = "message of the server"
WEBSOCKET = "websocket"
HEADER = "header of a W3C log"

_SERVER_STAMP = rb"\[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\] "
_TWIN = rb"(?:\S{1,60} - - )?" + _SERVER_STAMP

# A request that uWSGI could not answer, mostly because the client had gone. It also logs the request itself.
_UWSGI_ERROR = (
    rb"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} - [a-z_/()]{1,80}: [\w ,'()-]{1,100} "
    rb"\[[\w/.-]{1,100}\.c line \d{1,6}\] during [A-Z]{1,20} \S{1,400} \([0-9A-Fa-f.:]{2,45}\)$"
)

# Sources: werkzeug/serving.py, _reloader.py, debug/__init__.py; flask/cli.py; CPython's traceback.py and
# http/server.py; nginx's ngx_log.c; httpd's core.c; coreutils' nohup.c; nginx's docker-entrypoint.sh;
# docker/cli and moby's client; podman; systemd's journalctl.c; kubectl; PostgreSQL's elog.c;
# celery's defaults.py; uWSGI's uwsgi.h (uwsgi_req_error).
_TABLE = (
    (
        JOURNAL,
        (rb"-- (?:No entries|Reboot|Boot |Logs begin |Journal begins |cursor: ).{0,200}(?:--)?$",),
    ),
    (
        SENDER,
        (
            rb"Cannot connect to the Docker daemon",
            rb"(?:Got )?permission denied while trying to connect to the (?:Docker|docker)",
            rb"Error response from daemon: ",
            rb"error (?:from daemon in stream|during connect): ",
            rb"(?:Error grabbing logs|unable to retrieve container logs for): ?",
            rb"no such service: ",
            rb"no configuration file provided: ",
            rb"Error: (?:no such (?:container|object)|no container with|unable to connect to Podman)",
            rb"Hint: You are currently not seeing messages ",
            rb" {6}(?:Users in (?:groups|the) |Pass -q to turn off )",
            rb"No journal files were ",
            rb"Failed to (?:add (?:filter for units|match)|open (?:journal|files)|get journal|seek to )",
            rb"Error from server(?: \(|: )",
            rb"(?:Unable to connect to the server: |The connection to the server )",
            rb"(?:\S{1,40}: )?(?:line )?(?:\d{1,4}: )?(?:docker|podman|journalctl|kubectl): .{0,8}not found",
        ),
    ),
    (
        "banner",
        (
            rb" ?\* (?:Serving Flask app|Environment: |Debug mode: |Running on |Restarting with )",
            rb" ?\* (?:Detected (?:change|reload)|Debugger |Tip: |Lazy loading|Loading config)",
            rb" {3}(?:WARNING: (?:This|Do not)|Use a production WSGI server)",
            rb"WARNING: (?:This is a development server|Do not use the development server|All interfaces)",
            rb"\(?Press CTRL\+C to quit",
            rb"Unlinking ",
        ),
    ),
    (
        FROM_SERVER,
        (
            _TWIN + rb"code \d{3}, message ",
            _TWIN + rb"(?:Request timed out: |SSL error occurred: )",
            _UWSGI_ERROR,
        ),
    ),
    (
        HEADER,
        (rb"#(?:Software|Version|Date|Fields|Start-Date|End-Date|Remark): ?",),
    ),
    (
        WEBSOCKET,
        (
            rb"(?:INFO: {1,9})?\S{0,80} - \"WebSocket \S{0,400}\" (?:\[accepted\]|\d{3})",
            rb"(?:INFO: {1,9})?connection (?:open|closed|rejected)",
            rb"\S{0,80} - - \[[\w/: ]{1,40}\] \"WS(?:CONNECT|CONNECTING|DISCONNECT|REJECT) \S{0,400}\" - -",
        ),
    ),
    (
        "traceback",
        (
            rb"Traceback \(most recent call last\):",
            rb"Error on request:",
            rb"During handling of the above exception, another",
            rb"The above exception was the direct cause",
            rb"(?: {4}|\t| {2}(?:File \"|\[Previous line repeated|[|+]))",
            rb"(?:\w{1,100}\.){0,12}\w{0,100}(?:Error|Exception|Warning|Interrupt|Exit|Iteration)(?:: |:?$)",
            rb"(?:\w{1,100}\.){1,12}[A-Z]\w{0,100}: ",
        ),
    ),
    (
        OTHER_TEXT,  # of PostgreSQL: its statements may look like requests
        (
            DATE
            + rb" "
            + CLOCK
            + rb"(?:\.\d{3})? [A-Z+0-9-]{2,5} (?:\[\d{1,10}(?:-\d{1,6})?\]:? ?|\S{1,120} ){1,4}"
            rb"(?:DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|QUERY|CONTEXT|STATEMENT"
            rb"|BACKTRACE):  ",
        ),
    ),
    (
        LOG_RECORD,  # of celery's workers, which also print
        (
            rb"\[" + DATE + rb" " + CLOCK + rb",\d{3}: [A-Z]{4,8}/"
            rb"[A-Z][A-Za-z]{2,20}(?:-\d{1,9}){0,2}\] (?!\"?[0-9A-Fa-f.:]{2,45}[ :,\"])",
        ),
    ),
    (
        ERROR_LOG,
        (
            rb"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(?:emerg|alert|crit|error|warn|notice|info|debug)\] ",
            rb"\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{6})? \d{4}\] \[(?![\da-f:]+\]:\d)",
        ),
    ),
    (
        "notice",
        (
            rb"nohup: ",
            rb"Attaching to \w",
            rb"/docker-entrypoint\.sh: ",
            rb"WSGI app sent body bytes on a no-body response",
            rb"Defaulted container \"",
            rb"Found \d{1,9} pods, using ",
            rb"\(\d{1,9}\) accepted \(",
        ),
    ),
)
# The first pattern that matches is taken. Its group has the number that the reason has in `_REASONS`.
_NOTICES = LazyPattern(rb"|".join(rb"(%b)" % rb"|".join(patterns) for _, patterns in _TABLE))
_REASONS = ("", *(reason for reason, _ in _TABLE))

# The server's own logger, configured without a level. It logs the server's banners, too.
_OWN_RECORD = LazyPattern(rb"(?:werkzeug|_internal) - " + TIME + rb" - (?:" + PLACE + rb" - )?")
_BREAK = LazyPattern(rb"[\s:|\])-]{0,8}?(?=[^\s:|\])-]|- |\Z)|")
_COLORS = LazyPattern(SGR + rb"{0,4}")

# Messages of the server as in the table, after a logger of any level.
_MESSAGE = LazyPattern(
    COLLECTED + SERVER_MESSAGE + any_of(ADDRESS, rb"<local>|localhost|unknown") + rb" - - " + _SERVER_STAMP
    + rb"(?:code \d{3}, message |Request timed out: |SSL error occurred: )"
)  # fmt: skip
# Hypercorn's line of a request without a response. Its protocol has no "HTTP/". Some versions
# write it a second time for each request (https://github.com/pgjones/hypercorn/issues/158).
_UNANSWERED = LazyPattern(
    COLLECTED
    + SERVER_RECORD
    + rb"\S{1,80} - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "
    rb'"[A-Z]{1,32} [^"]{0,8000} (?:1\.[01]|[23])" - - "'
)
_QUOTING = b" - - ["
"""A text that is in every message of a server that quotes a request."""

_SERVER_RECORD = LazyPattern(COLLECTED + SERVER_RECORD + rb"(?=\"?" + ADDRESS + rb"[ ,\"])")

_ACCESS_LOGGERS = frozenset(
    (b"werkzeug", b"_internal", b"_internal.py", b"gunicorn.access", b"glogging", b"wsgi")
)
_ACCESS_LINE = LazyPattern(rb"[\s:|\])-]{0,8}\S{0,60} - [\"-]")


def noise_reason(line: bytes) -> str | None:
    """Return the kind of noise that a line is, `None` if it may be a request.

    A line with a time stamp, a request and a status is never noise, unless it is a message in which the
    server itself quotes a request. Any other record of an app's logger is noise. Any other line is noise if
    it does not look like a request.
    """
    return _reason_kept(line) if len(line) <= HEAD_BYTES else _reason(line)


def _reason(line: bytes) -> str | None:
    notice = _notice(line)
    if notice in (FROM_SERVER, ERROR_LOG, WEBSOCKET):
        return notice
    if holds_a_request(line):
        return None
    if notice is not None:
        return notice
    record = record_head(line)
    if record is not None and not record.loggers <= _ACCESS_LOGGERS:
        return LOGGED_REQUEST if resembles_a_request(line) else LOG_RECORD
    if resembles_a_request(line) or (record and _ACCESS_LINE.match(line, record.end)):
        return None
    return OTHER_TEXT if record is None else LOG_RECORD


@lru_cache(maxsize=1 << 12)
def _reason_kept(line: bytes) -> str | None:
    """Return the same, and keep it: the lines of a traceback occur again and again."""
    return _reason(line)


def senders_reason(line: bytes) -> str | None:
    """Return the kind of noise if docker, podman, kubectl or journalctl itself wrote the line, else `None`.

    Such a line is not part of the log.
    """
    reason = _notice(line)
    return reason if reason in (SENDER, JOURNAL) else None


def columns_begin(prefix: bytes) -> int | None:
    """Return where the columns of the server begin in the text before a time stamp.

    Return `None` if an app's logger wrote the line. An app may log text of a visitor, which must not be
    counted as a line of the server.
    """
    if _notice(prefix) is not None:
        return None
    known = _SERVER_RECORD.match(prefix[:HEAD_BYTES])
    if known is not None:
        return known.end()
    record = record_head(prefix)
    if record is None:
        return after_carriers(prefix)
    if not record.loggers or not record.loggers <= _ACCESS_LOGGERS:
        return None
    return _end(_BREAK, prefix, record.end)


def _notice(line: bytes) -> str | None:
    head = line[:HEAD_BYTES]
    start = after_carriers(line)
    start = _end(_COLORS, head, _end(_OWN_RECORD, head, start))
    if _QUOTING in head and (_MESSAGE.match(head) or _UNANSWERED.match(head)):
        return FROM_SERVER
    match = _NOTICES.match(head, start)
    return None if match is None else _REASONS[match.lastindex or 0]


def _end(pattern: LazyPattern[bytes], text: bytes, start: int) -> int:
    match = pattern.match(text, start)
    return start if match is None else match.end()
