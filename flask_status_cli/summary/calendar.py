"""Calendar days in the time zone of a report, as ranges of epoch quarters."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from flask_status_cli.model import EPOCH, MINUTE, MINUTES_PER_QUARTER

QUARTER = MINUTES_PER_QUARTER * MINUTE


class Day(NamedTuple):
    """A calendar day. It has the epoch quarters from `start` up to, but not including, `end`."""

    date: date
    start: int
    end: int


def day_bounds(now: datetime, zone: tzinfo, days: int) -> list[Day]:
    """Return the last `days` calendar days of `zone`, oldest first. The last one is the day of `now`.

    A usual day has 96 quarters of an hour. A day on which the clocks change has 92, 94, 98 or 100. If the
    clocks pass midnight twice, the day begins at the first midnight. If they skip midnight, it begins at the
    end of the gap.
    """
    today = now.astimezone(zone).date()
    dates = [today - timedelta(days=back) for back in range(days - 1, -2, -1)]
    starts = [(datetime.combine(day, time(), zone) - EPOCH) // QUARTER for day in dates]
    return [Day(*day) for day in zip(dates[:-1], starts[:-1], starts[1:], strict=True)]
