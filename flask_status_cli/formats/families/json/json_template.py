"""Templates: a template is a pattern that is learned from one line of a JSON log.

The pattern has the keys of that line in order. It matches only whole and valid JSON. Its groups are the
values of the request, and the time up to its minute. The reference parser reads all other lines. A property
test checks that both agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Protocol

from flask_status_cli.formats.families import known_names as names
from flask_status_cli.formats.families.json import json_lines
from flask_status_cli.formats.families.named_parts import (
    KNOWN,
    PartNames,
    Values,
    request_of,
    time_of,
)
from flask_status_cli.formats.timestamp_spellings import minute_of
from flask_status_cli.frozen import frozen
from flask_status_cli.unnamed_zone import unless_named

STRING = rb'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"'
NUMBER = rb"-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
SCALAR = rb"(?>" + STRING + rb"|" + NUMBER + rb"|true|false|null)"
"""A JSON value that is neither an object nor a list."""

_SLOG_LEVEL = rb'"(?:' + b"|".join(map(str.encode, json_lines.SLOG_LEVELS)) + rb')"'
_OTHER_LEVEL = rb"(?!" + _SLOG_LEVEL + rb')(?>"[^"\\\x00-\x1f]*+"|' + NUMBER + rb"|true|false|null)"

_NESTING = 2
_LONGEST = 16 << 10
_MOST_VALUES = 24

_BLANKS = re.compile(rb"[ \t]*")
_KEY = re.compile(rb'"((?:[^"\\\x00-\x1f])*+)"[ \t]*:[ \t]*')
_VALUE = re.compile(SCALAR)


def _nested(depth: int) -> bytes:
    """Return the pattern of an object or a list that contains at most `depth` levels of others."""
    inner = SCALAR if depth == 0 else rb"(?>" + SCALAR + rb"|" + _nested(depth - 1) + rb")"
    item = inner + rb"(?:, ?(?!\])|(?=\]))"
    pair = STRING + rb": ?" + inner + rb"(?:, ?(?=\")|(?=\}))"
    return rb"(?>\[(?:%b)*+\]|\{(?:%b)*+\})" % (item, pair)


_NESTED = _nested(_NESTING)

# The forms of a time stamp, each in three parts: up to the minute, the seconds, the offset.
_STAMPS = (
    re.compile(
        rb"(?P<stamp>\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d)(?P<seconds>:[0-5]\d(?:[.,]\d{1,9})?)"
        rb"(?P<zone> ?(?:Z|[+-]\d\d:?\d\d)?)"
    ),
    re.compile(
        rb"(?P<stamp>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d)(?P<seconds>:[0-5]\d)(?P<zone> [+-]\d{4})"
    ),
)
_EPOCH = re.compile(rb"[1-9]\d{9}(?:\d{3}|\d{6}|\d{9}|\.\d{1,12})?")
_EPOCH_PATTERN = rb"([1-9][0-9]{9})(?:%b)"


@frozen
class Template:
    """A template of lines.

    - `pattern`: matches any line with its line end. For a line of another form its groups are empty.
    - `values`: the names of the values in the groups, except in the groups `at` and `took`.
    - `at`: the group with the time up to the minute.
    - `zone`: the text after the seconds of every time, `None` if the time is in seconds since 1970.
    - `took`: the groups with durations. `durations`: the name of each. `units`: the unit of each, empty if
      its key does not show a unit.
    - `in_utc`: a time without an offset is in UTC, unless the user named another zone.

    The texts of all groups but `at` are JSON.
    """

    pattern: re.Pattern[bytes]
    values: tuple[str, ...]
    at: int
    zone: bytes | None
    durations: tuple[str, ...] = ()
    took: tuple[int, ...] = ()
    units: tuple[str, ...] = ()
    in_utc: bool = False

    def minute(self, stamp: bytes, zone: tzinfo) -> int | None:
        """Return the epoch minute of a time; `None` if the time is impossible or may mean two minutes."""
        if self.zone is None:
            return int(stamp) // 60
        text = stamp + b":00" + self.zone
        zone = unless_named(zone, UTC) if self.in_utc else zone
        first = minute_of(text, zone=zone, newest=None)
        return first if first == minute_of(text, zone=zone, newest=1 << 40) else None


class WantedKeys(Protocol):
    """The keys that are used: `known` has them by part, `wanted` has all.

    `containers` are objects to search. `told` are durations whose unit the user has given.
    """

    known: PartNames
    wanted: frozenset[str]
    containers: Mapping[str, str]
    told: frozenset[str]


@dataclass(slots=True)
class _Usual:
    known: PartNames
    wanted: frozenset[str]
    containers: Mapping[str, str]
    told: frozenset[str]


USUAL: WantedKeys = _Usual(KNOWN, names.KNOWN, names.CONTAINERS, frozenset())
"""The keys that known servers and loggers write."""


def template_of(
    line: bytes,
    *,
    keys: WantedKeys = USUAL,
) -> Template | None:
    """Return the template of a line that is an entry, `None` if such lines cannot be read with a template."""
    if not line.startswith(b"{") or len(line) > _LONGEST:
        return None
    found = json_lines.parse_object(line)
    if found is None:
        return None
    known, wanted, containers = keys.known, keys.wanted, keys.containers
    try:
        values = json_lines.wanted_values(found, wanted, containers, told=keys.told)
    except json_lines.KeyTwiceError:
        return None
    time = _time_name(values, known)
    if time is None or request_of(values, known) is None:
        return None
    try:
        writer = _Writer(line, time, keys, json_lines.unit_by_logger(found))
        writer.object("", names.DEPTH, found)
        return writer.template()
    except _UnlikeError:
        return None


def _time_name(values: Values, known: PartNames) -> str | None:
    """Return the first name of a time that a line has, `None` if its value is not a time."""
    found = [name for name in known.time if values.get(name) is not None]
    if not found:
        return None
    first = {name: values[name] for name in found[:1]}
    return found[0] if time_of(first, zone=UTC, newest=None, known=known) is not None else None


class _UnlikeError(Exception):
    """The line is written in a way that no template can describe."""


class _Writer:
    """Makes the template of a line while it reads the line."""

    def __init__(
        self,
        line: bytes,
        time: str,
        keys: WantedKeys,
        usual_unit: str,
    ) -> None:
        self._line = line
        self._at = 0
        self._time: str | None = time
        self._known, self._containers = keys.known, keys.containers
        self._unsure = names.WITHOUT_UNIT - keys.told
        self._in_utc = False
        self._request = frozenset(
            (
                *self._known.status, *self._known.request, *self._known.method, *self._known.target,
                *self._known.query, *names.LOGGER, *names.ROUTE_KEY, *names.PATH_KEYS,
            )
        )  # fmt: skip
        self._parts: list[bytes] = []
        self._values: list[str] = []
        self._zone: bytes | None = None
        self._stamp_at = 0
        self._groups = 0
        self._durations: dict[str, int] = {}
        self._usual_unit = usual_unit
        self._unit = ""
        self._units: list[str] = []

    def template(self) -> Template:
        """Return the template after the object was read; raises `_UnlikeError` if a part is missing."""
        if self._line[self._at :].strip(b" ") or self._time is not None:
            raise _UnlikeError
        if not 0 < len(self._values) <= _MOST_VALUES:
            raise _UnlikeError
        pattern = b"".join(self._parts) + rb" ?\r?\n|[^\n]*+\n"
        return Template(
            re.compile(pattern),
            tuple(self._values),
            self._stamp_at,
            self._zone,
            tuple(self._durations),
            tuple(self._durations.values()),
            tuple(self._units),
            self._in_utc,
        )

    def object(self, before: str, depth: int, found: Mapping[str, Any]) -> None:
        """Read an object, and add its pattern: the same keys, with any values.

        `before` is the prefix of its names. `found` is the object, parsed.
        """
        self._literal(b"{")
        self._in_utc = self._in_utc or json_lines.has_times_in_utc(found)
        while True:
            key = self._take(_KEY)
            written = key[1].decode("utf-8", "replace")
            name = before + names.plain(written)
            self._parts.append(re.escape(key[0]))
            unit = json_lines.unit_by_key(written, found, inner=bool(before)) or self._usual_unit
            self._unit = unit if name in self._unsure else ""
            if written == "level" and not before and json_lines.has_slog_keys(found):
                self._level()
            else:
                self._value(name, depth, found.get(written))
            self._blanks()
            if self._line[self._at : self._at + 1] != b",":
                break
            self._literal(b",")
        self._literal(b"}")

    def _literal(self, text: bytes) -> None:
        if self._line[self._at : self._at + len(text)] != text:
            raise _UnlikeError
        self._at += len(text)
        self._parts.append(re.escape(text))
        self._blanks()

    def _blanks(self) -> None:
        self._parts.append(re.escape(self._take(_BLANKS)[0]))

    def _take(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        match = pattern.match(self._line, self._at)
        if match is None:
            raise _UnlikeError
        self._at = match.end()
        return match

    def _value(self, name: str, depth: int, found: Any) -> None:
        scalar = self._line[self._at : self._at + 1] not in (b"{", b"[")
        if scalar:
            value = self._take(_VALUE)[0]
            self._scalar(name, value)
        elif self._line[self._at : self._at + 1] == b"{" and name in self._containers and depth:
            if not isinstance(found, dict):  # the key is written with escapes
                raise _UnlikeError
            self.object(self._containers[name], depth - 1, found)
        else:
            self._take(_NESTED_PATTERN)
            self._parts.append(_NESTED)

    def _level(self) -> None:
        """Read a level that shows the unit of durations, and allow only levels that show the same unit."""
        self._take(_VALUE)
        self._parts.append(_SLOG_LEVEL if self._usual_unit else _OTHER_LEVEL)

    def _scalar(self, name: str, value: bytes) -> None:
        if name == self._time:
            self._stamp(value)
            self._time = None
            return
        pattern = STRING if value.startswith(b'"') else rb"(?>" + NUMBER + rb"|null)"
        pattern = SCALAR if value in (b"true", b"false", b"null") else pattern
        if name in self._request and name not in self._values:
            pattern = b"(" + pattern + b")"
            self._values.append(name)
            self._groups += 1
        elif name in self._known.units and name not in self._durations:
            pattern = b"(" + pattern + b")"
            self._groups += 1
            self._durations[name] = self._groups
            self._units.append(self._unit)
        self._parts.append(pattern)

    def _stamp(self, value: bytes) -> None:
        self._groups += 1
        self._stamp_at = self._groups
        quote = b'"' if value.startswith(b'"') else b""
        text = value.strip(b'"')
        if _EPOCH.fullmatch(text):
            digits, dot, _ = text.partition(b".")
            rest = rb"\.[0-9]{1,12}" if dot else rb"[0-9]{%d}" % (len(digits) - 10)
            self._parts.append(quote + _EPOCH_PATTERN % (rest + b"|" if dot else rest) + quote)
            return
        for spelling in _STAMPS:
            match = spelling.fullmatch(text)
            if match is not None and quote:
                self._zone = match["zone"]
                whole = spelling.pattern.partition(b"(?P<zone>")[0]
                plain = whole.replace(b"?P<stamp>", b"").replace(b"(?P<seconds>", b"(?:")
                self._parts.append(b'"' + plain + re.escape(self._zone) + b'"')
                return
        raise _UnlikeError


_NESTED_PATTERN = re.compile(_NESTED)
