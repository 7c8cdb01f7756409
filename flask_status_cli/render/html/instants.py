"""Instants as the page shows them: for machines with their offset, for people in the report's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from flask_status_cli.render.text.words import instant as text_of


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time: for machines, and as text in the report's zone."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one instant to another; `end` is `None` while it goes on."""

    start: Instant
    end: Instant | None


def instant(moment: datetime, zone: tzinfo) -> Instant:
    """Return an aware instant as it is shown in `zone`."""
    local = moment.astimezone(zone)
    return Instant(local.isoformat(timespec="minutes"), text_of(moment, zone))


def stretch(start: datetime, end: datetime | None, zone: tzinfo) -> Stretch:
    """Return a stretch of time; an end on the day of the start is told by its time alone."""
    begin = instant(start, zone)
    if end is None:
        return Stretch(begin, None)
    finish, local = instant(end, zone), end.astimezone(zone)
    if local.date() == start.astimezone(zone).date() and finish.iso[-6:] == begin.iso[-6:]:
        finish = Instant(finish.iso, f"{local:%H:%M}")
    return Stretch(begin, finish)
