"""Makes an entry from a line with named parts, as in JSON, LTSV, logfmt and W3C logs.

Only the values of known names are used. So two lines with the same values of them are the same request.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, tzinfo
from functools import cache

from flask_status_cli.formats.durations import microseconds
from flask_status_cli.formats.families import known_names as names
from flask_status_cli.formats.families.known_names import PATH_KEYS, ROUTE_KEY
from flask_status_cli.formats.families.request_without_time import EntryWithoutTime
from flask_status_cli.formats.refusal_reasons import IMPOSSIBLE_DATE
from flask_status_cli.formats.request_line import MALFORMED, Request, split_request
from flask_status_cli.formats.timestamp_spellings import minute_of
from flask_status_cli.frozen import frozen
from flask_status_cli.model import LogEntry
from flask_status_cli.unnamed_zone import unless_named

Value = str | int | bool | None | list[object]
Values = Mapping[str, Value]
"""The values of a line by their plain names. A number with a fraction is a text."""

_STATUS = re.compile(r"\d{3}")
_METHOD = re.compile(r"[A-Za-z][A-Za-z_-]{0,31}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?")
_PATH_OR_URL = re.compile(r"/|\*$|[a-z]{2,5}://")
"""The usual form of a target.

Another one, such as that of CONNECT, is used only if no name has a usual one.
"""

_WITHOUT_SLASH = re.compile(r"[^/?#:*\s]++(?:[/?]|$)")
"""A path without the slash at its beginning, as Akamai writes it, and Traffic Server's `%<cqup>`.

No client can send one, but in a request that is refused. CONNECT has a port.
"""

_LOWER = frozenset(("get", "head", "post", "put", "delete", "options", "patch"))
"""Methods as some loggers write them, such as Kibana's. Such a method was sent in upper case."""

_ABSENT = ("", "-")
_REFUSED = frozenset((400, 408, 413, 414, 494, 495, 496, 497, 505))
"""The statuses of requests that nginx refuses before it has read their target."""

_NO_STATUS_SET = 0
"""The status in a log if the server set none."""
_UNREAD = (0, 400)
"""The statuses of connections in which Envoy read no request. It writes null as the method and the path."""
IN_UTC = "in utc"
"""A name, unlike any of a log, of a value that is true if times without an offset are in UTC.

The user can name another zone.
"""

_SERVER_ERROR_LOG = "http.log.error"
"""The logger with which Caddy logs a failed request a second time."""


@frozen
class PartNames:
    """The names of the parts of a request, in order of preference.

    - `units`: those of durations, with units.
    - `any_method`: whether a request may have no method. It is taken for a GET. The rule of a path is found
      even if it does not accept GET.
    """

    status: Sequence[str] = names.STATUS
    request: Sequence[str] = names.REQUEST
    method: Sequence[str] = names.METHOD
    target: Sequence[str] = names.TARGET
    query: Sequence[str] = names.QUERY
    time: Sequence[str] = names.TIME
    date: Sequence[str] = names.DATE
    host: Sequence[str] = names.HOST
    units: Mapping[str, str] = field(default_factory=lambda: names.DURATION)
    any_method: bool = False

    def among(self, met: Container[str]) -> PartNames:
        """Return the same names, but for the status and the request only those in `met`."""

        def kept(candidates: Sequence[str]) -> tuple[str, ...]:
            return tuple(name for name in candidates if name in met)

        return replace(
            self,
            status=kept(self.status),
            request=kept(self.request),
            method=kept(self.method),
            target=kept(self.target),
            query=kept(self.query),
        )


KNOWN = PartNames()


def read_values(
    values: Values, *, zone: tzinfo, newest: int | None, known: PartNames = KNOWN
) -> LogEntry | EntryWithoutTime | str | None:
    """Return the entry that the values of a line describe.

    It is an `EntryWithoutTime` if no value is a time. Return the reason if the time is impossible, and `None`
    if the values are not those of a request.
    """
    answer = request_of(values, known)
    if answer is None:
        return None
    (method, target), status = answer
    duration, host = duration_of(values, known), host_of(values, known)
    minute = time_of(values, zone=zone, newest=newest, known=known)
    if minute is None:
        has_time = any(_text(values.get(name)) not in (None, *_ABSENT) for name in known.time)
        if has_time and known is not KNOWN:
            return IMPOSSIBLE_DATE
        return EntryWithoutTime(method, target, status, duration, host)
    return LogEntry(minute, method, target, status, duration, host)


def parts_of(values: Values, known: PartNames = KNOWN) -> list[tuple[str, bytes]]:
    """Return the parts of the request in the values of a line: their roles and their texts."""
    roles = (
        ("time", known.time), ("host", known.host), ("request", known.request), ("method", known.method),
        ("target", known.target), ("query", known.query), ("status", known.status), ("duration", known.units),
    )  # fmt: skip
    found = []
    for role, candidates in roles:
        texts = (_text(values.get(name)) for name in candidates)
        text = next((text for text in texts if text not in (None, *_ABSENT)), None)
        if text is not None:
            found.append((role, encoded(text)))
    return found


def request_of(values: Values, known: PartNames = KNOWN) -> tuple[Request, int] | None:
    """Return the request and its status; `None` if the values have none or repeat another line."""
    logger = values.get("logger")
    if isinstance(logger, str) and logger.startswith(_SERVER_ERROR_LOG):
        return None
    status = next(_statuses(values, known.status), None)
    request = None if status is None else _request(values, known, status)
    if request is None and status in _UNREAD and _is_null(values, known):
        request = MALFORMED
    return None if status is None or request is None else (request, status)


