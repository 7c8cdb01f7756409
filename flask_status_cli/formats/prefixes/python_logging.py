"""The text that Python's logging writes before a message, and the names of loggers in it."""

from __future__ import annotations

from typing import NamedTuple

from flask_status_cli.formats.prefixes.carriers import (
    CHANGED_SGR,
    CLOCK,
    COLLECTED,
    COLORS,
    DATE,
    HEAD_BYTES,
    LEVEL,
    LEVELS,
    SGR,
    TIME,
    any_of,
)
from flask_status_cli.lazy_pattern import LazyPattern

_NAME = rb"[A-Za-z_][\w.-]{0,100}"
BREAK = rb"[ \t:|,()\[\]-]{1,16}"
"""The text between the fields of a log record, including padding."""

PLACE = rb"\{[^{}\"]{1,200}\}"
"""A source file and line between braces."""

_TIMED = rb"\[?" + TIME + BREAK
_WORDS = rb"(?:" + any_of(_NAME, rb"\d{1,19}", PLACE) + BREAK + rb"){0,5}?"
_LEVELLED = any_of(
    rb"[\[(<]?" + LEVEL,
    _TIMED + _WORDS + LEVEL,
    _NAME + rb"(?: - |: ?| \| )(?:" + _TIMED + rb")?" + _WORDS + LEVEL,
)
_LOGGER = rb"(?:[\])>]?(?: in |[ :|\[(-]{1,16})" + _NAME + rb"(?=[:\])]| - | \| ))?"
# Only logging's asctime has a comma before the milliseconds.
_ASCTIME = DATE + rb" " + CLOCK + rb",\d{3}"
_RECORD = LazyPattern(
    COLLECTED
    + rb"(?P<head>"
    + any_of(
        _LEVELLED + _LOGGER,
        rb"\[?" + _ASCTIME + rb"\]?" + BREAK + _NAME + rb"(?= - |:| \||\])",
        _NAME + rb" - " + _ASCTIME + rb"(?= - )",
    )
    + rb")"
)
_NO_LOGGER = LazyPattern(any_of(*LEVELS, rb"in", rb"MainThread", rb"Thread-\d+"))
_NAMED = LazyPattern(PLACE + rb"|" + TIME + rb"|(" + _NAME + rb")")


# Values that the access loggers of servers write into the fields of a record. An app's loggers write others.
_SERVER_NAME = any_of(
    rb"werkzeug(?:\.(?:_internal|serving))?", rb"_internal(?:\.py)?", rb"gunicorn(?:\.(?:access|glogging))?",
    rb"(?:uvicorn|hypercorn|tornado|aiohttp|sanic|granian|_granian|cherrypy)\.access",
    rb"(?:uvicorn\.protocols\.http\.)?(?:httptools|h11)_impl(?:\.py)?",
    rb"django\.server", rb"basehttp(?:\.py)?", rb"daphne(?:\.[a-z_]{1,40}){0,2}",
    rb"eventlet\.wsgi(?:\.server)?", rb"gevent(?:\.pywsgi)?", rb"waitress",
    rb"paste(?:\.httpserver\.ACCESS_LOG)?",
    rb"web_log(?:\.py)?", rb"access_log(?:\.py)?",
    rb"twisted\.(?:python\.log|web(?:\.\w{1,40}){1,2})#info",
    rb"glogging(?:\.py)?", rb"wsgi", rb"logging:(?:callHandlers|handle)",
    rb"(?:[A-Za-z]:)?[/\\][^ \"]{1,300}[/\\](?:_internal|glogging|serving)\.py",
)  # fmt: skip
_OTHER_FIELD = any_of(
    rb"_log(?:_request)?", rb"access(?:_log)?", rb"send", rb"serving(?:\.py)?", rb"log(?:_request|ger)?",
    rb"MainThread", rb"Thread-\d{1,9}(?: ?\((?:process_request_thread|[\w.]{1,40})\))?",
    rb"(?:Main|Spawn|Fork|ForkServer)?Process(?:-\d{1,9}){0,2}", rb"ThreadPoolExecutor-\d{1,9}_\d{1,9}",
    rb"Dummy-\d{1,9}", rb"[Pp][Ii][Dd]", rb"[Tt]hread", rb"[Pp]rocess", rb"[Ll]ine", rb"in", rb"at",
    rb"None", rb"N/A", rb"[0-9a-f]{32}",
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", rb"\d{1,19}",
    rb"(?:trace_id|span_id|trace_sampled|resource\.service\.name|request_id)=[\w.-]{0,64}",
)  # fmt: skip
_KEY = (
    rb"(?:(?:time|ts|timestamp|asctime|level|levelname|lvl|severity|logger|name|module|pid|line)=)?"
)
_GAP = any_of(SGR, CHANGED_SGR, rb"[ \t:|,;()\[\]<>{}*#/-]") + rb"{1,40}"

