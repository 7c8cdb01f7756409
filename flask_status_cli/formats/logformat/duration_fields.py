"""The duration of a request in a custom format: its field, its unit, and its text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.durations import (
    MICROSECONDS,
    MILLISECONDS,
    SECONDS,
    microseconds,
)
from flask_status_cli.formats.logformat.line_pattern import Atom, Field, compile_fields, needed
from flask_status_cli.lazy_pattern import LazyPattern

# Directives of Apache, to which atoms of gunicorn are translated; variables of nginx; aliases of HAProxy.
_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "%D": MICROSECONDS,
        "%{us}T": MICROSECONDS,
        "%{ms}T": MILLISECONDS,
        "$request_time": SECONDS,
        "%{s}T": SECONDS,
        "%T": SECONDS,
        "$upstream_response_time": SECONDS,
        "%Ta": MILLISECONDS,
        "%Tu": MILLISECONDS,
        "%Tt": MILLISECONDS,
    }
)
"""The unit of each field with a duration. If a format has several such fields, the first of these is used.

The finest unit comes first. The duration of the whole request comes before that of an upstream server.
"""

_MODIFIERS = LazyPattern(r"(?<=%)[!<>,\d]+|(?<=\})[!<>,\d]+")
_SEVERAL = LazyPattern(rb",\s|\s:\s")
"""nginx writes the durations of several upstream servers with commas, and with colons after redirects."""

ROLE: Final = "duration"
WORD_END: Final = rb"(?=[\s|;,\"]|\Z)"
LINE_END: Final = rb"(?=\r?\n|\Z)"


def microseconds_of(text: bytes, unit: str) -> int | None:
    """Return a logged duration in microseconds, `None` if there is none. Several durations are added up."""
    return _of_text(text, unit) if len(text) <= _LONG else _read(text, unit)


_LONG: Final = 64


@lru_cache(maxsize=1 << 14)
def _of_text(text: bytes, unit: str) -> int | None:
    return _read(text, unit)


def _read(text: bytes, unit: str) -> int | None:
    plain = text.decode("ascii", "replace")
    if not _SEVERAL.search(text):
        return microseconds(plain, unit)
    parts = (microseconds(part.decode("ascii", "replace"), unit) for part in _SEVERAL.split(text))
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def unit_of(atom: Atom) -> str | None:
    """Return the unit of the duration in a field, `None` for a literal or another field."""
    return None if isinstance(atom, str) else _UNITS.get(_MODIFIERS.sub("", atom.written))


def chosen(atoms: Sequence[Atom]) -> int | None:
    """Return the index of the field from which the duration is read, `None` if there is none."""
    order = list(_UNITS)
    found = [
        (order.index(_MODIFIERS.sub("", atom.written)), at)
        for at, atom in enumerate(atoms)
        if isinstance(atom, Field) and unit_of(atom) and not atom.role and "+" not in atom.name
    ]
    return min(found)[1] if found else None


def duration_place(fields: Sequence[Field]) -> tuple[int, str] | None:
    """Return the index of the duration among the fields of a pattern, and its unit; `None` without one."""
    at = chosen(fields)
    unit = None if at is None else unit_of(fields[at])
    return None if at is None or unit is None else (at, unit)


@dataclass(frozen=True, slots=True)
class DurationTail:
    """Finds the duration in the text after the last field that an entry needs.

    - `pattern`: matches from the end of that field to the duration, which is the only group. It matches no
      line end.
    - `behind_blank`: the same pattern after the blank that follows the field, empty if no blank follows.
    - `unit`: the unit of the duration.
    """

    pattern: bytes
    behind_blank: bytes
    unit: str
    _regex: LazyPattern[bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the pattern."""
        object.__setattr__(self, "_regex", LazyPattern(self.pattern))

    def read(self, line: bytes, start: int) -> int | None:
        """Return the duration of a line whose needed fields end at `start`, `None` if it has none."""
        text = self.text(line, start)
        return None if text is None else self.microseconds(text)

    def text(self, line: bytes, start: int) -> bytes | None:
        """Return the text of this duration, `None` if the line has none."""
        match = self._regex.match(line, start)
        return None if match is None else match[1]

    def microseconds(self, text: bytes) -> int | None:
        """Return the duration in a text in microseconds, `None` if the text is not a duration."""
        return microseconds_of(text, self.unit)


def duration_tail(whole: Sequence[Atom], head: Sequence[Atom]) -> DurationTail | None:
    """Return the tail of a format, from its beginning `head` to a duration; `None` if none can be read."""
    at = chosen(whole)
    if at is None or at < len(head) - 1:
        return None
    unit = unit_of(whole[at])
    marked = [_marked(atom, chosen=place == at) for place, atom in enumerate(whole)]
    tail = _behind(marked, head)
    try:
        pattern = _pattern(tail, whole)
        blank = isinstance(tail[0], str) and tail[0].startswith(" ")
        behind = _pattern([str(tail[0])[1:], *tail[1:]], whole) if blank else b""
    except OptionError:  # a field before the duration may end anywhere
        return None
    if unit is None or pattern is None:
        return None
    return DurationTail(pattern, behind or b"", unit)


def _marked(atom: Atom, *, chosen: bool) -> Atom:
    return atom if isinstance(atom, str) else replace(atom, role=ROLE if chosen else "")


def _behind(whole: Sequence[Atom], head: Sequence[Atom]) -> list[Atom]:
    """Return the items after the head. If the head ends within a literal, the rest of it comes first."""
    last = head[-1]
    if isinstance(last, str):
        literal = whole[len(head) - 1]
        rest = str(literal)[len(last) :]
        return [*([rest] if rest else []), *whole[len(head) :]]
    return list(whole[len(head) :])


def _pattern(tail: Sequence[Atom], whole: Sequence[Atom]) -> bytes | None:
    short = needed(tail)
    text, fields = compile_fields(short or tail, [*whole, "\n"])
    places = [place for place, one in enumerate(fields) if one.role == ROLE]
    if len(places) != 1 or any(one.suffix for one in fields if one.role == ROLE):
        return None
    # in bytes, 0-9 is the same as \d, and faster
    text = _only_group(text, places[0]).replace(r"[-.\d]", "[-.0-9]")
    return text.encode() + (WORD_END if short else LINE_END)


_GROUP = LazyPattern(r"\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)", re.DOTALL)


def _only_group(pattern: str, wanted: int) -> str:
    """Return the pattern in which only the group with the index `wanted` captures text."""
    number = -1

    def plain(match: re.Match[str]) -> str:
        nonlocal number
        if match[0] != "(":
            return match[0]
        number += 1
        return "(" if number == wanted else "(?:"

    return _GROUP.sub(plain, pattern)
