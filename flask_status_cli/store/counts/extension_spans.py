"""The spans of minutes in which the extension counted the requests of a label. `ingest` leaves them out.

A span is *open* while the extension may extend it. The extension stores counts each minute, so a span that
was not extended for `GRACE` minutes has ended. `count=False` in the extension closes a span at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask_status_cli.frozen import frozen, replace
from flask_status_cli.model import MINUTES_PER_QUARTER, MinuteCounts
from flask_status_cli.model.duration_buckets import MINUTES_PER_HOUR
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements.prepared import Prepared

SPANS: Final = Prepared(
    "SELECT label, start, last, after_log, closed FROM extension_span WHERE label = :label ORDER BY start",
    decode=((3, bool), (4, bool)),
)
# Every ingest reads spans, so only the functions that write import SQLAlchemy.

GRACE: Final = 5
"""The extension is taken to run for this many minutes after it last stored counts."""


@frozen
class Span:
    """One span, from the epoch minute `start` to `last`, both included.

    `after_log` says that `ingest` counted requests of the label before `start`. `closed` says that the
    extension has ended the span.
    """

    label: str
    start: int
    last: int
    after_log: bool
    closed: bool

    @property
    def until(self) -> int:
        """The last minute that `ingest` leaves out."""
        return self.last if self.closed else self.last + GRACE


def spans(connection: Connection, label: str) -> list[Span]:
    """Return the spans of a label, oldest first."""
    return [Span(*row) for row in connection.rows(SPANS, label=label)]


def any_between(connection: Connection, start: int, end: int) -> bool:
    """Return whether any span overlaps with the minutes [start, end)."""
    from sqlalchemy import select

    from flask_status_cli.store.schema.tables import extension_span

    begins, last = extension_span.c.start, extension_span.c.last
    found = select(begins).where(begins < end, last >= start).limit(1)
    return connection.scalar(found) is not None


def is_counted(connection: Connection, label: str, first: int, last: int) -> bool:
    """Return whether requests of a label are stored in the quarters of the minutes [first, last]."""
    from sqlalchemy import select

    from flask_status_cli.store.schema.tables import quarter_count, route

    numbers = select(route.c.id).where(route.c.label == label)
    quarter = quarter_count.c.quarter
    found = select(quarter).where(
        quarter >= first // MINUTES_PER_QUARTER,
        quarter <= last // MINUTES_PER_QUARTER,
        quarter_count.c.route.in_(numbers),
    )
    return connection.scalar(found.limit(1)) is not None


def without_counted(mine: Sequence[Span], counted: MinuteCounts) -> tuple[MinuteCounts, int]:
    """Return the counts of a log without the minutes of some spans, and the number of requests left out.

    Durations are counted by hour. If some minutes of an hour are left out, all durations of that hour are
    left out.
    """
    if not mine:
        return counted, 0
    kept: dict[int, Mapping[int, int]] = {}
    hours: set[int] = set()
    left_out = 0
    for minute, row in counted.minutes.items():
        if any(span.start <= minute <= span.until for span in mine):
            left_out += sum(row.values())
            hours.add(minute // MINUTES_PER_HOUR)
        else:
            kept[minute] = row
    if not left_out:
        return counted, 0
    durations = {hour: row for hour, row in counted.durations.items() if hour not in hours}
    return replace(counted, minutes=kept, durations=durations), left_out


def extend(connection: Connection, counted: MinuteCounts, *, now: int) -> MinuteCounts:
    """Extend the open span to the minute `now`, or begin one; return the counts that lie in spans.

    Requests outside of spans are left out, because the log has counted them. That includes the first minute
    after a log was read, because the extension saw only a part of it.
    """
    mine = spans(connection, counted.label)
    last = mine[-1] if mine else None
    first = min(counted.minutes, default=now)
    if last is None or last.closed or now > last.until:
        _begin(connection, counted.label, last, first=first, now=now)
    else:
        start = last.start if last.after_log else min(first, last.start)
        _update(connection, last, start=start, last=max(now, last.last))
    return _of_spans(counted, spans(connection, counted.label))


def close(connection: Connection, label: str) -> None:
    """Close the spans of a label: the extension counts no more after its last flush."""
    from sqlalchemy import update

    from flask_status_cli.store.schema.tables import extension_span

    mine = extension_span.c.label == label
    connection.execute(update(extension_span).where(mine).values(closed=True))


def _begin(
    connection: Connection, label: str, before: Span | None, *, first: int, now: int
) -> None:
    """Begin a span after the span `before`. A log may have been counted between them."""
    from sqlalchemy import insert

    from flask_status_cli.store.schema.tables import extension_span

    since = -1 if before is None else before.until
    from_log = _newest(connection, label, after=since, now=now)
    start = first if from_log is None else max(first, from_log) + 1
    if before is not None and not before.closed:
        # `ingest` has left out the minutes of grace, so late requests in them are counted now.
        _update(connection, before, start=before.start, last=before.until, closed=True)
        if from_log is None:
            start = max(start, before.until + 1)
    values = {
        "label": label,
        "start": start,
        "last": max(now, start - 1),
        "after_log": from_log is not None,
        "closed": False,
    }
    connection.execute(insert(extension_span).values(values))


def _update(
    connection: Connection, span: Span, *, start: int, last: int, closed: bool = False
) -> None:
    from sqlalchemy import update

    from flask_status_cli.store.schema.tables import extension_span

    mine = (extension_span.c.label == span.label) & (extension_span.c.start == span.start)
    values = {"start": start, "last": last, "closed": closed}
    connection.execute(update(extension_span).where(mine).values(values))


def _newest(connection: Connection, label: str, *, after: int, now: int) -> int | None:
    """Return the newest minute after `after`, up to `now`, with counted requests of a label."""
    from sqlalchemy import func, select

    from flask_status_cli.store.schema.tables import minute_count, route, waiting

    numbers = select(route.c.id).where(route.c.label == label)
    found = (
        select(func.max(minute_count.c.minute)).where(
            minute_count.c.minute > after,
            minute_count.c.minute <= now,
            minute_count.c.route.in_(numbers),
        ),
        select(func.max(waiting.c.minute)).where(
            waiting.c.minute > after, waiting.c.minute <= now, waiting.c.label == label
        ),
    )
    minutes = [minute for each in found if (minute := connection.scalar(each)) is not None]
    return max(minutes, default=None)


def _of_spans(counted: MinuteCounts, mine: list[Span]) -> MinuteCounts:
    kept = {
        minute: row
        for minute, row in counted.minutes.items()
        if any(span.start <= minute <= span.until for span in mine)
    }
    return replace(counted, minutes=kept)
