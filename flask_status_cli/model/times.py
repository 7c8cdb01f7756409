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
