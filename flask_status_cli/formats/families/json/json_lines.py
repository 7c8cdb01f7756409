"""JSON objects with the parts of a request, as nginx with escape=json, Caddy, Traefik and others write."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Any

from flask_status_cli.formats.durations import FRACTION, SECONDS
from flask_status_cli.formats.families import known_names as names
from flask_status_cli.formats.families.named_parts import (
    IN_UTC,
    KNOWN,
    PartNames,
    Value,
    parts_of,
    read_values,
)
from flask_status_cli.formats.families.request_without_time import EntryWithoutTime
from flask_status_cli.formats.prefixes.carriers import COLORS, after_carriers
from flask_status_cli.formats.prefixes.json_depth import too_deep
from flask_status_cli.formats.refusal_reasons import KEY_TWICE
from flask_status_cli.model import LogEntry

# Caddy's console encoder writes the time and the logger before the object, its JSON encoder in the object.
_CONSOLE = re.compile(
    rb"([^\t{]{1,64})\t"
    + COLORS
    + rb"[A-Za-z]{1,8}"
    + COLORS
    + rb"\t(http\.log\.[\w.]{1,64})\t[^\t{]{1,80}\t"
)


# rsyslog writes the host and the tag after the time. Lines of Fastly have no tag.
_HOST_WITHOUT_TAG = re.compile(rb"[\w.:-]{1,255} {2}(?=\{)")


_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_IN_MILLISECONDS = re.compile(r"\d+\.\d{1,6}")
_STRING = r'"(?:[^"\\]++|\\.)*+"'
_BARE = re.compile(
    rf"{_STRING}|(:[ \t]*)(?:((?:[\d.]++|-)(?:(?:, | : )(?:[\d.]++|-))++)|-?)(?=[ \t]*[,}}])",
    re.DOTALL | re.ASCII,
)
"""A string, or a value without quotes that is no JSON: nothing, a hyphen, or a list of numbers.

nginx writes such values if its format has `"x": $upstream_response_time`: the variable is empty without an
upstream, and a list with several.
"""

_ESCAPE = re.compile(rb'\\(?:(["\\/bfnrt]|u[0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|)', re.DOTALL)
"""A backslash in a string: one of JSON, one before `x` and two digits, or any other.

Apache, and nginx without `escape=json`, write the second kind. gunicorn, uWSGI and HAProxy leave backslashes
as they are.
"""

SLOG_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")
_BRACKETED = re.compile(r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]", re.ASCII)
WHOLE_NANOSECONDS = "whole ns"
"""The unit of numbers without a fraction."""
NANOSECONDS_IN_MILLISECONDS = "ms with at most 6 decimals"
"""The unit of zerolog's durations: milliseconds down to a nanosecond.

A fraction with more decimals is one of seconds.
"""


class KeyTwiceError(ValueError):
    """A key of the request occurs twice in an object. A visitor may have written one of them."""


class _Doubled(dict[str, Any]):
    """An object in which the keys `twice` occur more than once."""

    twice: frozenset[str]


def read(
    line: bytes, *, zone: tzinfo, newest: int | None
) -> LogEntry | EntryWithoutTime | str | None:
    """Return an entry, the reason why the line is damaged, or `None` if it is no such object."""
    start = object_start(line)
    if start is None:
        return None
    found = parse_object(line[start:])
    if found is None:
        return None
    try:
        values = wanted_values(found, names.KNOWN, names.CONTAINERS)
    except KeyTwiceError:
        return KEY_TWICE
    add_console(line, values)
    return with_prefix(line[:start], read_values(values, zone=zone, newest=newest, known=KNOWN))


def add_console(line: bytes, values: dict[str, Value]) -> None:
    """Add the time and the logger that Caddy's console encoder has written before an object."""
    console = _CONSOLE.match(line)
    if console is not None:
        if values.get("ts") is None:
            values["ts"] = console[1].decode("utf-8", "replace")
        values.setdefault("logger", console[2].decode())


