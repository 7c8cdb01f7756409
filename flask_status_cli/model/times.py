"""Times: epoch minutes, lengths of time, and the names of time zones."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from flask_status_cli.lazy_pattern import LazyPattern

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MINUTE = timedelta(minutes=1)

MINUTES_PER_DAY = 24 * 60

ALL_TIME = 2**62
"""An epoch minute (or quarter) that is later than any other."""

Clock: TypeAlias = Callable[[], datetime]
"""A function that returns the present instant, in UTC."""

LOCAL = "local"
"""The name shown for the machine's time zone if its own name is not known."""

_NAME = LazyPattern(r"[A-Za-z][A-Za-z0-9_+/-]*")

_SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
"""The units of a length of time, the largest first, in seconds."""

_LENGTH = LazyPattern(r"([0-9]{1,9}) ?([smhdw])", re.IGNORECASE)

_DURATION = LazyPattern(r"([0-9]{1,9}(?:\.[0-9]{1,6})?) ?(ms|s|m)", re.IGNORECASE)

_MICROSECONDS = {"ms": 1000, "s": 1_000_000, "m": 60_000_000}

_MICROSECONDS_PER_DAY = 24 * 60 * _MICROSECONDS["m"]

DURATIONS = "use for example 500ms, 2s or 1.5s"
"""The hint for a text that is not a duration."""

LONGEST = timedelta(days=36_600)
"""The longest length of time that is accepted: a hundred years."""

LENGTHS = "use for example 90s, 15m, 2h, 1d or 4w"
"""The hint for a text that is not a length of time."""

Stretch: TypeAlias = Literal["minute", "hour", "day"]
"""The units of time by which raw counts are added up, in UTC."""


def minute_of(instant: datetime) -> int:
    """Return the epoch minute of an aware instant."""
    return (instant - EPOCH) // MINUTE


def instant_of(minute: int) -> datetime:
    """Return the beginning of an epoch minute, in UTC."""
    return EPOCH + minute * MINUTE


def zone_name(zone: tzinfo, *, at: datetime | None = None) -> str:
    """Return the name of a time zone for people, from which the zone cannot always be found again.

    The name is the zone's key if this looks like one of the zone database, `UTC+05:30` for a fixed offset,
    and otherwise `local`: `/etc/localtime` may be a file without a name. If `at` is given, `local` is
    followed by the offset at this instant: `local (UTC+05:30)`.
    """
    if not isinstance(zone, ZoneInfo):
        return str(zone)
    if zone.key != LOCAL and _NAME.fullmatch(zone.key or ""):
        return zone.key
    return LOCAL if at is None else f"{LOCAL} (UTC{at.astimezone(zone).isoformat()[-6:]})"


def parse_length(text: str) -> timedelta:
    """Parse a length of time: `90s`, `15m`, `2h`, `1d`, `4w`.

    Raises `ValueError` for any other text, for zero, and for more than `LONGEST`.
    """
    found = _LENGTH.fullmatch(text.strip())
    seconds = int(found[1]) * _SECONDS[found[2].lower()] if found else 0
    if not 0 < seconds <= LONGEST.total_seconds():
        raise ValueError(f"{text!r} is not a length of time")
    return timedelta(seconds=seconds)


def parse_duration(text: str) -> timedelta:
    """Parse the duration of a request: `500ms`, `2s`, `1.5s`, `1m`. Raises `ValueError` for other text."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a duration")
    from fractions import Fraction

    took = Fraction(found[1]) * _MICROSECONDS[found[2].lower()]
    if not took or took > _MICROSECONDS_PER_DAY or took.denominator != 1:
        raise ValueError(f"{text!r} is not a duration")
    return timedelta(microseconds=int(took))


def duration_text(duration: timedelta) -> str:
    """Write a duration so that `parse_duration` can read it: `500ms`, `2s`, `1.5s`."""
    took = duration // timedelta(microseconds=1)
    unit = "s" if took >= _MICROSECONDS["s"] else "ms"
    whole, part = divmod(took, _MICROSECONDS[unit])
    digits = str(_MICROSECONDS[unit] + part)[1:].rstrip("0")
    return f"{whole}.{digits}{unit}" if digits else f"{whole}{unit}"


def length_text(length: timedelta) -> str:
    """Write a length of time of whole seconds so that `parse_length` can read it: `90m`, `2h`, `3d`."""
    number, unit = _in_units(length)
    return f"{number}{unit}"


def span_text(length: timedelta) -> str:
    """Write a length of time of whole seconds for people: `1 h`, `90 min`, `3 d`."""
    number, unit = _in_units(length)
    return f"{number} {'min' if unit == 'm' else unit}"


def _in_units(length: timedelta) -> tuple[int, str]:
    """Return the length in the largest unit in which it is a whole number (weeks excepted), and the unit."""
    seconds = int(length.total_seconds())
    units = ((unit, size) for unit, size in _SECONDS.items() if unit != "w")
    unit, size = next((unit, size) for unit, size in units if seconds % size == 0)
    return seconds // size, unit
