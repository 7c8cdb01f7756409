"""Parses the instants and lengths of time that options take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from flask_status_cli.errors import OptionError
from flask_status_cli.model.times import LENGTHS, parse_length

EXAMPLE: Final = "use for example 2026-11-23T10:05 or 2026-11-23T10:05+01:00"

_YEARS: Final = range(1970, 9000)


def instant_from(text: str, zone: tzinfo, *, option: str, example: str = EXAMPLE) -> datetime:
    """Parse an instant in ISO 8601, in `zone` unless it has an offset. Return it in UTC and whole seconds.

    Raises `OptionError` for any other text. The error names `option` and gives the `example`.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise OptionError(option, f"{text!r} is not an instant", example) from None
    if found.year not in _YEARS:
        raise OptionError(option, f"the year {found.year} is out of range", example)
    aware = found if found.tzinfo else found.replace(tzinfo=zone)
    return aware.astimezone(UTC).replace(microsecond=0)


def length_from(text: str, *, option: str) -> timedelta:
    """Parse a length of time, for example `90s`, `15m`, `2h`, `7d` or `4w`. Raises `OptionError`."""
    try:
        return parse_length(text)
    except ValueError as error:
        raise OptionError(option, str(error), LENGTHS) from None


def since_from(text: str, zone: tzinfo, *, now: datetime, option: str) -> datetime:
    """Parse an instant, or a length of time before `now`. Return an instant in UTC."""
    try:
        return now - parse_length(text)
    except ValueError:
        example = "use for example 7d or 2026-11-23T10:05"
        return instant_from(text, zone, option=option, example=example)