def named(line: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of the request in an object, by name."""
    return named_parts_of(line, KNOWN, (names.KNOWN, names.CONTAINERS))


def named_parts_of(
    line: bytes, known: PartNames, wanted: tuple[frozenset[str], Mapping[str, str]]
) -> list[tuple[str, bytes]]:
    """Return the parts of the request in an object, with these known names.

    `wanted` has all names, and the objects in which they are searched.
    """
    start = object_start(line)
    found = None if start is None else parse_object(line[start:])
    if found is None or start is None:
        return []
    before = [("before", line[:start].rstrip(b" "))] if start else []
    return [*before, *parts_of(wanted_values(found, *wanted), known)]


def with_prefix(
    before: bytes, entry: LogEntry | EntryWithoutTime | str | None
) -> LogEntry | EntryWithoutTime | str | None:
    """Return the result of reading an object. If it has no time, add the text before the object."""
    return (
        replace(entry, before=before) if before and isinstance(entry, EntryWithoutTime) else entry
    )


def variant(line: bytes) -> str:  # noqa: ARG001 - every reader has this signature
    """Return the family's only format."""
    return "json"


def object_start(line: bytes) -> int | None:
    """Return where the object in a line begins, after prefixes of carriers; `None` if there is no object."""
    if not line.rstrip(b" ").endswith(b"}") or b"{" not in line:
        return None
    if line.startswith(b"{"):
        return 0
    start = after_carriers(line)
    if line[start : start + 1] != b"{":
        before = _CONSOLE.match(line, start) or (start and _HOST_WITHOUT_TAG.match(line, start))
        start = before.end() if before else start
    return start if line[start : start + 1] == b"{" else None


def parse_object(text: bytes) -> dict[str, Any] | None:
    """Parse an object; return `None` if it is broken, nested too deeply, or not an object.

    Values that nginx writes without quotes are read, even if they are no JSON, and so are backslashes that
    JSON does not know.
    """
    whole = text.decode("utf-8", "surrogateescape")
    found = _parsed(whole)
    if found is None:
        if b"\\" in text:
            text = _ESCAPE.sub(_json_escape, text)
        mended = _BARE.sub(_as_json, text.decode("utf-8", "surrogateescape"))
        found = None if mended == whole else _parsed(mended)
    return found if isinstance(found, dict) else None


def _json_escape(match: re.Match[bytes]) -> bytes:
    """Return the JSON of a match of `_ESCAPE`."""
    if match[1] is not None:
        return match[0]
    if match[2] is None:
        return rb"\\"
    code = int(match[2], 16)
    return bytes([code]) if code > 0x7F else b"\\u%04x" % code


def _parsed(text: str) -> object:
    if too_deep(text):
        return None
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_float=str, parse_constant=_no_number
        )
    except ValueError:
        return None


def _as_json(match: re.Match[str]) -> str:
    """Return a string as it is, and any other value of `_BARE` as JSON."""
    if match[1] is None:
        return match[0]
    return f'{match[1]}"{match[2]}"' if match[2] else f"{match[1]}null"


def wanted_values(
    found: Mapping[str, Any],
    wanted: frozenset[str],
    containers: Mapping[str, str],
    *,
    told: frozenset[str] = frozenset(),
) -> dict[str, Value]:
    """Return the first value of each wanted name; raises `KeyTwiceError` if a wanted key occurs twice.

    `told` are names of durations whose unit the user has given.
    """
    values: dict[str, Value] = {}
    unsure = names.WITHOUT_UNIT - told if told else names.WITHOUT_UNIT
    _gather(found, "", values, (wanted, containers, unit_by_logger(found), unsure), names.DEPTH)
    return values


def _gather(
    found: Mapping[str, Any],
    before: str,
    values: dict[str, Value],
    wanted: tuple[frozenset[str], Mapping[str, str], str, frozenset[str]],
    depth: int,
) -> None:
    known, containers, around, unsure = wanted
    if has_times_in_utc(found):
        values[IN_UTC] = True
    twice: Iterable[str] = found.twice if isinstance(found, _Doubled) else ()
    for key, value in found.items():
        name = before + names.plain(key)
        if not (name in known or name in containers):
            continue
        if key in twice:
            raise KeyTwiceError
        if isinstance(value, dict):
            if name in containers and depth:
                _gather(value, containers[name], values, wanted, depth - 1)
        elif name in known and (value is None or isinstance(value, str | int)):
            unit = unit_by_key(key, found, inner=bool(before)) or around
            values.setdefault(name, with_unit(value, unit) if name in unsure else value)


