"""JSON objects that contain a line of a log: docker's json-file, the journal, loggers that write JSON.

The line is read like any other. If the object names a logger, this must be the logger of a server, because an
app may log text of a visitor.
"""

from __future__ import annotations

from typing import Any

from flask_status_cli.formats.prefixes.carriers import after_carriers
from flask_status_cli.formats.prefixes.json_depth import too_deep
from flask_status_cli.frozen import frozen
from flask_status_cli.lazy_pattern import LazyPattern

_TEXT_KEYS = (
    "log",
    "message",
    "msg",
    "MESSAGE",
    "event",
    "textPayload",
    "@message",
    "line",
    "text",
    "short_message",
    "_raw",
    "resultDescription",
    "ResultDescription",
    "original",
)
"""The keys of the line, by docker, Python's JSON loggers, journald, structlog, Google, AWS, Loki, loguru,
Graylog, Splunk, Azure and Elastic.

The first one that an object has is used.
"""

_INNER = ("jsonPayload", "_source", "attributes", "content", "result", "event", "properties")
"""The keys of objects in which the line may be, if the outer object has none.

They are those of Google, Elastic, Datadog, Splunk and Azure. `properties` may be such an object as text.
"""

_TIME_KEYS = (
    *(
        "time",
        "timestamp",
        "@timestamp",
        "ts",
        "asctime",
        "date",
        "datetime",
        "created",
        "_time",
        "t",
    ),
    *(
        "__REALTIME_TIMESTAMP",
        "_SOURCE_REALTIME_TIMESTAMP",
        "receiveTimestamp",
        "timeStamp",
        "Timestamp",
    ),
)

_LOGGER_KEYS = ("logger", "name", "logger_name", "loggerName", "log.logger")
TEXT_KEYS, TIME_KEYS, NAME_KEYS = _TEXT_KEYS, _TIME_KEYS, _LOGGER_KEYS
_LOOKED_AT = frozenset((*_TEXT_KEYS, *_TIME_KEYS, *_LOGGER_KEYS))
_SERVER = LazyPattern(
    r"werkzeug|_internal|gunicorn(?:\.access)?|glogging|wsgi|uvicorn(?:\.access)?|hypercorn\.access|tornado\.access"
    r"|aiohttp\.access|django\.server|basehttp|daphne(?:\.\w+)?|waitress|paste|_?granian(?:\.access)?|sanic\.access"
    r"|(?:http\.log\.|nginx\.|http\.)?access(?:\.\w+)?(?:[._-]?log(?:ger)?)?|eventlet\.wsgi(?:\.server)?|gevent\.pywsgi|cherrypy\.access|httptools_impl|h11_impl|web"
)
_REPEATED = "http.log.error"
"""The logger with which Caddy logs a failed request a second time."""
_STATUS_KEY = LazyPattern(r"status|^code$|response_?code")
_REQUEST_KEY = LazyPattern(r"ur[il]|path|^req|request|method|target|-stem")
_ANSWERED = frozenset(("res", "responsetime"))
"""Keys of pino and Fastify in the record of an answer. Fastify's has no request: it is in another record."""
_NEEDED = frozenset(("method", "status", "target"))
_METHOD = LazyPattern(r"GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH")
_STATUS = LazyPattern(r"[1-5]\d\d")
_MOST_KEYS = 100
DOCKER = b'{"log":"'
"""The beginning of every line of docker's json-file."""

_DOCKER_KEYS = frozenset(("log", "stream", "attrs", "time"))
"""The keys of a line of docker's json-file. `log` comes first, and `attrs` may be missing.

Source: daemon/logger/jsonfilelog/jsonlog/jsonlog.go.
"""
_DOCKER = ("log", "stream", "time")
# As docker's daemon/logger/jsonfilelog/jsonlog writes them. `attrs` are the same for a whole container.
DOCKER_LINE = LazyPattern(
    rb'\{"log":"((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+)","stream":"std(?:out|err)",'
    rb'(?:"attrs":(\{[^{}\n]{0,2000}\}),)?"time":"([0-9A-Z:.+-]{1,40})"\} ?'
)
_ESCAPED = ((b'\\"', b'"'), (rb"\u0026", b"&"), (rb"\u003c", b"<"), (rb"\u003e", b">"))

