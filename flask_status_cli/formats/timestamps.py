"""Reads a logged time stamp as an epoch minute."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from flask_status_cli.model.times import MINUTES_PER_DAY

_NAMES = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(), start=1)}
_EPOCH = date(1970, 1, 1)
_LAST_YEAR = 9998  # with any offset, an instant in this year fits into a datetime
_DOUBT_MINUTES = 10

SECONDS = tuple(b"%02d" % second for second in range(61))
"""The seconds that a stamp may have. A leap second belongs to the minute of :59."""


@lru_cache(maxsize=4096)
def wall_minute(stamp: bytes) -> int | None:
    """Return the minutes from 1970 to a stamp `dd/Mon/yyyy:HH:MM`, both on the same clock.

    A blank instead of the first colon is accepted. Return `None` for an impossible date or time, and for
    years in which no log was written.
    """
    try:
        day = date(int(stamp[7:11]), _MONTHS[stamp[3:6]], int(stamp[:2]))
    except (ValueError, KeyError):
        return None
    hour, minute = int(stamp[12:14]), int(stamp[15:17])
    if hour > 23 or minute > 59 or not _EPOCH.year <= day.year <= _LAST_YEAR:
        return None
    return (day - _EPOCH).days * 1440 + hour * 60 + minute


def epoch_minute(wall: int | None, offset: int) -> int | None:
    """Return the epoch minute of the minute `wall` on a clock that is `offset` minutes ahead of UTC.

    Return `None` without `wall`, and for a minute before the epoch.
    """
    if wall is None or wall < offset:
        return None
    return wall - offset


_HUNDREDTHS = {b"25": 15, b"50": 30, b"75": 45}
"""The minutes that these hundredths of an hour are."""


@lru_cache(maxsize=64)
def offset_minutes(offset: bytes) -> int:
    """Return the minutes of an offset `+hhmm` or `-hhmm`.

    Paste's TransLogger writes `+0550` for 5.5 hours, and `+0575` for 5.75 hours. No zone of today has such an
    offset.
    """
    minutes = int(offset[1:3]) * 60 + _HUNDREDTHS.get(offset[3:5], int(offset[3:5]))
    return -minutes if offset[:1] == b"-" else minutes


class LocalMinute(NamedTuple):
    """The two epoch minutes that a local time means in an hour that occurs twice. Else both are the same."""

    first: int
    second: int

    def after(self, newest: int | None) -> int:
        """Return the first minute, or the second if the first is more than 10 minutes before `newest`."""
        if newest is not None and self.first < newest - _DOUBT_MINUTES:
            return self.second
        return self.first


@lru_cache(maxsize=4096)
def local_minute(stamp: bytes, zone: tzinfo) -> LocalMinute | None:
    """Return the meaning of a stamp without an offset, in a zone; `None` for an impossible date.

    A local time that the clock skipped is read with the offset before the jump.
    """
    wall = wall_minute(stamp)
    if wall is None:
        return None
    local = datetime(1970, 1, 1, tzinfo=zone) + timedelta(minutes=wall)
    first = epoch_minute(wall, _minutes_ahead(local))
    second = epoch_minute(wall, _minutes_ahead(local.replace(fold=1)))
    if first is None or second is None:
        return None
    return LocalMinute(first, max(first, second))  # in a skipped hour, fold=1 is before fold=0


def any_doubled(minutes: Collection[int], zone: tzinfo) -> bool:
    """Return whether the local time of any of these epoch minutes occurs twice."""
    days = {minute // MINUTES_PER_DAY for minute in minutes}
    return any(clock_changes(day, zone) for day in days) and any(
        is_doubled(minute, zone) for minute in minutes
    )


@lru_cache(maxsize=4096)
def clock_changes(day: int, zone: tzinfo) -> bool:
    """Return whether a zone's clock changes on a day of UTC, or within the day before or after it."""
    hours = range((day - 1) * 24, (day + 2) * 24 + 1, 6)
    return len({datetime.fromtimestamp(hour * 3600, zone).utcoffset() for hour in hours}) > 1


@lru_cache(maxsize=4096)
def is_doubled(minute: int, zone: tzinfo) -> bool:
    """Return whether the local time of an epoch minute occurs twice."""
    local = datetime.fromtimestamp(minute * 60, zone)
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def _minutes_ahead(local: datetime) -> int:
    offset = local.utcoffset()
    return 0 if offset is None else offset // timedelta(minutes=1)