def is_caddy(found: Collection[str]) -> bool:
    """Return whether an object has the keys of Caddy's access log."""
    return "duration" in found and any(keys.issubset(found) for keys in names.CADDY)


def has_times_in_utc(found: Collection[str]) -> bool:
    """Return whether times without an offset in an object are in UTC, as its keys show."""
    return is_caddy(found) or names.CLOUDFRONT.issubset(found)


def unit_by_key(key: str, beside: Collection[str], *, inner: bool = False) -> str:
    """Return the unit of a duration, if its key or those beside it show the unit, else an empty text.

    `inner` says that the keys are those of an object such as `response`.
    """
    for others, unit in names.BESIDE.get(key, ()):
        if others.issubset(beside):
            return unit
    return "" if inner else names.AS_WRITTEN.get(key, "")


def has_slog_keys(found: Collection[str]) -> bool:
    """Return whether an object begins with the keys of Go's slog. Other loggers write them, too."""
    return tuple(found)[:3] == ("time", "level", "msg")


def unit_by_logger(found: Mapping[str, Any]) -> str:
    """Return the unit of numbers that are durations in an object, if its logger shows it.

    Go's slog writes durations as nanoseconds. It is known by its keys and its levels. zerolog writes them as
    milliseconds, and is known by its keys. gunicorn and Apache write a time in brackets. A whole number
    beside it may be `%(D)s`, `%(M)s` or `%(T)s`, so it has no known unit.
    """
    if has_slog_keys(found):
        return WHOLE_NANOSECONDS if found["level"] in SLOG_LEVELS else ""
    if _has_zerolog_keys(tuple(found)):
        return NANOSECONDS_IN_MILLISECONDS
    return FRACTION if _has_a_time_in_brackets(found) else ""


def _has_a_time_in_brackets(found: Mapping[str, Any]) -> bool:
    """Return whether the time of an object without others in it is in brackets, as `%t` is."""
    texts = found.values()
    if not any(isinstance(each, str) and each[:1] == "[" for each in texts):
        return False
    named = {names.plain(key): value for key, value in found.items() if value is not None}
    time = named.get(next((name for name in names.TIME if name in named), ""))
    nested = any(isinstance(each, dict) for each in texts)
    return isinstance(time, str) and _BRACKETED.fullmatch(time) is not None and not nested


_OF_OTHER_LOGGERS = frozenset(("ts", "msg", "timestamp"))
"""Keys of zap and others. The middleware gin-contrib/zap adds a second time at the end."""


def _has_zerolog_keys(keys: Sequence[str]) -> bool:
    """Return whether the keys are in the order of zerolog: the level first, the time and the message last."""
    last = keys[-1:] if "message" not in keys else keys[-2:]
    ordered = keys[:1] == ("level",) and last in (("time",), ("time", "message"))
    return ordered and _OF_OTHER_LOGGERS.isdisjoint(keys)


def with_unit(value: Value, unit: str) -> Value:
    """Return a value with a unit behind it, if the unit is known and the value is a bare number.

    Return `None` for a number whose unit cannot be known.
    """
    if unit == WHOLE_NANOSECONDS:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return f"{value}ns" if whole else value
    if unit == NANOSECONDS_IN_MILLISECONDS:
        in_milliseconds = _IN_MILLISECONDS.fullmatch(str(value)) is not None
        return f"{value}ms" if in_milliseconds else value
    if unit == FRACTION:
        whole = isinstance(value, int) or str(value).isdecimal()
        return None if whole else with_unit(value, SECONDS)
    return f"{value}{unit}" if unit and _NUMBER.fullmatch(str(value)) else value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = _Doubled(found)
    met: set[str] = set()
    doubled.twice = frozenset(key for key, _ in pairs if key in met or met.add(key))  # type: ignore[func-returns-value]  # add returns None on purpose
    return doubled


def _no_number(_name: str) -> None:
    """Return `None` for NaN and the infinities."""
