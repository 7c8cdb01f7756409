"""Finds what the lines of a log do not say: the zone of their times, and the unit of their durations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask_status_cli.formats.durations import EITHER, SECONDS, microseconds
from flask_status_cli.formats.families import known_names as names
from flask_status_cli.formats.families.json import json_lines
from flask_status_cli.formats.families.json.json_map import PREFIX, json_map
from flask_status_cli.formats.families.json.json_template import USUAL, WantedKeys
from flask_status_cli.formats.families.ltsv_and_logfmt import (
    LOGFMT,
    LTSV,
    name_of,
    named,
    units_of,
    with_units,
)
from flask_status_cli.formats.families.named_parts import request_of
from flask_status_cli.formats.line_parser import parse_line, split_lines
from flask_status_cli.formats.prefixes.carriers import after_carriers
from flask_status_cli.formats.prefixes.json_envelope import message
from flask_status_cli.model import LogEntry
from flask_status_cli.model.log.unsaid import ALL_SAID, Unsaid
from flask_status_cli.unnamed_zone import UnnamedZone

ENTRIES = 4
"""The usual number of entries that are looked at."""

_EAST: Final = "Etc/GMT-1"
_QUARTER, _NEAR = 15, 2
"""Offsets of time zones are multiples of 15 minutes. A response is logged within 2 minutes."""

_LEAST_DATES = 2
"""With fewer headers `Date` than this, nothing is proven: one response may come from a cache."""


def unsaid(
    sample: bytes,
    *,
    name: str,
    zone: tzinfo,
    entries: int = ENTRIES,
) -> Unsaid:
    """Return what the first entries in a sample do not say.

    - `name`: the format of the entries. Others are left out.
    - `zone`: the zone of times without an offset.
    - `entries`: the number of entries to look at.
    """
    every = ((line, _minute(line, name, UTC)) for line in split_lines(sample))
    found = [*islice(((line, at) for line, at in every if at is not None), entries)]
    if not found:
        return ALL_SAID
    keys = json_map(name) if name.startswith(PREFIX) else USUAL
    local = any(_minute(line, name, ZoneInfo(_EAST)) != at for line, at in found)
    in_utc = (
        local
        and isinstance(zone, UnnamedZone)
        and all(_minute(line, name, UnnamedZone(_EAST)) == at for line, at in found)
    )
    durations = (_duration(line, keys) for line, _ in found)
    duration, unit = next((each for each in durations if each is not None), ("", ""))
    return Unsaid(
        zone=local,
        in_utc=in_utc,
        ahead=_ahead(found) if in_utc else None,
        duration=duration,
        unit=unit,
        json=name not in ("ltsv", "logfmt"),
    )


def _minute(line: bytes, name: str, zone: tzinfo) -> int | None:
    found = parse_line(line, order=(name,), zone=zone)
    return found.minute if isinstance(found, LogEntry) else None


def _ahead(entries: Iterable[tuple[bytes, int]]) -> int | None:
    """Return how many minutes the times are ahead of the times of responses, if all lines agree."""
    sent = ((at, _sent(_object(line, USUAL))) for line, at in entries)
    late = [at - date for at, date in sent if date is not None]
    whole = {round(minutes / _QUARTER) * _QUARTER for minutes in late}
    if len(late) < _LEAST_DATES or len(whole) != 1:
        return None
    offset = whole.pop()
    return offset if all(abs(minutes - offset) <= _NEAR for minutes in late) else None


def _sent(found: Mapping[str, Any]) -> int | None:
    """Return the epoch minute of a response's header `Date` in Caddy's object, `None` without one."""
    headers = found.get("resp_headers")
    date = headers.get("Date") if isinstance(headers, dict) else None
    text = date[0] if isinstance(date, list) and date else None
    try:
        return int(parsedate_to_datetime(str(text)).timestamp()) // 60
    except (ValueError, OverflowError):
        return None


def _object(line: bytes, keys: WantedKeys) -> Mapping[str, Any]:
    """Return the object of a request in a line; an empty one if there is none."""
    for text in (line, message(line)):
        start = json_lines.object_start(text)
        found = None if start is None else json_lines.parse_object(text[start:])
        if found and request_of(_values(found, keys), keys.known) is not None:
            return found
    return {}


def _values(
    found: Mapping[str, Any], keys: WantedKeys, *, told: frozenset[str] = frozenset()
) -> Mapping[str, Any]:
    try:
        wanted, containers = keys.wanted, keys.containers
        return json_lines.wanted_values(found, wanted, containers, told=keys.told | told)
    except json_lines.KeyTwiceError:
        return {}


def _duration(line: bytes, keys: WantedKeys) -> tuple[str, str] | None:
    """Return the key of a duration without a unit, and the unit it is read in; `None` without one.

    The unit is empty if the duration is not counted.
    """
    found = _object(line, keys)
    if not found:
        return _labeled_duration(message(line))
    written = _values(found, keys, told=names.WITHOUT_UNIT)
    unsure = _unsure(_values(found, keys), keys.known.units, written)
    return unsure and (_key_of(found, unsure[0], keys.containers) or unsure[0], unsure[1])


def _labeled_duration(line: bytes) -> tuple[str, str] | None:
    """Return the same for a line of LTSV or logfmt."""
    line = line[after_carriers(line) :]
    pairs = LTSV.pairs(line) or LOGFMT.pairs(line)
    units = units_of(label for label, _ in pairs)
    written = dict(named(pairs))
    unsure = _unsure(with_units(written, units), names.DURATION, written)
    if unsure is None:
        return None
    name, unit = unsure
    return next((label.decode() for label, _ in pairs if name_of(label) == name), name), unit


def _unsure(
    values: Mapping[str, Any], units: Mapping[str, str], written: Mapping[str, Any]
) -> tuple[str, str] | None:
    """Return the name of the duration that is used, and its unit, if that is not known; otherwise `None`.

    If no duration is used, it is the name of a number that may be one. `written` are the values without the
    units that other keys show.
    """
    unread = None
    for name, unit in units.items():
        text = _text(values.get(name))
        if microseconds(text, unit) is not None:
            bare = unit == EITHER and text[-1:].isdigit() and ":" not in text
            return (name, _taken(text)) if bare else None
        if unread is None and microseconds(_text(written.get(name)), SECONDS) is not None:
            unread = name, ""
    return unread


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _taken(text: str) -> str:
    return "s" if "." in text or "e" in text.lower() else "ms"


def _key_of(
    found: Mapping[str, Any], name: str, containers: Mapping[str, str], before: str = ""
) -> str:
    """Return the key with this plain name, with the keys of the objects around it before it."""
    for key, value in found.items():
        plain = before + names.plain(key)
        if plain == name:
            return key
        if isinstance(value, dict) and plain in containers:
            inner = _key_of(value, name, containers, containers[plain])
            if inner:
                return f"{key}.{inner}"
    return ""
