"""The calendar days of a report's zone, as stretches of epoch quarters."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from flask_status_cli.model import EPOCH, MINUTE, MINUTES_PER_QUARTER

QUARTER = MINUTES_PER_QUARTER * MINUTE


class Day(NamedTuple):
    """A calendar day: its epoch quarters from `start` to `end`, the end not included."""

    date: date
    start: int
    end: int


def day_bounds(now: datetime, zone: tzinfo, days: int) -> list[Day]:
    """Return the last `days` calendar days of `zone`, the one that holds `now` included, oldest first.

    A day has the 92, 94, 96, 98 or 100 quarters that the zone gives it; it begins with the first of two
    midnights, and with the end of the gap where midnight is skipped.
    """
    today = now.astimezone(zone).date()
    dates = [today - timedelta(days=back) for back in range(days - 1, -2, -1)]
    starts = [(datetime.combine(day, time(), zone) - EPOCH) // QUARTER for day in dates]
    return [Day(*day) for day in zip(dates[:-1], starts[:-1], starts[1:], strict=True)]