ADDRESS = any_of(
    rb"\d{1,3}(?:\.\d{1,3}){3}(?![\w:.])",
    rb"(?=[0-9A-Fa-f.]{0,39}:[0-9A-Fa-f.]{0,39}:)[0-9A-Fa-f:.]{2,45}(?:%[\w.-]{1,32})?",
)
"""The address of a client without a port. A server that writes the port does not escape quotes."""


def _fields(level: bytes) -> bytes:
    """Return the pattern of the fields before the message of a record, in any order. It matches no text, too.

    At least one field is a time, the level, or the name of a server. An app may write the other fields alone.
    """
    end = rb"(?![\w.])"
    sure = any_of(level + rb"(?![\w.=])", TIME, PLACE, _SERVER_NAME + end)
    other = _OTHER_FIELD + end
    first = rb"(?:" + _KEY + other + _GAP + rb"){0,6}?" + _KEY + sure + _GAP
    more = rb"(?:" + _KEY + any_of(sure, other) + _GAP + rb"){0,13}"
    message = rb"(?:(?:msg|message|event)=)?"
    return rb"(?:\[-\] |[\[(<{]?" + COLORS + rb"(?:" + first + more + message + rb")?)"


_INFO = rb"(?:INFO|Info|info|INF|I)"

# The command `fastapi` indents its lines. rich leaves out the time after the first line of a second. Other
# indents are no prefix: journalctl and some loggers indent the second line of a message.
_INDENT = rb"(?: {5,6}(?=INFO {3}\S)| {20}(?=INFO {5}\S))?"

SERVER_RECORD = _INDENT + _fields(_INFO)
"""The prefix that Python's logging writes before a line of a server: known fields in any order, or none.

Servers log requests as INFO. A prefix without the logger's name is accepted, too. Then a line cannot be
distinguished from one of an app that logs exactly the text of a visitor.
"""

SERVER_MESSAGE = _fields(rb"(?i:INFO?|I|WARN(?:ING)?|ERROR|CRITICAL|FATAL)")
"""The same prefix with any level: werkzeug logs requests that it could not read as errors."""


NAME_BEHIND = LazyPattern(
    rb" {1,64}" + COLORS + rb"\[" + COLORS + _SERVER_NAME + COLORS + rb"\]" + COLORS + rb" ?$"
)
"""The name of a server's logger after its message, as structlog's console writes it."""


class RecordHead(NamedTuple):
    """The head of a `logging` record: the names of loggers in it, and where the message begins."""

    loggers: frozenset[bytes]
    end: int


def record_head(line: bytes) -> RecordHead | None:
    """Return the head that Python's logging wrote before a message, `None` if there is none.

    A head has a level, or an asctime and a logger. Only the beginning of a line is examined, so the text
    before a time stamp can be examined alone.
    """
    match = _RECORD.match(line[:HEAD_BYTES])
    if match is None:
        return None
    words = {word for word in _NAMED.findall(match["head"]) if word}
    return RecordHead(
        frozenset(word for word in words if not _NO_LOGGER.fullmatch(word)), match.end()
    )
