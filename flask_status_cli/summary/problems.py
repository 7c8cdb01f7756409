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
    NoData,
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
    UnjudgedRoutes,
    UnmatchedErrors,
    UnmatchedPaths,
)
from flask_status_cli.model.trusted_clock import ClockTrust
from flask_status_cli.summary.ledger.excused_requests import MARK
from flask_status_cli.summary.report.traffic import Statuses, Traffic

NOT_UNDERSTOOD = Fraction(1, 100)
"""A report mentions refused lines if they are more than this share of the refused lines and entries."""


PATHS_NAMED = 3
"""A hint names at most this many paths in `<unmatched>`, or routes."""

UNJUDGED_REQUESTS = 10
"""A hint names a route without a judged request if it had this many others in the last hour."""


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
    """Yield hints for the reader.

    They say that routes have only ignored codes now, that most failures are 404s, and that `<unmatched>` has
    server errors or busy paths. `busy` are the busiest paths in `<unmatched>`.
    `ungrouped` is how the report should be grouped if no group was found. Blueprints then get a hint, too.
    """
    if ungrouped is GroupBy.BLUEPRINT and shown:
        yield NoBlueprints()
    unjudged = sorted(_unjudged(rows, shown, policy), key=_most_requests)
    if unjudged:
        yield UnjudgedRoutes(tuple(unjudged[:PATHS_NAMED]), len(unjudged[PATHS_NAMED:]))
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


def _unjudged(
    rows: Iterable[RouteSummary], shown: Mapping[Route, Traffic], policy: Policy
) -> Iterator[PathFailures]:
    """Yield the routes that mostly succeeded before the last hour, and had only ignored codes in it.

    Requests that are excused, such as those in maintenance, are not counted.
    """
    ignored = {(row.label, row.rule) for row in rows if row.no_data is NoData.IGNORED}
    for route, traffic in shown.items():
        if route.rule == UNMATCHED or (route.label, route.rule) not in ignored:
            continue
        now = {code: n for code, n in sorted(traffic.now.items()) if code < MARK}
        if sum(now.values()) >= UNJUDGED_REQUESTS and _succeeded_before(route, traffic, policy):
            yield PathFailures(route.rule, now)


def _succeeded_before(route: Route, traffic: Traffic, policy: Policy) -> bool:
    """Return whether most requests of a route succeeded before those of its present state."""
    before: Statuses = {
        code: n - traffic.now.get(code, 0) for code, n in traffic.statuses().items()
    }
    counts = judgement.judge(before, policy, rule=route.rule)
    return counts.success * 2 > counts.requests


def _most_requests(path: PathFailures) -> tuple[int, str]:
    return -sum(path.statuses.values()), path.path
