"""The calendar days of a report's zone, as stretches of epoch quarters."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from flask_status_cli.model import MINUTES_PER_QUARTER

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=MINUTES_PER_QUARTER)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Day(NamedTuple):
    """A calendar day: its epoch quarters from `start` to `end`, the end not included."""

    date: date
    start: int
    end: int


def day_bounds(now: datetime, zone: ZoneInfo, days: int) -> list[Day]:
    """Return the last `days` calendar days of `zone`, the one that holds `now` included, oldest first.

    A day has the 92, 94, 96, 98 or 100 quarters that the zone gives it; it begins with the first of two
    midnights, and with the end of the gap where midnight is skipped.
    """
    today = now.astimezone(zone).date()
    dates = [today - timedelta(days=back) for back in range(days - 1, -2, -1)]
    starts = [(datetime.combine(day, time(), zone) - EPOCH) // QUARTER for day in dates]
    return [Day(*day) for day in zip(dates[:-1], starts[:-1], starts[1:], strict=True)]


def minute_of(instant: datetime) -> int:
    """Return the epoch minute that holds an aware instant."""
    return (instant - EPOCH) // MINUTE


def instant_of(minute: int) -> datetime:
    """Return the beginning of an epoch minute, in UTC."""
    return EPOCH + minute * MINUTE