_CARRIES = LazyPattern(rb'"(?:MESSAGE|message|msg|event|text)" ?: ?["\[]')
_JOURNAL_KEYS = frozenset(("__REALTIME_TIMESTAMP", "MESSAGE"))
"""Keys that every line of `journalctl -o json` has."""

LOGGER_KEYS = frozenset(
    (
        "message", "msg", "event", "text", "time", "timestamp", "@timestamp", "ts", "asctime", "date",
        "datetime", "created", "level", "levelname", "levelno", "severity", "name", "logger",
        "logger_name", "module", "filename", "pathname", "funcName", "lineno", "line_number",
        "process", "processName", "process_name", "thread", "threadName", "thread_name", "taskName",
        "msecs", "relativeCreated", "exc_info", "stack_info", "hostname", "host", "pid", "app",
        "service", "env", "environment", "stream", "@version",
    )
)  # fmt: skip
"""The keys that loggers write around a message. None of them is a name of a status."""

DEPTH = 3
"""The most objects within each other that are opened."""


@frozen
class Envelope:
    """The contents of a JSON object that may contain a line of a log.

    - `text`: the line, `None` if there is none.
    - `by_app`: whether the object names a logger that is not a server's.
    - `keys`: the keys of the object, in order.
    - `request`: whether the keys describe a request.
    - `time`: the time stamp of the line, empty if the object has none.
    - `several`: the text, if it has several lines; otherwise empty. pm2 writes such objects.
    """

    text: bytes | None
    by_app: bool
    keys: tuple[str, ...]
    request: bool
    time: bytes = b""
    several: bytes = b""


def opened(line: bytes) -> Envelope | None:
    """Return the contents of a JSON object, with or without prefixes of carriers; `None` for another line."""
    found = _object(line)
    if found is None:
        return None
    inner = _inner(found)
    return Envelope(
        _text(inner),
        _by_app(found) or _by_app(inner),
        tuple(found),
        _describes_a_request(found),
        _time(inner) or _time(found),
        _several(inner),
    )


def _inner(found: dict[str, Any]) -> dict[str, Any]:
    """Return the object that has the line: an object itself, or one in it."""
    if any(isinstance(found.get(key), str | list) for key in _TEXT_KEYS):
        return found
    for key in _INNER:
        value = found.get(key)
        if isinstance(value, dict) and any(isinstance(value.get(one), str) for one in _TEXT_KEYS):
            return value
        if key == "properties" and isinstance(value, str) and value.startswith("{"):
            return {"text": value}
    return found


def opened_carried_line(line: bytes) -> Envelope | None:
    """Return the contents of an object that certainly is no request itself, but carries a line.

    It is one of docker's json-file, of the journal, or of a logger that writes nothing but its usual fields.
    No family needs to try such a line. Return `None` for any other line.
    """
    if line.startswith(DOCKER):
        return _opened_docker_line(line)
    if not line.startswith(b"{") or _CARRIES.search(line) is None:
        return None
    envelope = opened(line)
    if envelope is None:
        return None
    keys = frozenset(envelope.keys)
    if not (keys >= _JOURNAL_KEYS or keys <= LOGGER_KEYS) or envelope.text is None:
        return None
    from flask_status_cli.formats.families.known_names import STATUS, plain

    return envelope if frozenset(STATUS).isdisjoint(map(plain, keys)) else None


def _opened_docker_line(line: bytes) -> Envelope | None:
    match = DOCKER_LINE.fullmatch(line)
    if match is not None and match[2] is None:
        return Envelope(
            unescaped(match[1]), by_app=False, keys=_DOCKER, request=False, time=match[3]
        )
    envelope = opened(line)
    return envelope if envelope is not None and _DOCKER_KEYS.issuperset(envelope.keys) else None


def unescaped(text: bytes) -> bytes | None:
    """Return the text of a JSON string without its line end; `None` if it is empty or more than one line."""
    if rb"\\" not in text:
        bare = text.removesuffix(rb"\n").removesuffix(rb"\r")
        if b"\\" in bare:
            for escaped, plain in _ESCAPED:
                bare = bare.replace(escaped, plain)
        if b"\\" not in bare:
            return bare or None
    import json

    try:
        whole: str = json.loads(f'"{text.decode("utf-8", "surrogateescape")}"')
        bare = whole.encode("utf-8", "surrogateescape")
    except ValueError:
        return None
    bare = bare.removesuffix(b"\n").removesuffix(b"\r")
    return None if b"\n" in bare or not bare else bare


