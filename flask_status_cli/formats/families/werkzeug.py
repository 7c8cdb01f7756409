"""The access log of werkzeug's development server, 0.16 to 3.1, and of wsgiref, which adds a size.

The server does not escape quotes, so a line is read from its end. The text before the address must be known.
Otherwise an app that logs text of a visitor could write entries.
"""

from __future__ import annotations

from datetime import tzinfo
from functools import cache

from flask_status_cli.formats.prefixes.carriers import (
    CHANGED_SGR,
    COLLECTED,
    HEAD_BYTES,
    SGR,
    any_of,
    is_address_alone,
)
from flask_status_cli.formats.prefixes.python_logging import ADDRESS, SERVER_RECORD
from flask_status_cli.formats.refusal_reasons import (
    IMPOSSIBLE_DATE,
    NO_STATUS,
    TWO_RECORDS,
    UNKNOWN_STATUS,
)
from flask_status_cli.formats.request_line import Request, split_request
from flask_status_cli.formats.timestamps import local_minute
from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.model import LogEntry

STAMP = LazyPattern(rb'\[(\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d):([0-5]\d|60)\] "')

STAMP_HEAD = LazyPattern(rb"\[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:")

# The end of a line: structlog and rich write the logger after the message, and colors end there.
_BEHIND = (
    rb"(?:(?>(?:" + SGR + rb"|[ \t]){0,120})(?:\[" + SGR + rb"{0,4}(?:werkzeug|_internal)" + SGR
    + rb"{0,4}\]|_internal\.py:\d{1,5})?(?>(?:" + SGR + rb"|[ \t]){0,120}))"
)  # fmt: skip
_STATUS = LazyPattern(rb"(\d{3}|HTTPStatus\.\w+) (?:-|\d+)" + _BEHIND)
_ANOTHER = LazyPattern(ADDRESS + rb' - - \[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\] "')

_KNOWN_PREFIX = LazyPattern(
    COLLECTED + SERVER_RECORD + any_of(ADDRESS, rb"<local>|localhost|unknown") + rb" - - "
)
_COLORS_BEFORE = LazyPattern(SGR + rb"{0,4}")
_CHANGED_BEFORE = LazyPattern(CHANGED_SGR + rb"{1,4}")
_CHANGED_BEHIND = LazyPattern(CHANGED_SGR + rb"{1,4}$")
_COLORS_BEHIND = LazyPattern(SGR + rb"{1,4}$")
_COLORS_BYTES = 64


def may_precede(prefix: bytes) -> bool:
    """Return whether a line with this text before its stamp may be an entry.

    The text must be known prefixes and an address.
    """
    if is_address_alone(prefix):
        return True
    return len(prefix) <= HEAD_BYTES and _KNOWN_PREFIX.fullmatch(prefix) is not None


def read(line: bytes, *, zone: tzinfo, newest: int | None) -> LogEntry | str | None:
    """Return an entry, the reason why the line is damaged, or `None` for a line of another family."""
    stamp = STAMP.search(line)
    if stamp is None or not may_precede(line[: stamp.start()]):
        return None
    answer = read_answer(line[stamp.end() :])
    if isinstance(answer, str):
        return answer
    minute = local_minute(stamp[1], zone)
    if minute is None:
        return IMPOSSIBLE_DATE
    (method, target), status = answer
    return LogEntry(minute.after(newest), method, target, status)


def read_answer(text: bytes) -> tuple[Request, int] | str:
    """Return the request and the status in the text after the opening quote, or why the line is damaged."""
    if _ANOTHER.search(text):
        return TWO_RECORDS
    request, quote, tail = text.rpartition(b'" ')
    status = _STATUS.fullmatch(tail)
    if not quote or status is None:
        return NO_STATUS
    code = _status_names().get(status[1], -1) if status[1].startswith(b"H") else int(status[1])
    if code < 0:
        return UNKNOWN_STATUS
    return split_request(_uncolored(request), escaped=False), code


@cache
def _status_names() -> dict[bytes, int]:
    """Return the codes by name. Up to Python 3.10, the name of an error was logged."""
    from http import HTTPStatus

    members = HTTPStatus.__members__.items()
    return {b"HTTPStatus." + name.encode(): status.value for name, status in members}


def variant(line: bytes) -> str:  # noqa: ARG001 - every reader has this signature
    """Return the family's only format."""
    return "werkzeug"


def _uncolored(request: bytes) -> bytes:
    """Return a request line without the colors around it, even if their escape character was changed."""
    changed = _CHANGED_BEFORE.match(request)
    if changed is not None:
        return _without_tail(request[changed.end() :], _CHANGED_BEHIND)
    before = _COLORS_BEFORE.match(request)
    return _without_tail(request[before.end() :] if before else request, _COLORS_BEHIND)


def _without_tail(request: bytes, pattern: LazyPattern[bytes]) -> bytes:
    tail = request[-_COLORS_BYTES:]
    colors = pattern.search(tail)
    return request if colors is None else request[: len(request) - len(tail) + colors.start()]
