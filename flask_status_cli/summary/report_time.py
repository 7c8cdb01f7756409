"""The instant a report is made for: what `--now` says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from flask_status_cli.model import instant_of, minute_of
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.time_options import instant_from

LAST = "last"
"""The word for the newest entry."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""Entries up to this much later than now are not from the future."""

_EXAMPLE = 'use for example 2026-11-23T10:05, 2026-11-23T10:05+01:00 or "last"'


def resolve_now(
    text: str | None, ledger: Ledger, clock: Callable[[], datetime], *, zone: tzinfo
) -> datetime:
    """Return the instant that `--now` means, in UTC and whole seconds.

    `text` is ISO 8601, in `zone` unless it has an offset; or `last`: the minute of the newest entry that
    is not later than the clock (and its tolerance). Without a text, and for `last` in a database without
    such an entry, it is the clock's. Raises `OptionError` on any other text.
    """
    if text is None:
        return clock().astimezone(UTC).replace(microsecond=0)
    if text.strip().lower() == LAST:
        _, newest = ledger.span(newest_allowed(clock()))
        return resolve_now(None, ledger, clock, zone=zone) if newest is None else instant_of(newest)
    return instant_from(text, zone, option="--now", example=_EXAMPLE)


def as_of(now: datetime, *, read: datetime | None, given: bool) -> datetime:
    """Return the instant that now is judged at.

    It is `now` where that was `given`, else the time up to which the log is known to be read: the end of the
    last good run, `read`, but never later than `now`.
    """
    return now if given or read is None else min(now, read)


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the log is known to be read: up to the instant `until`; `stale` says that this is long ago."""

    until: datetime
    stale: bool


def reading(ledger: Ledger, *, now: datetime, stale_after: timedelta) -> Reading | None:
    """Return how far the log is known to be read at `now`, `None` where it never was.

    That is the end of the last run without problems, never later than `now`. A log that was not read for
    `stale_after` is not read now.
    """
    run = ledger.last_good_run()
    if run is None:
        return None
    return Reading(min(now, run.finished_at), stale=run.finished_at <= now - stale_after)


def newest_allowed(now: datetime) -> int:
    """Return the last epoch minute whose entries are not from the future."""
    return minute_of(now + CLOCK_TOLERANCE)


def newest_entry(ledger: Ledger, *, now: datetime) -> datetime | None:
    """Return the minute of the newest entry that is not from the future, `None` without any."""
    newest = ledger.span(newest_allowed(now))[1]
    return None if newest is None else instant_of(newest)