def time_of(
    values: Values, *, zone: tzinfo, newest: int | None, known: PartNames = KNOWN
) -> int | None:
    """Return the epoch minute of the first value that is a time, `None` if there is none."""
    zone = unless_named(zone, UTC) if values.get(IN_UTC) else zone
    for name in known.time:
        text = _text(values.get(name))
        if text is None:
            continue
        if _CLOCK.fullmatch(text):
            day = next(_days(values, known.date), None)
            text = f"{day}T{text}" if day else text
        minute = minute_of(text.encode("utf-8", "replace"), zone=zone, newest=newest)
        if minute is not None:
            return minute
    return None


def duration_of(values: Values, known: PartNames = KNOWN) -> int | None:
    """Return the duration of the request in microseconds, `None` if there is none."""
    named = values.keys() & known.units.keys()
    in_order = named if len(named) < 2 else [name for name in known.units if name in named]
    for name in in_order:
        text = _text(values[name])
        found = None if text is None else microseconds(text, known.units[name])
        if found is not None:
            return found
    return None


def host_of(values: Values, known: PartNames = KNOWN) -> str | None:
    """Return the virtual host of the request, `None` if there is none."""
    texts = (_text(values.get(name)) for name in known.host)
    return next((text for text in texts if text not in (None, *_ABSENT)), None)


def _statuses(values: Values, candidates: Iterable[str]) -> Iterator[int]:
    for name in candidates:
        value = values.get(name)
        if isinstance(value, str) and (_STATUS.fullmatch(value) or _has_phrase(value)):
            yield int(value[:3])
        elif isinstance(value, int) and not isinstance(value, bool) and _is_status(value):
            yield value


def _has_phrase(text: str) -> bool:
    """Return whether a text is a status with its reason phrase, as Flask's `response.status` is."""
    return text[3:4] == " " and _with_phrase().fullmatch(text) is not None


@cache
def _with_phrase() -> re.Pattern[str]:
    from flask_status_cli.formats.reason_phrases import PHRASE

    return re.compile(rf"\d{{3}} {PHRASE}")


def _is_status(value: int) -> bool:
    return value == _NO_STATUS_SET or 100 <= value <= 999


def _request(values: Values, known: PartNames, status: int) -> Request | None:
    """Return the request of a line: that of its request line, or else of its method and target."""
    line = next(_strings(values, known.request), None)
    request = MALFORMED if line is None else _split(line)
    if request is not MALFORMED:
        return request
    method, target = _method(values, known), _target(values, known, line)
    if method is not None and target is not None:
        if _WITHOUT_SLASH.match(target) and status not in _REFUSED:
            target = f"/{target}"
        target = _with_query(target, values, known)
        return Request(method, without_lone_surrogates(target))
    names_of_parts = (*known.method, *known.target)
    has_request = line is not None or any(name in values for name in names_of_parts)
    return MALFORMED if has_request and _is_empty(values, known, status) else None


def _method(values: Values, known: PartNames) -> str | None:
    found = next(filter(_METHOD.fullmatch, _strings(values, known.method)), None)
    if found is None and known.any_method:
        return "GET"
    return found.upper() if found in _LOWER else found


def _target(values: Values, known: PartNames, line: str | None) -> str | None:
    """Return the target, one of a usual form if there is one. `line` is a request without a method."""
    targets = [text for text in _strings(values, known.target) if text not in _ABSENT]
    targets += [path for route in _strings(values, ROUTE_KEY) if (path := route.partition(" ")[2])]
    targets += [path for path in _strings(values, PATH_KEYS) if path.startswith("/")]
    if line is not None and _PATH_OR_URL.match(line):
        targets.append(line)  # Apache's `"request":"%U"` beside `"method":"%m"`
    return next(filter(_PATH_OR_URL.match, targets), targets[0] if targets else None)


def _with_query(target: str, values: Values, known: PartNames) -> str:
    """Return the target with the query, if that has a name of its own."""
    query = next((text for text in _strings(values, known.query) if text not in _ABSENT), "")
    if not query or "?" in target:
        return target
    return target + (query if query.startswith("?") else f"?{query}")


def _is_empty(values: Values, known: PartNames, status: int) -> bool:
    """Return whether the server could not read the request.

    Then the request line is odd, or the method and the target are empty. Of a request that nginx refuses, the
    target alone may be empty.
    """
    line = next(_strings(values, known.request), None)
    if line is not None:
        return True
    methods, targets = ([*_strings(values, role)] for role in (known.method, known.target))
    if not targets or any(text not in _ABSENT for text in targets):
        return False
    return status in _REFUSED or (bool(methods) and all(text in _ABSENT for text in methods))


def _is_null(values: Values, known: PartNames) -> bool:
    """Return whether the method and the target of a request are null."""
    roles = (known.method, known.target)
    both = [[values[name] for name in role if name in values] for role in roles]
    return all(each and all(value is None for value in each) for each in both)


def _split(line: str) -> Request:
    return split_request(encoded(line), escaped=False)


def encoded(text: str) -> bytes:
    """Return the bytes of a text. A lone surrogate that stands for no byte is encoded like a character."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def without_lone_surrogates(text: str) -> str:
    """Return the text so that each lone surrogate in it stands for a byte."""
    return text if text.isascii() else encoded(text).decode("utf-8", "surrogateescape")


def _strings(values: Values, candidates: Iterable[str]) -> Iterator[str]:
    for name in candidates:
        value = values.get(name)
        if isinstance(value, str):
            yield value


def _days(values: Values, candidates: Iterable[str]) -> Iterator[str]:
    return (text for text in _strings(values, candidates) if _DAY.fullmatch(text))


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
