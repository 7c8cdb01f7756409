"""Instants and lengths of time as people write them in an option."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from flask_status_cli.errors import OptionError

EXAMPLE: Final = "use for example 2026-11-23T10:05 or 2026-11-23T10:05+01:00"

_YEARS: Final = range(1970, 9000)
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LENGTH: Final = re.compile(r"([1-9][0-9]{0,3})\s*([mhdw])")
_LENGTHS: Final = "use for example 90m, 2h, 7d or 4w"


def instant_from(text: str, zone: tzinfo, *, option: str, example: str = EXAMPLE) -> datetime:
    """Return the instant that a text of ISO 8601 means, in `zone` unless it has an offset, in UTC.

    Raises `OptionError`, with the option it was given to.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise OptionError(option, f"{text!r} is no instant", example) from None
    if found.year not in _YEARS:
        raise OptionError(option, f"the year {found.year} has no access logs", example)
    aware = found if found.tzinfo else found.replace(tzinfo=zone)
    return aware.astimezone(UTC).replace(microsecond=0)


def length_from(text: str, *, option: str) -> timedelta:
    """Return how long `90m`, `2h`, `7d` or `4w` are; raises `OptionError`."""
    found = _LENGTH.fullmatch(text.strip().lower())
    if not found:
        raise OptionError(option, f"{text!r} is no length of time", _LENGTHS)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def since_from(text: str, zone: tzinfo, *, now: datetime, option: str) -> datetime:
    """Return the instant that a text means, which may also say how long before `now`."""
    if _LENGTH.fullmatch(text.strip().lower()):
        return now - length_from(text, option=option)
    example = "use for example 7d or 2026-11-23T10:05"
    return instant_from(text, zone, option=option, example=example)
