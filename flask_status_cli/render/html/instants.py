"""Instants on the page, for programs and for people."""

from __future__ import annotations

from datetime import datetime, tzinfo

from flask_status_cli.frozen import frozen
from flask_status_cli.render.text.words import instant as text_of


@frozen
class Instant:
    """An instant with an offset for programs (`iso`), and as text in the zone of the report."""

    iso: str
    text: str


@frozen
class Period:
    """A period. `end` is `None` if it has not ended."""

    start: Instant
    end: Instant | None


def instant(moment: datetime, zone: tzinfo) -> Instant:
    """Return an aware instant as the page shows it in `zone`."""
    local = moment.astimezone(zone)
    return Instant(local.isoformat(timespec="minutes"), text_of(moment, zone))


def period(start: datetime, end: datetime | None, zone: tzinfo) -> Period:
    """Return a period as the page shows it. If it ends on the day of its start, the end has no date."""
    begin = instant(start, zone)
    if end is None:
        return Period(begin, None)
    finish, local = instant(end, zone), end.astimezone(zone)
    if local.date() == start.astimezone(zone).date() and finish.iso[-6:] == begin.iso[-6:]:
        finish = Instant(finish.iso, f"{local:%H:%M}")
    return Period(begin, finish)
