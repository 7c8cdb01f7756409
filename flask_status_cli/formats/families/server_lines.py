"""Reads a line with the pattern of a server in the table of `servers`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import cache

from flask_status_cli.formats.durations import microseconds
from flask_status_cli.formats.families.request_without_time import EntryWithoutTime
from flask_status_cli.formats.families.servers import BY_NAME, Server
from flask_status_cli.formats.prefixes.carriers import HEAD_BYTES, SGR, after_carriers
from flask_status_cli.formats.prefixes.python_logging import (
    NAME_BEHIND,
    SERVER_MESSAGE,
    SERVER_RECORD,
)
from flask_status_cli.formats.refusal_reasons import IMPOSSIBLE_DATE, NO_STATUS, TWO_RECORDS
from flask_status_cli.formats.request_line import MALFORMED, Request, split_request, unescape
from flask_status_cli.formats.timestamp_spellings import minute_of
from flask_status_cli.frozen import frozen
from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.model import LogEntry

_LOGGER = LazyPattern(SERVER_RECORD)
_ANY_LEVEL = LazyPattern(SERVER_MESSAGE + rb"(?=\[|\d{3} [A-Z]|" + SGR + rb"{0,3}\")")
_NAMED = re.compile(rb"tornado\.access|django\.server|basehttp|\bweb\b")
_HASHED = re.compile(rb"#([0-9A-Fa-f]{2})")
_A_STATUS = re.compile(rb"(?<![\w.])(?:\d{3}|-1|0|-)(?![\w.])", re.ASCII)
_AUTHORITY = re.compile(r"https?://([^/?#]{1,300})")
_A_WORD = re.compile(rb"[A-Za-z]{4}")
_LONGEST_NAME = 200
_BEGINNING = re.compile(rb"[ :](?=[\[:0-9A-Fa-f])")
"""The text before a place at which a line may begin."""

_NO_ANSWER = (b"-1", b"-")
_ABORTED = 0
"""The status of a request whose client did not wait for the answer. Every policy ignores it."""


@frozen
class _Pattern:
    server: Server
    line: re.Pattern[bytes]
    again: re.Pattern[bytes] | None


@frozen
class ServerMatch:
    """The server that wrote a line, and the match of its pattern, which begins after all prefixes."""

    server: Server
    match: re.Match[bytes]


def read(
    line: bytes, names: Sequence[str], *, zone: tzinfo, newest: int | None
) -> LogEntry | EntryWithoutTime | str | None:
    """Return an entry, the reason why the line is damaged, or `None` if none of these servers wrote it."""
    found = find(line, names)
    if found is None:
        return None
    pattern, match = again(found.server.name), found.match
    if pattern is not None and has_two_records(pattern, line, match.start()):
        return TWO_RECORDS
    groups = match.groupdict()
    code = status_of(groups["status"])
    if code is None:
        return NO_STATUS
    request = request_of(groups, found.server)
    took, host = duration_of(groups, found.server.unit), _host(groups, found.server, request.target)
    time = groups.get("time")
    if time is None:
        return EntryWithoutTime(*request, code, took, host, line[: match.start()])
    minute = minute_of_time(time, found.server, zone=zone, newest=newest)
    return IMPOSSIBLE_DATE if minute is None else LogEntry(minute, *request, code, took, host)


def again(name: str) -> re.Pattern[bytes] | None:
    """Return the pattern of the beginning of a server's record, `None` if there is none."""
    return _compiled(name).again


def minute_of_time(time: bytes, server: Server, *, zone: tzinfo, newest: int | None) -> int | None:
    """Return the epoch minute of the time in a line, as the server writes it; `None` if it is impossible."""
    stamp = time.replace(b"\t", b"T").replace(b" - ", b" ") + (b"Z" if server.utc else b"")
    return minute_of(stamp, zone=zone, newest=newest)


def status_of(text: bytes | None) -> int | None:
    """Return the status in a line, `None` if the server wrote none."""
    if text is None or text == b"-":
        return None
    return _ABORTED if text in _NO_ANSWER else int(text)


def find(line: bytes, names: Sequence[str]) -> ServerMatch | None:
    """Return which of these servers wrote a line, `None` if none of them did."""
    if not _has_status(line):  # true for most lines of a traceback
        return None
    signed = [name for sign, name in _signs(tuple(names)) if sign in line]
    if not signed:
        return None
    line = _without_name_behind(line)
    start = after_carriers(line)
    logged = any_logged = -1
    for name in signed:
        one = _compiled(name)
        match = one.line.match(line, start)
        if match is None and logged < 0:
            logged = _behind_record(line, start)
        if match is None and logged > start:
            match = one.line.match(line, logged) or _after_record(one, line, start, logged)
        if match is None and one.server.any_level:
            if any_logged < 0:
                any_logged = _behind_logger(line[:HEAD_BYTES], start)
            match = one.line.match(line, any_logged) if any_logged > start else None
        if match is not None and not _is_doubtful(match, line[start : match.start()], one.server):
            return ServerMatch(one.server, match)
    return None


