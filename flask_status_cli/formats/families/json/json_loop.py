"""Counts JSON lines: many at once if they match a template, all others one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from flask_status_cli.formats.counting.duration_cache import UNTOLD, BucketCache
from flask_status_cli.formats.counting.line_cache import Alike, Memo
from flask_status_cli.formats.counting.line_loop import Resolve, Slow
from flask_status_cli.formats.counting.totals import Totals, ends_of_runs
from flask_status_cli.formats.families.json.json_lines import with_unit
from flask_status_cli.formats.families.json.json_template import (
    USUAL,
    Template,
    WantedKeys,
    template_of,
)
from flask_status_cli.formats.families.named_parts import (
    PartNames,
    Value,
    duration_of,
    request_of,
)
from flask_status_cli.formats.prefixes.carriers import COLLECTED, HEAD_BYTES
from flask_status_cli.formats.prefixes.json_envelope import DOCKER
from flask_status_cli.formats.records.carried_lines import CarriedLines
from flask_status_cli.formats.records.codes_alike import CodesAlike
from flask_status_cli.lazy_pattern import LazyPattern

_TEMPLATES = 6
"""The most templates that are learned."""

_MISSES_BEFORE_PAUSE = 4
_PAUSE = 60
"""After so many pieces that match hardly any template, this many pieces are read line by line."""

_KEYS = 1 << 17
_KEY_BYTES = 24 << 20
_STAMPS = 1 << 13
"""The most entries of the caches, and the most bytes of keys. A full cache is emptied."""

Others = Callable[[int, bytes], None]
"""A function that reads lines one by one.

