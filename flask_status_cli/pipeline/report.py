"""Makes results from the database: the status summary, the raw counts, the contents of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask_status_cli import judgement, summary
from flask_status_cli.model import DatabaseInfo, GroupBy, MinuteCount, StatusSummary, Stretch
from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.model.latency import DurationCount
from flask_status_cli.model.settings import PolicySettings
from flask_status_cli.model.times import Clock
from flask_status_cli.store import Ledger


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What to report: the `days` calendar days of `zone` up to the one that contains `now`.

    - `now`: an instant as text, `"last"`, or `None` for the clock.
    - `policy`: how it is judged.
    - `only`, `exclude`: globs on the rule. `one`: a label and a rule, for a report on one route.
    - `group`: join crowded routes, except those that match `keep`.
    - `groups`: by what routes are grouped. `details`: add details of routes with failures.
    - `rows`, `show_all`: how many rows are shown.
    - `stale_after`: a log that was not read for this long counts as not read.
    - `wait`: how many seconds another program may hold the lock.
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
    """Return the status that every format shows; raises `DatabaseError`, `OptionError`."""
    policy = judgement.policy(options.policy)
    with Ledger.open(options.database, busy_timeout=options.wait) as ledger:
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
            view=summary.View(options.rows, options.show_all, options.group, options.keep),
            given=options.now is not None,
        )


@contextmanager
def counts(database: Database, by: Stretch) -> Iterator[tuple[Iterator[MinuteCount], int | None]]:
    """Give the raw counts one by one, and the minute from which on minutes are complete."""
    with Ledger.open(database) as ledger:
        yield ledger.counts(by), ledger.complete_from() if by == "minute" else None


@contextmanager
def duration_counts(database: Database, *, by_day: bool) -> Iterator[Iterator[DurationCount]]:
    """Give the counts of how long requests took, by hour or by day, one after the other."""
    with Ledger.open(database) as ledger:
        yield ledger.duration_counts(by_day=by_day)


def database_info(database: Database) -> DatabaseInfo:
    """Return the contents of the database."""
    with Ledger.open(database) as ledger:
        return ledger.info()


def state_of(database: Database) -> object:
    """Return a value that changes, compared by `==`, when the database is written to or replaced.

    For a PostgreSQL database it is always `None`: only the server could tell.
    """
    if isinstance(database, DatabaseUrl):
        return None
    try:
        found = database.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
