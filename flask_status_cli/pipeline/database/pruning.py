"""Prunes the database: stores the closed episodes of old minutes, then deletes these minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask_status_cli.errors import ServerAwayError
from flask_status_cli.frozen import frozen
from flask_status_cli.model import minute_of
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.minute_counts import quarter_start
from flask_status_cli.model.pruning import KEPT_BEFORE, Pruned, Pruning
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.model.settings import PolicySettings, Retention
from flask_status_cli.model.times import MINUTES_PER_DAY, Clock
from flask_status_cli.store import Ledger, LockBusy, Store

PRUNING_TIME = timedelta(seconds=5)
"""An ingest prunes for at most this long. The next ingest continues."""


@frozen
class PruneOptions:
    """What to prune.

    - `retention`: how long counts are kept.
    - `policy`: how incidents are found. Their minutes are kept longer.
    - `wait`: how many seconds to wait for the lock.
    - `believe_clock`: whether to trust the clock, however far it jumped.
    """

    database: Database
    retention: Retention
    policy: PolicySettings
    wait: float = 10.0
    believe_clock: bool = False


def prune(options: PruneOptions, *, clock: Clock) -> Pruned:
    """Prune everything at once, and shrink the file. Raises `DatabaseError`."""
    wait_limits = ServerWaitLimits(options.wait)
    with Store.open(options.database, create=False, clock=clock, wait_limits=wait_limits) as store:
        if options.believe_clock:
            with store.locked(wait=options.wait):
                store.believe_clock()
        gone = _prune(store, options, now=clock(), go_on=lambda: True)
        with store.locked(wait=options.wait):
            store.shrink()
    return gone


def prune_for_a_while(store: Store, options: PruneOptions, *, clock: Clock) -> None:
    """Prune for a few seconds. The next call continues.

    Do nothing if another ingest holds the lock, or if the database server is away: an ingest must not fail
    for this reason after its counts are stored.
    """
    until = clock() + PRUNING_TIME
    try:
        _prune(store, options, now=clock(), go_on=lambda: clock() < until)
    except (LockBusy, ServerAwayError):
        return


def _prune(
    store: Store, options: PruneOptions, *, now: datetime, go_on: Callable[[], bool]
) -> Pruned:
    clock_trust = store.clock_trust()
    now = now if clock_trust is None else clock_trust.for_pruning(now)
    pruning = _what_to_prune(options, now=now)
    if pruning is None:
        return Pruned(None)
    steps = store.prune(pruning)
    gone = Pruned(pruning.minutes, done=False)
    while not gone.done and go_on():
        with store.locked(wait=options.wait):
            gone = next(steps)
    return gone


def _what_to_prune(options: PruneOptions, *, now: datetime) -> Pruning | None:
    """Return what may be deleted, `None` if the database is empty.

    The horizon is counted back from `now` or from the newest entry that is not in the future, whichever is
    older. So a wrong clock deletes nothing, and an archive is judged by its own time.
    """
    from flask_status_cli import judgement, summary

    def work(ledger: Ledger) -> Pruning | None:
        newest = summary.newest_entry(ledger, now=now)
        if newest is None:
            return None
        latest = min(minute_of(now), minute_of(newest))
        policy = judgement.policy(options.policy)
        closed = summary.close_episodes(
            summary.with_failing(ledger, policy, now=now),
            policy,
            newest=minute_of(newest),
            horizon=latest - options.retention.minutes * MINUTES_PER_DAY,
        )
        days = options.retention.days
        quarters = None if days is None else quarter_start(latest - days * MINUTES_PER_DAY)
        return Pruning(closed.since - KEPT_BEFORE, quarters, closed)

    return Ledger.read(options.database, work)