Its arguments are the number of lines counted since its last call, and the lines.
"""

Key = tuple[bytes, ...]


@dataclass(slots=True)
class _Found:
    """The minute and the code of each line, and the buckets of the durations if there are any.

    A line that no template fits has no minute and no code.
    """

    minutes: list[int | None]
    codes: list[int | None]
    took: list[int] | None

    def put(self, places: Sequence[int], some: _Found) -> None:
        """Set the results of the lines at these places."""
        if some.took is not None and self.took is None:
            self.took = [UNTOLD] * len(self.minutes)
        for number, place in enumerate(places):
            self.minutes[place], self.codes[place] = some.minutes[number], some.codes[number]
            if self.took is not None:
                self.took[place] = UNTOLD if some.took is None else some.took[number]


class _Kind:
    """One template and its caches: the codes of values, the minutes of times, the buckets of durations."""

    def __init__(self, template: Template, known: PartNames, zone: tzinfo) -> None:
        self.template = template
        self.known = known.among(template.values)
        self.codes: dict[Key, int] = {}
        self.room = _KEY_BYTES
        self.minutes = _Minutes(lambda stamp: template.minute(stamp, zone))
        told = self.template.durations
        self._units = replace(known, units={n: u for n, u in known.units.items() if n in told})
        self._buckets = BucketCache(self._duration)

    def _duration(self, texts: bytes) -> int | None:
        """Return the duration in microseconds, given the JSON of all values that may be one."""
        values = map(_value, texts.split(b"\n"))  # JSON escapes a line end in a text
        named = zip(self.template.durations, values, self.template.units, strict=True)
        return duration_of(
            {name: with_unit(value, unit) for name, value, unit in named}, self._units
        )

    def buckets(self, parts: Sequence[bytes | None], width: int) -> list[int]:
        """Return the bucket of the duration of each line."""
        columns = [parts[at::width] for at in self.template.took]
        if len(columns) == 1:
            return list(map(self._buckets.__getitem__, columns[0]))
        rows = zip(*columns, strict=True)
        return [self._buckets[None if None in row else b"\n".join(row)] for row in rows]


class _Minutes(dict[bytes | None, int | None]):
    """A cache with the minute of each time stamp."""

    def __init__(self, read: Callable[[bytes], int | None]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, stamp: bytes | None) -> int | None:
        if len(self) >= _STAMPS:
            self.clear()
        minute = self[stamp] = None if stamp is None else self._read(stamp)
        return minute


def _value(text: bytes) -> Value:
    """Return the value that a JSON text stands for."""
    if text[:1] == b'"' and b"\\" not in text:
        return text[1:-1].decode("utf-8", "surrogateescape")
    value: Value = json.loads(text.decode("utf-8", "surrogateescape"), parse_float=str)
    return value


_CARRIED = LazyPattern(rb"^" + COLLECTED + rb"(?=\{)", re.MULTILINE)


def _without_carriers(piece: bytes) -> bytes:
    """Return the same lines without the prefixes of carriers before their objects."""
    if piece.startswith(b"{"):
        return piece
    bare = _CARRIED.sub(_unless_too_long, piece)
    return bare if bare.count(b"\n") == piece.count(b"\n") else piece


def _unless_too_long(prefix: re.Match[bytes]) -> bytes:
    return b"" if prefix.end() - prefix.start() < HEAD_BYTES else prefix[0]


class JsonLoop:
    """Counts JSON lines. `count` takes pieces of whole lines, `run` takes lines to read one by one."""

    memo: Memo | None = None

    def __init__(
        self,
        resolve: Resolve,
        alike: Alike,
        zone: tzinfo,
        totals: Totals,
        keys: WantedKeys = USUAL,
    ) -> None:
        self._keys = keys
        self._zone = zone
        self._totals = totals
        self._kinds: list[_Kind] = []
        self._alike_codes = CodesAlike(resolve, alike)
        self._misses = 0
        self._carried = CarriedLines()

    def run(self, lines: Iterable[bytes], slow: Slow) -> None:
        """Count all lines with `slow`."""
        for line in lines:
            slow(line)
        self._totals.add_up_codes()

    def forget_codes(self) -> None:
        """Drop the tally's codes, because they have changed."""
        self._alike_codes.forget()
        for kind in self._kinds:
            kind.codes.clear()
            kind.room = _KEY_BYTES

    def count(self, piece: bytes, others: Others) -> int:
        """Count a piece of whole lines, and pass lines that match no template to `others`.

        Return the number of lines that were counted since the last call of `others`.
        """
        if (
            self._misses >= _MISSES_BEFORE_PAUSE
        ):  # the log may be of another kind: templates are tried rarely
            self._misses = (self._misses + 1) % (_MISSES_BEFORE_PAUSE + _PAUSE)
            others(0, piece)
            return 0
        carried = piece.startswith(b"{") and self._carries(piece[: piece.find(b"\n")])
        found = self._look_up(self._carried.piece(piece) if carried else _without_carriers(piece))
        if found is None:
            self._misses += 1
            others(0, piece)
            return 0
        odd = found.minutes.count(None)
        self._misses = self._misses + 1 if odd * 2 > len(found.minutes) else 0
        return self._add(piece, found, others)

    def _carries(self, line: bytes) -> bool:
        """Return whether the lines of a piece are in other objects, given the first one."""
        line = line.removesuffix(b"\r")
        return line.startswith(DOCKER) or self._carried.line(line) is not None

    def _look_up(self, piece: bytes) -> _Found | None:
        """Return the minute and the code of each line, `None` if no template fits the piece."""
        if not piece.endswith(b"\n"):
            return None
        places: Sequence[int] | None = None  # the lines that no template fits yet; None: all
        found: _Found | None = None
        rest = piece
        for kind in self._known(piece):
            some = self._of_kind(rest, kind)
            if found is None or places is None:
                found = some
            else:
                found.put(places, some)
            if None not in some.minutes:
                break
            places = [place for place, minute in enumerate(found.minutes) if minute is None]
            if len(places) * 16 < len(found.minutes):
                break
            lines = piece.split(b"\n")
            rest = b"".join(lines[place] + b"\n" for place in places)
            self._learn(rest)
        return found if found is not None and found.minutes else None

    def _known(self, piece: bytes) -> Iterator[_Kind]:
        """Yield all templates, including those that are learned meanwhile."""
        if not self._kinds:
            self._learn(piece)
        at = 0
        while at < len(self._kinds):
            yield self._kinds[at]
            at += 1

    def _learn(self, lines: bytes) -> None:
        """Learn a template from the first line, unless there are enough."""
        if len(self._kinds) >= _TEMPLATES:
            return
        line = lines[: lines.find(b"\n")].removesuffix(b"\r")
        template = template_of(line, keys=self._keys)
        known = [kind.template.pattern.pattern for kind in self._kinds]
        if template is not None and template.pattern.pattern not in known:
            self._kinds.append(_Kind(template, self._keys.known, self._zone))

    def _of_kind(self, lines: bytes, kind: _Kind) -> _Found:
        template = kind.template
        width = len(template.values) + len(template.took) + 2
        parts = template.pattern.split(lines)
        minutes = list(map(kind.minutes.__getitem__, parts[template.at :: width]))
        others = {template.at, *template.took}
        columns = [parts[at::width] for at in range(1, width) if at not in others]
        keys = list(zip(*columns, strict=True))
        found: list[int | None] = list(map(kind.codes.get, keys))
        if None in found:
            for place, code in enumerate(found):
                if code is None and minutes[place] is not None:
                    found[place] = self._code(keys[place], kind)
                    if found[place] is None:
                        minutes[place] = None
        return _Found(minutes, found, kind.buckets(parts, width) if template.took else None)

    def _code(self, key: Key, kind: _Kind) -> int | None:
        """Return the code of new values, and cache it; `None` if the values are not those of a request."""
        code = kind.codes.get(key)
        if code is not None:
            return code
        values: Mapping[str, Value] = dict(zip(kind.template.values, map(_value, key), strict=True))
        found = request_of(values, kind.known)
        if found is None:
            return None
        (method, target), status = found
        code = self._alike_codes.code(method, target, status)
        kind.room -= sum(map(len, key))
        if kind.room < 0 or len(kind.codes) >= _KEYS:
            kind.codes.clear()
            kind.room = _KEY_BYTES
        kind.codes[key] = code
        return code

    def _add(
        self,
        piece: bytes,
        found: _Found,
        others: Others,
    ) -> int:
        """Add the lines of a piece to the totals in order, those of one minute together.

        Return the number of lines that were counted since the last call of `others`.
        """
        minutes, codes, took = found.minutes, found.codes, found.took
        if took is not None:
            self._totals.record(minutes, codes, took)
        lines: list[bytes] = []
        start = handed = 0
        for end in ends_of_runs(minutes):
            minute = minutes[start]
            if minute is None:
                lines = lines or piece.split(b"\n")
                others(start - handed, b"\n".join(lines[start:end]) + b"\n")
                handed = end
            else:
                self._totals.bucket(minute).extend(codes[start:end])  # type: ignore[arg-type]  # no code is None where the minute is none
            start = end
        return start - handed
