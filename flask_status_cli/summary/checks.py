"""The answers of `check`: what a ledger says of the last hours, against thresholds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from flask_status_cli import classify
from flask_status_cli.model import (
    MINUTE,
    AffectedRoute,
    CheckResult,
    CheckState,
    Condition,
    Counts,
    Incident,
    Metric,
    Policy,
    Range,
    Route,
    minute_of,
    span_text,
)
from flask_status_cli.summary.excusing import excusing
from flask_status_cli.summary.instant import newest_entry
from flask_status_cli.summary.ledger import Ledger
from flask_status_cli.summary.traffic import Selection, Statuses, read_recent, shown_as

STATES: Mapping[Condition, CheckState] = {
    Condition.OPERATIONAL: CheckState.OK,
    Condition.PARTIAL_OUTAGE: CheckState.WARNING,
    Condition.MAJOR_OUTAGE: CheckState.CRITICAL,
}
"""The state of a service in each condition, where no threshold is given."""

ALL = Route("", "")
"""What stands for the sum of all routes."""

WORST_FIRST = (CheckState.CRITICAL, CheckState.WARNING, CheckState.UNKNOWN, CheckState.OK)

NO_INCIDENT = Range(Fraction(0), Fraction(0))
"""How many open incidents are well, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is no longer well; with neither, a report's own judgement decides."""

    warning: Range | None = None
    critical: Range | None = None

    def __bool__(self) -> bool:
        return self.warning is not None or self.critical is not None

    def state(self, value: Fraction) -> CheckState:
        """Return the state of a service that has this value."""
        if self.critical is not None and self.critical.alerts(value):
            return CheckState.CRITICAL
        if self.warning is not None and self.warning.alerts(value):
            return CheckState.WARNING
        return CheckState.OK


def unknown(text: str) -> CheckResult:
    """Return the answer that there is none."""
    return CheckResult(CheckState.UNKNOWN, text)


def staleness(
    ledger: Ledger, *, now: datetime, stale_after: timedelta, max_age: timedelta | None
) -> str | None:
    """Return why the data are too old to answer from, `None` where they are not.

    The last run without problems may be as old as `max_age`, else as `stale_after`; where `max_age` is given,
    so may the newest entry.
    """
    run, newest = ledger.last_good_run(), newest_entry(ledger, now=now)
    if run is None:
        return "no log has been read without problems"
    if now - run.finished_at >= (max_age or stale_after):
        return f"log not read since {_instant(run.finished_at)}"
    if newest is None:
        return "the database holds no entries"
    if max_age is not None and now - newest >= max_age:
        return f"no entry since {_instant(newest)}"
    return None


def check_availability(  # noqa: PLR0913 - what is checked, and against what
    ledger: Ledger,
    policy: Policy,
    *,
    now: datetime,
    window: timedelta,
    selection: Selection,
    each: bool,
    thresholds: Thresholds,
) -> CheckResult:
    """Return whether enough requests succeeded in the last `window`, which ends with the newest entry.

    With `each`, every route of the selection is judged for itself and the worst decides; else their sum is.
    """
    newest, span = newest_entry(ledger, now=now), span_text(window)
    if newest is None or now - newest >= window:
        return unknown(f"no entry in the last {span}")
    known = ledger.routes()
    shown = shown_as(known, known, selection, policy)
    traffic = read_recent(excusing(ledger), window // MINUTE, newest=minute_of(newest), shown=shown)
    found = _by_route(traffic, policy) if each else {ALL: _sum(traffic, policy)}
    judged = {route: counts for route, counts in found.items() if counts.valid}
    if not judged:
        what = "no request to a route that was asked for" if each else "no request to judge"
        return unknown(f"{what} in the last {span}")
    states = {
        route: _state(counts, policy, thresholds, rule=route.rule)
        for route, counts in judged.items()
    }
    metrics = tuple(
        _availability(route, counts, policy, thresholds) for route, counts in judged.items()
    )
    if each:
        return CheckResult(*_worst(judged, states, span), metrics)
    [counts] = judged.values()
    requests = Metric("requests", str(counts.valid))
    return CheckResult(states[ALL], f"{_share(counts)} in the last {span}", (*metrics, requests))


def check_incidents(incidents: Iterable[Incident], *, thresholds: Thresholds) -> CheckResult:
    """Return whether any incident is open, false alarms left out."""
    found = [each for each in incidents if each.open and not (each.note and each.note.false_alarm)]
    limits = thresholds or Thresholds(critical=NO_INCIDENT)
    metric = Metric("incidents", str(len(found)), "", limits.warning, limits.critical)
    state = limits.state(Fraction(len(found)))
    if not found:
        return CheckResult(state, "no open incident", (metric,))
    many = "1 open incident" if len(found) == 1 else f"{len(found)} open incidents"
    first = found[0]
    codes = ", ".join(map(str, first.statuses))
    text = (
        f"{many}: {_where(first)} since {_instant(first.start)}, "
        f"{first.failures:,} of {first.valid:,} requests failed ({codes})"
    )
    return CheckResult(state, text, (metric,))


def _by_route(traffic: Mapping[Route, Statuses], policy: Policy) -> dict[Route, Counts]:
    return {
        route: classify.judge(traffic[route], policy, rule=route.rule)
        for route in sorted(traffic, key=lambda route: (route.label, route.rule))
    }


def _sum(traffic: Mapping[Route, Statuses], policy: Policy) -> Counts:
    parts = (
        classify.judge_for_total(each, policy, rule=route.rule) for route, each in traffic.items()
    )
    return sum(parts, Counts())


def _state(counts: Counts, policy: Policy, thresholds: Thresholds, *, rule: str) -> CheckState:
    if thresholds:
        return thresholds.state(Fraction(counts.success * 100, counts.valid))
    return STATES[classify.condition(counts, policy, rule=rule)]


def _availability(route: Route, counts: Counts, policy: Policy, thresholds: Thresholds) -> Metric:
    own = classify.of_route(policy, route.rule)
    limits = thresholds or Thresholds(
        Range(own.operational * 100, None), Range(own.major * 100, None)
    )
    text = classify.availability_text(counts) or ""
    label = "availability" if route is ALL else name_of(route)
    return Metric(label, text.rstrip("%"), "%", limits.warning, limits.critical, most="100")


def _worst(
    judged: Mapping[Route, Counts], states: Mapping[Route, CheckState], span: str
) -> tuple[CheckState, str]:
    """Return the worst state, and a sentence that names the worst route."""
    worst = min(states.values(), key=WORST_FIRST.index)
    routes = sorted(
        (route for route in judged if states[route] is worst),
        key=lambda route: Fraction(judged[route].success, judged[route].valid),
    )
    first = f"{name_of(routes[0])} {_share(judged[routes[0]])} in the last {span}"
    if worst is CheckState.OK:
        return worst, first if len(judged) == 1 else f"{len(judged)} routes, the lowest: {first}"
    more = len(routes) - 1
    return worst, first + (f", and {more} more route{'s' if more > 1 else ''}" if more else "")


def _share(counts: Counts) -> str:
    text = classify.availability_text(counts)
    return f"availability {text}: {counts.success:,} of {counts.valid:,} requests succeeded"


def _where(incident: Incident) -> str:
    names = [name_of(each) for each in incident.routes]
    if len(names) == 1:
        return names[0]
    more = len(names) - 1
    return f"{names[0]} and {more} more route{'s' if more > 1 else ''}"


def name_of(route: Route | AffectedRoute) -> str:
    """Return what a route is called: its rule, behind its label if it has one."""
    return f"{route.label}: {route.rule}" if route.label else route.rule


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
