"""Reads results from the database: the status summary, raw counts, and the contents of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask_status_cli import judgement, summary
from flask_status_cli.frozen import frozen
from flask_status_cli.model import DatabaseInfo, GroupBy, MinuteCount, StatusSummary, Stretch
from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.model.latency import DurationCount
from flask_status_cli.model.settings import PolicySettings
from flask_status_cli.model.times import Clock
from flask_status_cli.store import Ledger


@frozen
class ReportOptions:
    """What to report.

    - `zone`: the time zone of the days.
    - `days`: the number of calendar days, up to the day of `now`.
    - `now`: an instant as text, `"last"`, or `None` for the time of the clock.
    - `policy`: how requests are judged.
    - `only`, `exclude`: globs on the rule that select the routes.
    - `group`: whether to fold the pages below a crowded parent, except rules that match `keep`.
    - `details`: whether to add details of routes with failures.
    - `stale_after`: how long the log may be unread before it counts as not read.
    - `groups`: by what routes are grouped.
    - `one`: the label and rule of the only route to show.
    - `rows`: how many rows are shown.
    - `show_all`: whether to show all rows.
    - `wait`: how many seconds to wait while another program locks the database.
    """

    database: Database
    zone: ZoneInfo
    days: int = 30
    now: str | None = None
    policy: PolicySettings = field(default_factory=PolicySettings)
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    group: bool = True
    details: bool = False
    stale_after: timedelta = summary.STALE_AFTER
    groups: GroupBy = GroupBy.NONE
    one: tuple[str, str] | None = None
    rows: int = summary.ROWS
    show_all: bool = False
    keep: tuple[str, ...] = ()
    wait: float = 5.0


def summarize(options: ReportOptions, *, clock: Clock) -> StatusSummary:
    """Return the status summary that every output format shows. Raises `DatabaseError`, `OptionError`."""
    policy = judgement.policy(options.policy)

    def work(ledger: Ledger) -> StatusSummary:
        now = summary.resolve_now(options.now, ledger, clock, zone=options.zone)
        return summary.summarize(
            summary.with_failing(ledger, policy, now=now),
            now=now,
            zone=options.zone,
            days=options.days,
            policy=policy,
            only=options.only,
            exclude=options.exclude,
            details=options.details,
            stale_after=options.stale_after,
            groups=options.groups,
            one=options.one,
            view=summary.RowView(options.rows, options.show_all, options.group, options.keep),
            given=options.now is not None,
            unanswered=ledger,
        )

    return Ledger.read(options.database, work, busy_timeout=options.wait)


@contextmanager
def counts(database: Database, by: Stretch) -> Iterator[tuple[Iterator[MinuteCount], int | None]]:
    """Yield an iterator of the raw counts, and the epoch minute from which on minutes are complete."""
    with Ledger.open(database) as ledger:
        yield ledger.counts(by), ledger.complete_from() if by == "minute" else None


@contextmanager
def duration_counts(database: Database, *, by_day: bool) -> Iterator[Iterator[DurationCount]]:
    """Yield an iterator of the counts of how long requests took, by hour or by day."""
    with Ledger.open(database) as ledger:
        yield ledger.duration_counts(by_day=by_day)


def database_info(database: Database) -> DatabaseInfo:
    """Return the figures of `db info`."""
    return Ledger.read(database, Ledger.info)


def state_of(database: Database) -> object:
    """Return a value that differs by `==` after the database file was written or replaced.

    For a PostgreSQL database it is always `None`, because only the server would know.
    """
    if isinstance(database, DatabaseUrl):
        return None
    try:
        found = database.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
