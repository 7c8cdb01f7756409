"""Reads from the ledger what a report says about its data: first and last entry, refused lines, last run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_status_cli.model import MINUTES_PER_QUARTER, DataSpan, UnreadKind, instant_of
from flask_status_cli.summary.calendar import Day
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.report_time import as_of, newest_allowed


def data_span(
    ledger: Ledger, *, now: datetime, days: Sequence[Day], stale_after: timedelta, given: bool
) -> DataSpan:
    """Return the data span of a report over `days`. The caller sets `entries` and `problems`."""
    until = newest_allowed(now)
    oldest, newest = ledger.span(until)
    future, future_until = ledger.future(until)
    unread = ledger.unread(days[0].start, days[-1].end)
    run = ledger.last_good_run()
    read = None if run is None else run.finished_at
    lost, kept_from = ledger.not_understood(now), ledger.kept_from()
    last = None if newest is None else instant_of(newest)
    stale = read is None or read <= now - stale_after
    return DataSpan(
        first=None if oldest is None else instant_of(oldest),
        last=last,
        ingested_at=read,
        entries=0,
        noise=unread.get(UnreadKind.NOISE, 0),
        refused=unread.get(UnreadKind.REFUSED, 0),
        future=future,
        future_until=None if future_until is None else instant_of(future_until),
        stale=stale,
        problems=(),
        kept_from=None if kept_from is None else instant_of(kept_from * MINUTES_PER_QUARTER),
        not_understood=None if lost is None else instant_of(lost),
        by_app=ledger.counted_by_app(days[0].start, days[-1].end),
        # the newest entry may be a little ahead of the clock
        as_of=last and max(last, as_of(now, read=read, given=given and not stale)),
    )