def _describes_a_request(found: dict[str, Any]) -> bool:
    if str(found.get("logger")).startswith(_REPEATED):
        return False
    keys = {key.lower() for key in found}
    if keys >= _ANSWERED:
        return True
    both = any(map(_STATUS_KEY.search, keys)) and any(map(_REQUEST_KEY.search, keys))
    return both or "httprequest" in keys or _NEEDED.issubset(_parts(found, DEPTH))


def _parts(found: dict[str, Any], depth: int) -> set[str]:
    """Return which parts of a request an object and those in it have, by their keys and values."""
    parts = set()
    for key, value in list(found.items())[:_MOST_KEYS]:
        if isinstance(value, dict):
            parts |= _parts(value, depth - 1) if depth else set()
        elif isinstance(value, str | int) and _METHOD.fullmatch(text := str(value)):
            parts.add("method")
        elif isinstance(value, str | int) and _STATUS.fullmatch(text):
            parts |= {"status"} if _STATUS_KEY.search(key.lower()) else set()
        elif isinstance(value, str) and value.startswith(("/", "http")):
            parts |= {"target"} if _REQUEST_KEY.search(key.lower()) else set()
    return parts


def _time(found: dict[str, Any]) -> bytes:
    """Return the time stamp in an object, empty if there is none."""
    record = found.get("record")  # loguru's
    inner = record.get("time") if isinstance(record, dict) else None
    values = [*map(found.get, _TIME_KEYS), inner.get("repr") if isinstance(inner, dict) else None]
    return next(
        (
            str(one).encode("utf-8", "replace")
            for one in values
            if isinstance(one, str | int | float)
        ),
        b"",
    )


def message(line: bytes) -> bytes:
    """Return the log line in nested JSON objects, or the line itself if it is no such object."""
    for _ in range(DEPTH):
        envelope = opened(line)
        if envelope is None or envelope.text is None or envelope.by_app:
            break
        line = envelope.text
    return line


def _object(line: bytes) -> dict[str, Any] | None:
    if not line.endswith((b"}", b"} ")) or b"{" not in line:
        return None
    start = after_carriers(line)
    if line[start : start + 1] != b"{":
        return None
    text = line[start:].decode("utf-8", "surrogateescape")
    if too_deep(text):
        return None
    import json

    try:
        found = json.loads(text, object_pairs_hook=_unique)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of these pairs; raises `ValueError` if a key that is used here occurs twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs if key in _LOOKED_AT]
        if len(keys) > len(set(keys)):
            raise ValueError
    return found


def _text(found: dict[str, Any]) -> bytes | None:
    """Return the line in an object, `None` if there is none, or several."""
    text = _whole_text(found)
    return None if text is None or b"\n" in text or not text else text


def _several(found: dict[str, Any]) -> bytes:
    """Return the text in an object if it has several lines, otherwise an empty text."""
    text = _whole_text(found) or b""
    return text if b"\n" in text else b""


def _whole_text(found: dict[str, Any]) -> bytes | None:
    for key in _TEXT_KEYS:
        value = found.get(key)
        if (
            isinstance(value, list) and key == "MESSAGE"
        ):  # journald's form of bytes that are no text
            value = _characters(value)
        if isinstance(value, str):
            try:
                text = value.encode("utf-8", "surrogateescape")
            except UnicodeEncodeError:
                return None
            text = text.removesuffix(b"\n").removesuffix(b"\r")
            # rsyslog's has the blank after the tag
            if key == "msg" and not text.startswith(b" - "):
                text = text.lstrip(b" ")
            return text
    return None


def _characters(numbers: list[Any]) -> str | None:
    try:
        return bytes(numbers).decode("utf-8", "surrogateescape")
    except (TypeError, ValueError):
        return None


def _by_app(found: dict[str, Any]) -> bool:
    log = found.get("log")
    names = [found.get(key) for key in _LOGGER_KEYS]
    names.append(log.get("logger") if isinstance(log, dict) else None)
    return any(isinstance(name, str) and not _SERVER.fullmatch(name) for name in names)
