"""Finds the instant for which a report is made, and how far the log was read then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from flask_status_cli.frozen import frozen
from flask_status_cli.model import instant_of, minute_of
from flask_status_cli.model.times import Clock
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.time_options import instant_from

LAST = "last"
"""`--now last` means the time of the newest entry."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""Entries count as in the future if they are more than this later than the clock."""

_EXAMPLE = 'use for example 2026-11-23T10:05, 2026-11-23T10:05+01:00 or "last"'


def resolve_now(text: str | None, ledger: Ledger, clock: Clock, *, zone: tzinfo) -> datetime:
    """Return the instant of `--now`, in UTC and whole seconds.

    `text` is an instant in ISO 8601, in `zone` unless it has an offset. `last` means the minute of the newest
    entry that is not in the future. Without a text, and for `last` without such an entry, return the time of
    the clock. Raises `OptionError` for any other text.
    """
    if text is None:
        return clock().astimezone(UTC).replace(microsecond=0)
    if text.strip().lower() == LAST:
        _, newest = ledger.span(newest_allowed(clock()))
        return resolve_now(None, ledger, clock, zone=zone) if newest is None else instant_of(newest)
    return instant_from(text, zone, option="--now", example=_EXAMPLE)


def as_of(now: datetime, *, read: datetime | None, given: bool) -> datetime:
    """Return the instant at which the present state is judged.

    This is `now` if the user gave it. Otherwise it is `read`, the end of the last run without problems, but
    never later than `now`.
    """
    return now if given or read is None else min(now, read)


@frozen
class LogFreshness:
    """How far the log was read: up to the instant `until`. `stale` says whether this is too long ago."""

    until: datetime
    stale: bool


def log_freshness(ledger: Ledger, *, now: datetime, stale_after: timedelta) -> LogFreshness | None:
    """Return how far the log was read at `now`, `None` if it was never read.

    It was read until the end of the last run without problems, but never later than `now`. It is stale if
    that was `stale_after` ago.
    """
    run = ledger.last_good_run()
    if run is None:
        return None
    return LogFreshness(min(now, run.finished_at), stale=run.finished_at <= now - stale_after)


def newest_allowed(now: datetime) -> int:
    """Return the last epoch minute that is not in the future."""
    return minute_of(now + CLOCK_TOLERANCE)


def newest_entry(ledger: Ledger, *, now: datetime) -> datetime | None:
    """Return the minute of the newest entry that is not in the future, `None` without entries."""
    newest = ledger.span(newest_allowed(now))[1]
    return None if newest is None else instant_of(newest)