@cache
def _signs(names: tuple[str, ...]) -> tuple[tuple[bytes, str], ...]:
    """Return the text that is in each line of a server, and the name of the server."""
    return tuple((BY_NAME[name].sign, name) for name in names)


def _has_status(line: bytes) -> bool:
    """Return whether a line has anything that may be a status."""
    return _A_STATUS.search(line) is not None


def _behind_record(line: bytes, start: int) -> int:
    """Return where a line begins after the fields that Python's logging wrote before it, if there are any."""
    return _LOGGER.match(line[:HEAD_BYTES], start).end()  # type: ignore[union-attr]  # matches nothing, too


def _without_name_behind(line: bytes) -> bytes:
    """Return a line without the name of a server's logger after its message."""
    if not line.endswith((b"]", b"] ", b"m")):
        return line
    behind = NAME_BEHIND.search(line, max(0, len(line) - _LONGEST_NAME))
    return line if behind is None else line[: behind.start()]


def _after_record(one: _Pattern, line: bytes, start: int, end: int) -> re.Match[bytes] | None:
    """Match a line whose beginning looks like a part of a logger's record before it, too.

    A time does, and an IPv6 address.
    """
    for found in _BEGINNING.finditer(line, start, end):
        place = found.end()
        match = one.line.match(line, place)
        if match is not None and _LOGGER.fullmatch(line[:HEAD_BYTES], start, place):
            return match
    return None


def named(line: bytes, names: Sequence[str]) -> list[tuple[str, bytes]]:
    """Return the fields of a line by name, in order; none if none of these servers wrote it."""
    found = find(line, names)
    if found is None:
        return []
    match = found.match
    before = [("before", line[: match.start()].rstrip(b" "))] if match.start() else []
    groups = sorted(
        (match.start(name), name) for name in match.groupdict() if match[name] is not None
    )
    fields = [("duration" if name.startswith("took") else name, match[name]) for _, name in groups]
    return [*before, *fields]


def _is_doubtful(match: re.Match[bytes], before: bytes, server: Server) -> bool:
    """Return whether a line without its own time has only a time before it, and no logger.

    Lines of many other servers begin with a time, too.
    """
    timeless = match.re.groupindex.get("time") is not None and match["time"] is None
    return timeless and server.any_level and bool(before) and _A_WORD.search(before) is None


def _behind_logger(head: bytes, start: int) -> int:
    """Return where the message of a record of any level begins; `start` if no server's logger is named."""
    match = _ANY_LEVEL.match(head, start)
    if match is None or not _NAMED.search(head, start, match.end()):
        return start
    return match.end()


@cache
def _compiled(name: str) -> _Pattern:
    server = BY_NAME[name]
    again = re.compile(server.again) if server.again else None
    return _Pattern(server, re.compile(server.pattern, re.DOTALL), again)


def has_two_records(again: re.Pattern[bytes], line: bytes, start: int) -> bool:
    """Return whether more than one record begins in a line."""
    found = again.finditer(line, start)
    next(found, None)
    return next(found, None) is not None


def request_of(groups: Mapping[str, bytes | None], server: Server) -> Request:
    """Return the request in the groups of a line."""
    line = groups.get("request")
    if line is not None:
        if server.escape == "hash":
            line = _HASHED.sub(lambda one: bytes([int(one[1], 16)]), line)
        if line.startswith(b"- "):  # a load balancer could not read the request
            return MALFORMED
        return split_request(line, escaped=server.escape == "backslash")
    method, target, query = groups.get("method"), groups.get("target"), groups.get("query")
    if not method or not target or b"-" in (method, target):
        return MALFORMED
    if server.escape == "backslash":
        target = unescape(target)
    if query not in (None, b"", b"-"):
        target = b"%b?%b" % (target, query)
    return Request(*(text.decode("utf-8", "surrogateescape") for text in (method, target)))


def _host(groups: Mapping[str, bytes | None], server: Server, target: str | None) -> str | None:
    """Return the virtual host of a request, `None` if the line has none."""
    host = groups.get("host")
    if host not in (None, b"", b"-"):
        return host.decode("utf-8", "surrogateescape")
    named = _AUTHORITY.match(target) if server.authority and target else None
    return named[1] if named else None


def duration_of(groups: Mapping[str, bytes | None], unit: str) -> int | None:
    """Return the sum of the durations in the groups of a line, in microseconds; `None` without one."""
    parts = [groups.get(name) for name in ("took", "took2", "took3")]
    found = [microseconds(part.decode("utf-8", "replace"), unit) for part in parts if part]
    known = [part for part in found if part is not None]
    return sum(known) if known else None
