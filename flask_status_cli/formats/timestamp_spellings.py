"""Reads a time stamp as an epoch minute, in any form that servers and loggers use."""

from __future__ import annotations

import re
from datetime import tzinfo
from functools import lru_cache

from flask_status_cli.formats.timestamps import (
    LocalMinute,
    epoch_minute,
    local_minute,
    offset_minutes,
    wall_minute,
)
from flask_status_cli.lazy_pattern import LazyPattern

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - reads better as text
_NAMES = rb"(?P<b>" + "|".join(_MONTHS).encode() + rb")[a-z]{0,6}"
_CLOCK = rb"(?P<H>\d\d):(?P<M>\d\d)(?::(?:[0-5]\d|60)(?:[.,:]\d{1,9})?)?"
_ZONE = rb"(?: ?(?P<z>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?"

CALENDAR = (
    rb"(?P<Y>\d{4})[-/](?P<m>\d\d)[-/](?P<d>\d\d)[T _]" + _CLOCK + _ZONE,  # ISO 8601 and similar forms
    rb"(?P<d>\d{1,2})[/ -]" + _NAMES + rb"[/ -](?P<Y>\d{4})[: ]" + _CLOCK + _ZONE,  # CLF, RFC 9110
    rb"(?:[A-Z][a-z]{2} )?" + _NAMES + rb" {1,2}(?P<d>\d{1,2}) " + _CLOCK
    + rb"(?: (?P<z>UTC|GMT))? (?P<Y>\d{4})",
    rb"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d) " + _CLOCK,  # tornado
    rb"(?P<Y>\d{4})(?P<m>\d\d)(?P<d>\d\d)[T ]?(?P<H>\d\d):?(?P<M>\d\d):?(?:[0-5]\d|60)(?:\.?\d{3}|\.\d{1,9})?"
    + _ZONE,
    rb"(?P<m>\d\d)/(?P<d>\d\d)/(?P<Y>\d{4}):" + _CLOCK + rb" (?P<z>-0000)",  # cPanel
)  # fmt: skip
"""Patterns of a date with a time of day. Each group has the name of strftime's letter for it."""

_SPELLINGS = tuple(LazyPattern(pattern) for pattern in CALENDAR)
_WEEKDAY = re.compile(rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ")
_EPOCH = re.compile(rb"(\d{9,10}|\d{13}|\d{16}|\d{19})(?:\.\d{0,12})?")
# Numbers of other lengths are no time since 1970 in which any log was written. `20261123100542` is a date.
_SCIENTIFIC = re.compile(rb"1\.\d{1,18}[eE]\+?(?:09|9|1[0-8])")
_LONGEST = 64

# A number with fewer digits than the first value counts time since 1970 in a unit; the second value is the
# number of units in a minute. The units are seconds, milliseconds, microseconds and nanoseconds.
_PER_MINUTE = (
    (11, 60),
    (14, 60_000),
    (17, 60_000_000),
    (20, 60_000_000_000),
)


def minute_of(text: bytes, *, zone: tzinfo, newest: int | None) -> int | None:
    """Return the epoch minute of a time stamp, `None` if the text is not one.

    A time without an offset is in `zone`. `newest` is the newest epoch minute read before. In an hour that
    occurs twice, it decides which of the two is meant.
    """
    if len(text) > _LONGEST:
        return None
    minute = _read(text, zone)
    return minute.after(newest) if isinstance(minute, LocalMinute) else minute


@lru_cache(maxsize=1 << 12)
def _read(text: bytes, zone: tzinfo) -> int | LocalMinute | None:
    """Return the epoch minute of a time stamp, or both minutes that a time without an offset may mean."""
    text = text.strip(b" []\"'")
    if _SCIENTIFIC.fullmatch(text):  # a float as zap writes it
        text = str(int(float(text))).encode()
    epoch = _EPOCH.fullmatch(text)
    if epoch is not None:
        digits = epoch[1]
        return next(int(digits) // units for most, units in _PER_MINUTE if len(digits) < most)
    day = _WEEKDAY.match(text)
    text = text[day.end() :] if day else text
    for spelling in _SPELLINGS:
        match = spelling.fullmatch(text)
        if match is not None:
            return _minute(match.groupdict(), zone)
    return None


def _minute(parts: dict[str, bytes | None], zone: tzinfo) -> int | LocalMinute | None:
    stamp = _stamp(parts)
    if stamp is None:
        return None
    offset = parts.get("z")
    if offset is None:
        return local_minute(stamp, zone)
    return epoch_minute(wall_minute(stamp), _offset(offset))


def _offset(zone: bytes) -> int:
    if zone[:1] not in b"+-":
        return 0
    return offset_minutes(zone.replace(b":", b"").ljust(5, b"0"))


def _stamp(parts: dict[str, bytes | None]) -> bytes | None:
    """Return the parts of a date as `dd/Mon/yyyy:HH:MM`, `None` if there is no such month."""
    month = parts.get("b")
    if month is None:
        number = int(parts["m"] or b"0")
        if not 1 <= number <= len(_MONTHS):
            return None
        month = _MONTHS[number - 1].encode()
    year = parts.get("Y") or b"20" + (parts.get("y") or b"")
    day = (parts["d"] or b"").rjust(2, b"0")
    return b"%b/%b/%b:%b:%b" % (day, month, year, parts["H"] or b"", parts["M"] or b"")


# rich's default, "[%x %X]", in the C locale: Python's programs use it unless they choose another one.
_RICH = rb"(?<=\[)(?P<m>\d\d)/(?P<d>\d\d)/(?P<y>\d\d) " + _CLOCK + rb"(?=\] )"
_WITHIN = tuple(LazyPattern(rb"(?<![\w:.])" + pattern) for pattern in (*CALENDAR, _RICH))
_HEAD_BYTES = 512


def time_before(before: bytes, *, zone: tzinfo, newest: int | None) -> int | None:
    """Return the epoch minute of a time in the text that a carrier or a logger wrote before a line.

    A time with an offset is preferred. A time of syslog is not used, because it has no year. Return `None` if
    there is no other time.
    """
    found = [match for stamp in _WITHIN for match in stamp.finditer(before[:_HEAD_BYTES])]
    found.sort(key=lambda match: match.groupdict().get("z") is None)
    minutes = (_minute_after(match, zone, newest) for match in found)
    return next((minute for minute in minutes if minute is not None), None)


def _minute_after(match: re.Match[bytes], zone: tzinfo, newest: int | None) -> int | None:
    minute = _minute(match.groupdict(), zone)
    return minute.after(newest) if isinstance(minute, LocalMinute) else minute
