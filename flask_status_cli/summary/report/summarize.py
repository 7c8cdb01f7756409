"""Makes the status summary of a report from a ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from flask_status_cli.model import (
    MINUTES_PER_QUARTER,
    Condition,
    DataSpan,
    GroupBy,
    Headline,
    Incident,
    Maintenance,
    PathFailures,
    Policy,
    ReportDays,
    Route,
    StatusSummary,
    instant_of,
    zone_name,
)
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.routes import group_of_routes
from flask_status_cli.summary import problems
from flask_status_cli.summary.calendar import Day, day_bounds
from flask_status_cli.summary.error_budget import Budgets
from flask_status_cli.summary.incidents.find_incidents import search_incidents
from flask_status_cli.summary.ledger.busy_paths import (
    UnansweredPaths,
    busy_paths,
    with_path,
)
from flask_status_cli.summary.ledger.excused_requests import excusing_ledger
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.maintenance import concerns
from flask_status_cli.summary.problems import hints
from flask_status_cli.summary.report.current_state import CurrentState, Outages
from flask_status_cli.summary.report.data_span import data_span
from flask_status_cli.summary.report.deploys import with_deploys
from flask_status_cli.summary.report.folded_rows import as_rows, selected, with_busiest
from flask_status_cli.summary.report.groups import in_groups
from flask_status_cli.summary.report.route_detail import DetailReader
from flask_status_cli.summary.report.row_order import FIRST_ROWS, RowView, in_order
from flask_status_cli.summary.report.rows import Judge, judge_of
from flask_status_cli.summary.report.traffic import (
    RouteSelection,
    Traffic,
    add_declared,
    by_shown_route,
    read_traffic,
)
from flask_status_cli.summary.report_time import log_freshness

STALE_AFTER = timedelta(minutes=15)
"""The log counts as not read if the last run without problems ended this long ago."""


def summarize(  # noqa: PLR0913 - these are the choices of one report, all but the ledger by name
    ledger: Ledger,
    *,
    now: datetime,
    zone: tzinfo,
    days: int,
    policy: Policy,
    only: Sequence[str] = (),
    exclude: Sequence[str] = (),
    details: bool = False,
    stale_after: timedelta = STALE_AFTER,
    groups: GroupBy = GroupBy.NONE,
    one: tuple[str, str] | None = None,
    view: RowView = FIRST_ROWS,
    given: bool = True,
    unanswered: UnansweredPaths | None = None,
) -> StatusSummary:
    """Return the status in the last `days` calendar days of `zone`, the last of which is the day of `now`.

    `only` and `exclude` are globs on the rule. `one` is the label and rule of the only route to show. `view`
    says how routes are shown, `groups` how they are grouped. `details` adds details of routes with failures,
    or of the `one` route. The log counts as not read if this is `stale_after` ago. `given` says that the user
    gave `now`; otherwise, the present state is that of the last run. `unanswered` has paths without a route.
    """
    bounds = day_bounds(now, zone, days)
    data = data_span(ledger, now=now, days=bounds, stale_after=stale_after, given=given)
    marked, known, traffic, busy = _read(ledger, unanswered, data, bounds, one)
    selection = RouteSelection(tuple(only), tuple(exclude), one=one)
    read = log_freshness(ledger, now=now, stale_after=stale_after)
    found = search_incidents(ledger, policy, newest=data.last, read=read, shows=selection.some)
    outages = Outages.of(found)
    numbers = as_rows(traffic, known, selection, view, policy=policy, opened=outages.opened)
    shown = by_shown_route(traffic, numbers)
    present = CurrentState(marked, policy, data.as_of, outages).set_states(shown, numbers)
    judge = judge_of(policy, data, bounds)
    budgets = Budgets.read(marked, policy, newest=data.last, shown=numbers)
    judged = with_busiest((judge.row(*each) for each in shown.items()), numbers, known, traffic)
    total, judged = budgets.of(judge.total(shown, present), judged, shown)
    routes, grouped = in_groups(in_order(judged, view), group_of_routes(shown, groups))
    summary = StatusSummary(
        generated_at=now.astimezone(UTC),
        zone=zone,
        timezone=zone_name(zone, at=now),
        window=ReportDays(days, bounds[0].date, bounds[-1].date),
        policy=policy,
        data=_complete(ledger, data, traffic, now, stale_after),
        total=total,
        routes=routes,
        hints=tuple(hints(routes, shown, policy, ungrouped=None if grouped else groups, busy=busy)),
        incidents=tuple(each for each in found.incidents if _touches(each, bounds)),
        maintenance=tuple(_maintenance(ledger, bounds, shown)),
        groups=grouped,
        headline=_headline(judge, shown, total.now if present else Condition.NO_DATA),
        given=given,
    )
    every = selected(known, known, selection, outages.opened)
    summary = with_deploys(marked, summary, every, since=_first_instant(bounds))
    reader = DetailReader(marked, judge, now, zone, days=bounds, traffic=shown, numbers=numbers)
    of_routes = reader.details(summary, every=one is not None) if details else ()
    return replace(summary, details=tuple(of_routes))


def _read(
    ledger: Ledger,
    unanswered: UnansweredPaths | None,
    data: DataSpan,
    days: Sequence[Day],
    one: RouteKey | None,
) -> tuple[Ledger, Mapping[int, Route], dict[int, Traffic], Sequence[PathFailures]]:
    """Return the ledger to read, its routes, the requests of each of them, and busy paths for a hint.

    The `one` path that is wanted is a route of the ledger, even if it never answered. Declared routes without
    requests are included.
    """
    if unanswered is not None and one is not None:
        ledger = with_path(ledger, unanswered, one)
    marked, known = excusing_ledger(ledger), ledger.routes()
    traffic = read_traffic(marked, days=days, until=data.as_of)
    add_declared(traffic, known, one=one)
    if unanswered is None:
        return marked, known, traffic, ()
    requests = {number: each.requests for number, each in traffic.items()}
    minutes = days[0].start * MINUTES_PER_QUARTER, days[-1].end * MINUTES_PER_QUARTER
    return marked, known, traffic, busy_paths(unanswered, known, requests, minutes=minutes)


def _headline(judge: Judge, shown: Mapping[Route, Traffic], site: Condition) -> Headline:
    """Return the headline. `site` is the state of all routes in the last hour, No Data without incidents."""
    return Headline.of((judge.standing(*each) for each in shown.items()), total=site)


def _complete(
    ledger: Ledger,
    data: DataSpan,
    traffic: Mapping[int, Traffic],
    now: datetime,
    stale_after: timedelta,
) -> DataSpan:
    """Return `data` with the number of entries, and with its problems."""
    data = replace(data, entries=sum(each.requests for each in traffic.values()))
    run, clock_trust = ledger.last_run(), ledger.clock_trust()
    silent = problems.silent_hosts(ledger.hosts(), now=now, stale_after=stale_after)
    found = problems.problems(data, now=now, run=run, clock_trust=clock_trust, silent=silent)
    return replace(data, problems=tuple(found))


def _maintenance(
    ledger: Ledger, days: Sequence[Day], shown: Iterable[Route]
) -> Iterator[Maintenance]:
    for each in reversed(ledger.maintenance()):
        if _matters(each, days) and concerns(each, shown):
            yield each


def _touches(incident: Incident, days: Sequence[Day]) -> bool:
    """Return whether an incident lies at least partly in the window."""
    start, end = (instant_of(q * MINUTES_PER_QUARTER) for q in (days[0].start, days[-1].end))
    return incident.start < end and (incident.end is None or incident.end > start)


def _matters(maintenance: Maintenance, days: Sequence[Day]) -> bool:
    """Return whether a maintenance window ends after the report's window begins."""
    return maintenance.end > _first_instant(days)


def _first_instant(days: Sequence[Day]) -> datetime:
    return instant_of(days[0].start * MINUTES_PER_QUARTER)
