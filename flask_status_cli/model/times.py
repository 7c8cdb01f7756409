"""Time as it is counted and told: epoch minutes, the stretches counts are of, the names of zones."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MINUTE = timedelta(minutes=1)

LOCAL = "local"
"""What a zone without a name is called: the machine's, where only its rules are known."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]*")

_UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))

_SPAN = re.compile(r"([0-9]{1,6}) ?(s|m|min|h|d)")

Stretch: TypeAlias = Literal["minute", "hour", "day"]
"""The stretches of time that raw counts are added up over, in UTC."""


def minute_of(instant: datetime) -> int:
    """Return the epoch minute that holds an aware instant."""
    return (instant - EPOCH) // MINUTE


def instant_of(minute: int) -> datetime:
    """Return the beginning of an epoch minute, in UTC."""
    return EPOCH + minute * MINUTE


def zone_name(zone: tzinfo, *, at: datetime | None = None) -> str:
    """Return what a zone is called; it is a text for people, and need not lead back to the zone.

    That is its key if it looks like a name of the zone database, `UTC+05:30` for a fixed offset, and else
    `local` (`/etc/localtime` may be a bare file of rules); then the offset at the instant `at` follows, if
    given: `local (UTC+05:30)`.
    """
    if not isinstance(zone, ZoneInfo):
        return str(zone)
    if zone.key != LOCAL and _NAME.fullmatch(zone.key or ""):
        return zone.key
    return LOCAL if at is None else f"{LOCAL} (UTC{at.astimezone(zone).isoformat()[-6:]})"


def parse_span(text: str) -> timedelta:
    """Read a span of time: `90s`, `15m`, `2h`, `1d`; raises `ValueError` where it is none, or zero."""
    found = _SPAN.fullmatch(text.strip())
    if found is None or not int(found[1]):
        raise ValueError(f"{text!r} is no span of time")
    unit = "min" if found[2] == "m" else found[2]
    return timedelta(seconds=int(found[1]) * dict(_UNITS)[unit])


def span_text(span: timedelta) -> str:
    """Return a span of time, of whole seconds, as people read it: `1 h`, `90 min`, `3 d`."""
    seconds = int(span.total_seconds())
    unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
    return f"{seconds // size} {unit}"
