"""Finds problems of the data that a report must mention. Each output format puts them into words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from flask_status_cli import judgement
from flask_status_cli.model import (
    UNMATCHED,
    DataSpan,
    GroupBy,
    Origin,
    Outcome,
    PathFailures,
    Policy,
    Route,
    RouteSummary,
    Run,
)
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.model.report.problems import (
    AfterTheReport,
    ClockDoubted,
    Hint,
    HostSilent,
    InTheFuture,
    MostlyNotFound,
    NoBlueprints,
    NoEntries,
    NotUnderstood,
    Problem,
    RunProblems,
    UnmatchedErrors,
    UnmatchedPaths,
)
from flask_status_cli.model.trusted_clock import ClockTrust
from flask_status_cli.summary.report.traffic import Traffic

NOT_UNDERSTOOD = Fraction(1, 100)
"""A report mentions refused lines if they are more than this share of the refused lines and entries."""


PATHS_NAMED = 3
"""A hint names at most this many paths in `<unmatched>`."""


def problems(
    data: DataSpan,
    *,
    now: datetime,
    run: Run | None,
    clock_trust: ClockTrust | None = None,
    silent: Iterable[Host] = (),
) -> Iterator[Problem]:
    """Yield the problems of the data of a report.

    `run` is the last run, `clock_trust` the clock that pruning trusts, `silent` the hosts that do not read.
    """
    if not data.entries:
        yield NoEntries(newest=data.last, oldest=data.first)
    if run is not None and run.problems:
        yield RunProblems(len(run.problems))
    read = data.refused + data.entries
    if data.refused * NOT_UNDERSTOOD.denominator > read * NOT_UNDERSTOOD.numerator:
        yield NotUnderstood(data.refused, read)
    if data.future and data.future_until:
        past = run is not None and run.finished_at > now
        kind = AfterTheReport if past else InTheFuture
        yield kind(data.future, data.future_until)
    if clock_trust is not None and clock_trust.ahead and clock_trust.doubted is not None:
        yield ClockDoubted(clock_trust.doubted, clock_trust.trusted)
    for host in silent:
        yield HostSilent(host.name, host.good_at)


def silent_hosts(hosts: Iterable[Host], *, now: datetime, stale_after: timedelta) -> Iterator[Host]:
    """Yield the hosts that have not read their logs for `stale_after`. Leave out retired hosts."""
    for host in hosts:
        since = host.seen_at if host.good_at is None else host.good_at
        if not host.retired and since <= now - stale_after:
            yield host


def hints(
    rows: Collection[RouteSummary],
    shown: Mapping[Route, Traffic],
    policy: Policy,
    *,
    ungrouped: GroupBy | None = None,
    busy: Sequence[PathFailures] = (),
) -> Iterator[Hint]:
    """Yield hints for the reader: most failures are 404s; `<unmatched>` has server errors, or busy paths.

    `busy` are the busiest paths in `<unmatched>`.
    `ungrouped` is how the report should be grouped if no group was found. Blueprints then get a hint, too.
    """
    if ungrouped is GroupBy.BLUEPRINT and shown:
        yield NoBlueprints()
    failures = sum(row.counts.failure for row in rows)
    not_found = sum(
        traffic.statuses().get(404, 0)
        for route, traffic in shown.items()
        if judgement.outcome(404, policy, rule=route.rule) is Outcome.FAILURE
    )
    if not_found * 2 > failures:
        yield MostlyNotFound(not_found * 100 // failures)
    errors = sum(row.counts.failure for row in rows if row.rule == UNMATCHED)
    if errors:
        yield UnmatchedErrors(errors, synced=any(route.origin is Origin.APP for route in shown))
    unmatched = sum(row.counts.requests for row in rows if row.rule == UNMATCHED)
    if busy and unmatched:
        share = unmatched * 100 // sum(row.counts.requests for row in rows)
        yield UnmatchedPaths(tuple(busy[:PATHS_NAMED]), share)
