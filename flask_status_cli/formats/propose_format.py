"""Proposes a format for lines that no known format reads.

A proposal is a guess, so it must be tried on the log before it is shown to anybody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC
from functools import cache

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.families.json import json_lines
from flask_status_cli.formats.line_parser import Noise, parse_line, split_lines
from flask_status_cli.formats.other_lines.unsupported_logs import has_no_status
from flask_status_cli.formats.prefixes.carriers import COLLECTED, HEAD_BYTES
from flask_status_cli.formats.registry import JSON_MAP, lookup
from flask_status_cli.formats.timestamp_spellings import minute_of
from flask_status_cli.model import LogEntry

_LINES = 100
_BYTES = 4000
_LEAVES = 80

_METHODS = "GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PROPFIND"
_REQUEST = re.compile(rf"(?:{_METHODS}) \S.* HTTP/\d(?:\.\d)?")
_METHOD = re.compile(_METHODS)
_TARGET = re.compile(r"/\S*|https?://\S+|\*")
_STATUS = re.compile(r"[1-5]\d\d")

# The kinds of pieces of a line: a directive for the format string, or `literal`, `quoted` or `word`. The
# first pattern that matches is used. Literals stay as they are.
_PIECES = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("%t", r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]"),
        ("$time_iso8601", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)"),
        ("%{%Y-%m-%dT%H:%M:%S%z}t", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}"),
        ("%{%Y-%m-%dT%H:%M:%S}t", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?![.,\d+Z-])"),
        ("%{%Y-%m-%d %H:%M:%S %z}t", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}"),
        ("%{%Y-%m-%d %H:%M:%S}t.%{msec_frac}t", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}(?!\d)"),
        ("%{%Y-%m-%d %H:%M:%S}t,%{msec_frac}t", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}(?!\d)"),
        ("%{%Y-%m-%d %H:%M:%S}t", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?![.,\d])"),
        ("%{%Y/%m/%d %H:%M:%S}t", r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?![.,\d])"),
        (
            "%{%d/%b/%Y:%H:%M:%S %z}t",
            r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}",
        ),
        ("%{%d/%b/%Y:%H:%M:%S}t", r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?! [+-])"),
        ("$msec", r"\d{10}\.\d{3}(?!\d)"),
        ("%{sec}t", r"\d{10}(?!\d)"),
        ("%r", rf"(?:{_METHODS}) [^\s\"]+ HTTP/\d(?:\.\d)?"),
        ("%m %U%q", rf"(?:{_METHODS}) [/*][^\s\"]*"),
        ("%>s", r"(?<![\w.:/-])[1-5]\d\d(?![\w.:/-])"),
        ("literal", rf"\"(?=(?:{_METHODS}) [^\s\"]+(?: HTTP/\d(?:\.\d)?)?\")"),
        ("quoted", r"\"(?:[^\"\\]|\\.)*\""),
        ("literal", r"[\s\"|;,\[\]()]"),
        ("word", r"[^\s\"|;,\[\]()]+"),
    )
)
_ONCE = {"time": ("%t", "$", "%{"), "status": ("%>s",), "request": ("%r", "%m")}
_NGINX: Mapping[str, str] = {
    "%t": "[$time_local]",
    "%r": "$request",
    "%m %U%q": "$request_method $uri",
    "%>s": "$status",
    "word": "$hostname",
    "quoted": '"$http_referer"',
}
_APACHE: Mapping[str, str] = {"word": "%l", "quoted": '"%{Referer}i"', "%m %U%q": "%m %U"}


def propose(sample: bytes) -> str | None:
    """Return a format that reads most lines of a sample, noise left out; `None` if none is found."""
    lines = [line[:_BYTES] for line in split_lines(sample) if line.strip()][:_LINES]
    lines = [line for line in lines if not has_no_status(line)]
    for name in dict.fromkeys(_candidates(lines)):
        if _reads(name, lines):
            return name
    return None


def option(name: str) -> tuple[str, str]:
    """Return the option that names a format, and its value."""
    return (
        ("--json-map", name.removeprefix(JSON_MAP))
        if name.startswith(JSON_MAP)
        else ("--format", name)
    )


def _candidates(lines: Sequence[bytes]) -> Iterator[str]:
    objects = [found for line in lines if (found := _object(line)) is not None]
    if len(objects) * 2 > len(lines):
        described = _json_map(objects)
        if described is not None:
            yield described
        return
    for carried in (False, True):
        shapes = Counter(_shape(line, carried=carried) for line in lines)
        yield from (shape for shape, _ in shapes.most_common(3) if shape is not None)


def _reads(name: str, lines: Sequence[bytes]) -> bool:
    try:
        lookup(name)
    except OptionError:
        return False
    read = [parse_line(line, order=(name,), zone=UTC) for line in lines]
    judged = [one for one in read if not isinstance(one, Noise)]
    entries = [one for one in judged if _is_request(one)]
    return len(entries) * 2 > len(judged)


def _is_request(one: object) -> bool:
    return isinstance(one, LogEntry) and one.target is not None and " " not in one.target


def _object(line: bytes) -> Mapping[str, object] | None:
    start = json_lines.begin(line)
    return None if start is None else json_lines.parsed(line[start:])


def _json_map(objects: Sequence[Mapping[str, object]]) -> str | None:
    """Return a JSON map of the keys that hold a status, a time and a request in every object that has them.

    Return `None` if one of these three is missing.
    """
    values: dict[str, list[str]] = {}
    for one in objects:
        for path, value in _leaves(one, ""):
            values.setdefault(path, []).append(value)
    usual = {path: texts for path, texts in values.items() if len(texts) * 2 > len(objects)}
    found = {part: _first(usual, fits) for part, fits in _FITS.items()}
    if found["request"]:
        found["method"] = found["target"] = None
    parts = [f"{part}={path}" for part, path in found.items() if path]
    complete = (
        found["status"]
        and found["time"]
        and (found["request"] or (found["method"] and found["target"]))
    )
    return JSON_MAP + ",".join(parts) if complete else None


def _first(values: Mapping[str, Sequence[str]], fits: Callable[[str], bool]) -> str | None:
    return next((path for path, texts in values.items() if all(map(fits, texts))), None)


@cache
def _is_time(text: str) -> bool:
    return minute_of(text.encode("utf-8", "replace"), zone=UTC, newest=None) is not None


_FITS: Mapping[str, Callable[[str], bool]] = {
    "status": lambda text: _STATUS.fullmatch(text) is not None,
    "time": lambda text: len(text) > 8 and _is_time(text),
    "request": lambda text: _REQUEST.fullmatch(text) is not None,
    "method": lambda text: _METHOD.fullmatch(text) is not None,
    "target": lambda text: _TARGET.fullmatch(text) is not None,
}


def _leaves(found: Mapping[str, object], before: str) -> Iterator[tuple[str, str]]:
    for key, value in list(found.items())[:_LEAVES]:
        path = f"{before}{key}"
        if isinstance(value, dict) and before.count(".") < 3:
            yield from _leaves(value, f"{path}.")
        elif (
            isinstance(value, str | int)
            and not isinstance(value, bool)
            and not set("=,") & set(path)
        ):
            yield path, str(value)


def _shape(line: bytes, *, carried: bool) -> str | None:
    """Return a line as a format string, up to the last of time, status and request.

    Return `None` if the line lacks one of them. With `carried`, the prefixes of carriers are left out.
    """
    start = _COLLECTED().match(line[:HEAD_BYTES]) if carried else None
    text = line[start.end() if start else 0 :].decode("utf-8", "replace")
    kinds: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        kind, match = _piece(text, at, closing=bool(kinds) and kinds[-1][0] == "%r")
        kinds.append((_once(kind, kinds), match[0]))
        at = match.end()
    needed = [
        place for place, (kind, _) in enumerate(kinds) if kind not in ("word", "quoted", "literal")
    ]
    if len(needed) < len(_ONCE):
        return None
    last = needed[-1] + 1
    closing = kinds[last : last + 1]
    kept = kinds[: last + (closing == [("literal", '"')])]
    if kinds[last - 1][0] != "%>s":  # only a status may be followed by any text
        kept = kinds
    nginx = any(kind.startswith("$") for kind, _ in kept)
    return "".join(_written(kind, piece, nginx=nginx) for kind, piece in kept)


def _piece(text: str, at: int, *, closing: bool) -> tuple[str, re.Match[str]]:
    """Return the kind and the match of the piece that begins at `at`.

    `closing` says that the piece follows a request. Then a quote is the end of the request.
    """
    for kind, pattern in _PIECES:
        match = None if closing and kind == "quoted" else pattern.match(text, at)
        if match is not None:
            return kind, match
    raise AssertionError(text[at])  # every character matches one of the patterns


def _once(kind: str, before: Sequence[tuple[str, str]]) -> str:
    """Return the kind of a piece, or `word` for a second time, status or request in the line."""
    for beginnings in _ONCE.values():
        if kind.startswith(beginnings) and any(met.startswith(beginnings) for met, _ in before):
            return "word"
    return kind


def _written(kind: str, piece: str, *, nginx: bool) -> str:
    if kind == "literal":
        return piece
    return (_NGINX if nginx else _APACHE).get(kind, kind)


@cache
def _COLLECTED() -> re.Pattern[bytes]:  # noqa: N802 - a constant that is made when it is needed
    return re.compile(COLLECTED)
