"""What other programs put before a line's own text: collectors, terminals, Python's logging."""

from __future__ import annotations

import re
from typing import NamedTuple

HEAD_BYTES = 512
"""How much of a line is looked at for a prefix: no program writes longer ones, and no pattern runs wild."""

SGR = rb"(?:\x1b\[[0-9;]{0,12}[mK])"
"""An escape sequence that colours, or erases a terminal's line."""

ADDRESS_ALONE = re.compile(rb"[0-9.]* - - ")
"""A client, empty where it is a Unix socket, and nothing else: what most lines begin with."""

_DATE = rb"\d{4}[-/]\d\d[-/]\d\d"
_CLOCK = rb"\d\d:\d\d:\d\d"
_FRACTION = rb"(?:[.,]\d{1,9})?"
_SYSLOG_TIME = rb"[A-Z][a-z]{2} [ \d]\d " + _CLOCK
_SHORT_DATE = rb"(?:\d{1,4}[/.-]\d{1,2}(?:[/.-]\d{1,4})? )?"


def any_of(*patterns: bytes) -> bytes:
    """Join alternatives to an atomic group: the first that fits is kept, so nothing is tried twice."""
    return b"(?>" + b"|".join(patterns) + b")"


TIME = any_of(
    _DATE + rb"[T ]" + _CLOCK + _FRACTION + rb"(?:Z| ?[+-]\d\d:?\d\d)?",
    _SYSLOG_TIME,
    _SHORT_DATE + rb"\d\d:\d\d(?::\d\d)?" + _FRACTION + rb"(?: [AP]M)?",
)
"""The time stamps that people configure for loggers, and ISO 8601."""

_LEVELS = tuple(b"DEBUG INFO WARNING WARN ERROR CRITICAL FATAL TRACE NOTICE".split())
_LEVEL = any_of(*_LEVELS) + rb"(?![\w.=])"

# Collectors

_ISO = _DATE + rb"T" + _CLOCK + rb"(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)"
_HOST = rb"(?: (?!" + _LEVEL + rb")[\w.:-]{1,255})?"
_TAG = rb" (?!" + _LEVEL + rb")[\w./@-]{1,128}(?:\[[\w.]{1,64}\])?: "
_COLLECTOR = any_of(
    _SYSLOG_TIME + _HOST + _TAG,  # RFC 3164, journalctl
    _ISO + _HOST + _TAG,  # rsyslog's own, Heroku
    rb"<\d{1,3}>1 " + _ISO + rb"(?: [\w./@:-]{1,255}){4} - (?:\xef\xbb\xbf)?",  # RFC 5424
    _ISO + rb" std(?:out|err) [FP] ",  # Kubernetes
    _ISO + rb" ",  # docker logs -t
)
_COMPOSE = rb"(?:[\w.-]{1,128} *\| " + SGR + rb"?)?"
COLLECTED = rb"(?:\xef\xbb\xbf)?" + SGR + rb"{0,3}" + _COMPOSE + _COLLECTOR + rb"?"
"""A byte order mark, docker compose's column, the header of syslog or of a container runtime, or nothing."""

# Python's logging

_NAME = rb"[A-Za-z_][\w.-]{0,100}"
BREAK = rb"[ \t:|,()\[\]-]{1,16}"
"""What separates the fields of a log record, padding included."""

PLACE = rb"\{[^{}\"]{1,200}\}"
"""A source file and line between braces."""

_TIMED = rb"\[?" + TIME + BREAK
_WORDS = rb"(?:" + any_of(_NAME, rb"\d{1,19}", PLACE) + BREAK + rb"){0,5}?"
_LEVELLED = any_of(
    rb"[\[(<]?" + _LEVEL,
    _TIMED + _WORDS + _LEVEL,
    _NAME + rb"(?: - |: ?| \| )(?:" + _TIMED + rb")?" + _WORDS + _LEVEL,
)
_LOGGER = rb"(?:[\])>]?(?: in |[ :|\[(-]{1,16})" + _NAME + rb"(?=[:\])]| - | \| ))?"
# A comma before the milliseconds: logging's asctime, and nobody else's stamp.
_ASCTIME = _DATE + rb" " + _CLOCK + rb",\d{3}"
_RECORD = re.compile(
    COLLECTED
    + rb"(?P<head>"
    + any_of(
        _LEVELLED + _LOGGER,
        rb"\[?" + _ASCTIME + rb"\]?" + BREAK + _NAME + rb"(?= - |:| \||\])",
        _NAME + rb" - " + _ASCTIME + rb"(?= - )",
    )
    + rb")"
)
_NO_LOGGER = re.compile(any_of(*_LEVELS, rb"in", rb"MainThread", rb"Thread-\d+"))
_NAMED = re.compile(PLACE + rb"|" + TIME + rb"|(" + _NAME + rb")")


class Record(NamedTuple):
    """The head of a `logging` record: the loggers it names, and where its message begins or soon will."""

    loggers: frozenset[bytes]
    end: int


def record_head(line: bytes) -> Record | None:
    """Find the head that Python's logging put before a message: it shows a level, or asctime and a logger.

    It is decided by the line's beginning, so what precedes a time stamp can be judged by itself.
    """
    match = _RECORD.match(line[:HEAD_BYTES])
    if match is None:
        return None
    words = {word for word in _NAMED.findall(match["head"]) if word}
    return Record(frozenset(word for word in words if not _NO_LOGGER.fullmatch(word)), match.end())
