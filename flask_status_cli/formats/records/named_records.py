"""Splits lines of LTSV and logfmt by patterns that are learned from some of them.

Most lines of a log have the same names in the same order. So a pattern is made from a line, with its names.
Its groups are the values of the request, the time and the durations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo

from flask_status_cli.formats.families import known_names as names
from flask_status_cli.formats.families import ltsv_and_logfmt as lines
from flask_status_cli.formats.families.named_parts import (
    KNOWN,
    PartNames,
    Value,
    duration_of,
    request_of,
)
from flask_status_cli.formats.records.record_loop import Key
from flask_status_cli.formats.records.stamps import (
    Stamp,
    before_a_line,
    only_minute,
    text_before,
    with_minute,
    without_seconds,
)
from flask_status_cli.formats.request_line import Request
from flask_status_cli.formats.timestamp_spellings import minute_of, time_before
from flask_status_cli.frozen import frozen

_TEMPLATES = 8
_TRIES = 64
"""The most patterns that are learned, and the most lines from which no pattern could be learned."""

_MOST_VALUES = 80
_SEVERAL = b"\t"
_REQUEST = frozenset(
    (
        *names.STATUS, *names.REQUEST, *names.METHOD, *names.TARGET, *names.QUERY, *names.LOGGER,
        *names.ROUTE_KEY, *names.PATH_KEYS,
    )
)  # fmt: skip


@frozen
class _Template:
    """The pattern of lines with the same names in the same order.

    - `tag`: identifies the template among those of a log.
    - `request`, `durations`: names. `request_at`, `durations_at`: the groups with their values.
    - `time_at`: the group of the time, 0 if the lines have none.
    - `known`: the names of the request, by part. `units`: the units of durations that other names show.
    """

    tag: bytes
    fullmatch: Callable[[bytes, int], re.Match[bytes] | None]
    request: tuple[str, ...]
    request_at: tuple[int, ...]
    durations: tuple[str, ...]
    durations_at: tuple[int, ...]
    time_at: int
    known: PartNames
    units: Mapping[str, str]


class NamedRecords:
    """Splits the lines of one dialect of `ltsv_and_logfmt`, and reads their parts."""

    def __init__(self, dialect: lines.Dialect) -> None:
        self._dialect = dialect
        self._templates: dict[bytes, _Template] = {}
        self._tries = _TRIES

    def parts(self, line: bytes) -> tuple[Stamp, Key, bytes | None] | None:
        """Return the stamp, key and duration of a line, or `None` to leave it to the reference parser."""
        if line[:1] in (b"{", b"\0"):
            return None
        start = lines.line_start(line)
        for template in self._templates.values():
            match = template.fullmatch(line, start)
            if match is not None:
                return self._taken(template, match, line[:start])
        if self._tries and len(self._templates) < _TEMPLATES:
            self._learn(line[start:])
        return None

    def _taken(
        self, template: _Template, match: re.Match[bytes], before: bytes
    ) -> tuple[Stamp, Key, bytes | None] | None:
        at = template.time_at
        stamp = without_seconds(self._dialect.bare(match[at])) if at else before_a_line(before)
        if stamp is None:
            return None
        took = None
        if template.durations:
            took = _SEVERAL.join((template.tag, *map(match.__getitem__, template.durations_at)))
        return stamp, (template.tag, *match.group(*template.request_at)), took

    def _learn(self, line: bytes) -> None:
        """Make a template from a line, if the line is a request."""
        template = _template(line, self._dialect, b"%d" % len(self._templates))
        if template is None:
            self._tries -= 1
        else:
            self._templates[template.tag] = template

    def minute(self, stamp: Stamp, zone: tzinfo) -> int | None:
        """Return the epoch minute of a stamp; `None` if it is impossible or may mean two minutes."""
        before, text = text_before(stamp), with_minute(stamp)
        if before is not None:
            return only_minute(lambda newest: time_before(before, zone=zone, newest=newest))
        if b"\\" in text or not text.isascii():
            return None
        return only_minute(lambda newest: minute_of(text, zone=zone, newest=newest))

    def request(self, key: Key) -> tuple[Request, int] | None:
        """Return the request and the status of a key; `None` if its line is not an entry."""
        template = self._templates[key[0] or b""]
        return request_of(self._values(template.request, key[1:]), template.known)

    def duration(self, text: bytes) -> int | None:
        """Return the first duration of a line, in microseconds."""
        tag, *parts = text.split(_SEVERAL)
        template = self._templates[tag]
        values = self._values(template.durations, parts)
        return duration_of(lines.with_units(values, template.units))

    def _values(self, wanted: Sequence[str], parts: Sequence[bytes | None]) -> Mapping[str, Value]:
        pairs = zip(wanted, parts, strict=True)
        return {name: lines.text_of(self._dialect.bare(part or b"")) for name, part in pairs}


def _template(line: bytes, dialect: lines.Dialect, tag: bytes) -> _Template | None:
    """Return the template of a line; `None` if the line is no request, or if a name occurs twice."""
    pairs = dialect.pairs(line)
    found = list(lines.named(pairs))
    values = dict(found)
    time = next((name for name in names.TIME if name in values), "")
    if not 0 < len(found) == len(values) or len(pairs) > _MOST_VALUES or time in KNOWN.units:
        return None
    if request_of(values) is None:
        return None
    places: dict[str, int] = {}
    written = []
    for label, _ in pairs:
        name = lines.name_of(label)
        wanted = name == time or name in _REQUEST or name in KNOWN.units
        if name and wanted:
            places[name] = len(places) + 1
        group = b"(%b)" if name and wanted else b"(?:%b)"
        written.append(dialect.key(label) + group % dialect.value)
    pattern = re.compile(dialect.between.join(written) + dialect.end, re.DOTALL)
    request = tuple(name for name in places if name in _REQUEST)
    durations = tuple(name for name in places if name in KNOWN.units)
    return _Template(
        tag,
        pattern.fullmatch,
        request,
        tuple(places[name] for name in request),
        durations,
        tuple(places[name] for name in durations),
        places.get(time, 0),
        KNOWN.among(request),
        lines.units_of(label for label, _ in pairs),
    )
