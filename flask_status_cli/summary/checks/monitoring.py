"""The results of `check` for availability, the present state, and incidents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from flask_status_cli import judgement
from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    MINUTE,
    OUTAGES,
    UNMATCHED,
    AffectedRoute,
    CheckResult,
    CheckState,
    Condition,
    Counts,
    Incident,
    Maintenance,
    Metric,
    Phrase,
    Policy,
    Range,
    Route,
    RouteSummary,
    StatusSummary,
    instant_of,
    minute_of,
    span_text,
)
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.model.report.phrase import Fact
from flask_status_cli.summary.ledger.excused_requests import excusing_ledger
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.maintenance import covers
from flask_status_cli.summary.problems import silent_hosts
from flask_status_cli.summary.report.traffic import RouteSelection, Statuses, read_recent, shown_as
from flask_status_cli.summary.report_time import newest_entry

STATES: Mapping[Condition, CheckState] = {
    Condition.OPERATIONAL: CheckState.OK,
    Condition.PARTIAL_OUTAGE: CheckState.WARNING,
    Condition.MAJOR_OUTAGE: CheckState.CRITICAL,
    Condition.NO_DATA: CheckState.UNKNOWN,
}
"""The state that `check` returns for each condition, if no threshold is given."""

NAMED = 3
"""A result names at most this many routes, or hosts."""

LONGEST_NAME = 60
"""The longest name of a route that a result shows in full, in characters."""

ALL = Route("", "")
"""The route that stands for the sum of all routes."""

WORST_FIRST = (CheckState.CRITICAL, CheckState.WARNING, CheckState.UNKNOWN, CheckState.OK)

NO_INCIDENT = Range(Fraction(0), Fraction(0))
"""The default range of good values: no open incident."""


@frozen
class Thresholds:
    """The thresholds of a check. If none is given, the present state decides."""

    warning: Range | None = None
    critical: Range | None = None

    def __bool__(self) -> bool:
        return self.warning is not None or self.critical is not None

    def state(self, value: Fraction) -> CheckState:
        """Return the state for a value."""
        if self.critical is not None and self.critical.alerts(value):
            return CheckState.CRITICAL
        if self.warning is not None and self.warning.alerts(value):
            return CheckState.WARNING
        return CheckState.OK


def unknown(text: Phrase) -> CheckResult:
    """Return an UNKNOWN result."""
    return CheckResult(CheckState.UNKNOWN, text)


def staleness(
    ledger: Ledger, *, now: datetime, stale_after: timedelta, max_age: timedelta | None
) -> Phrase | None:
    """Return why the data are too old for a check, `None` if they are not.

    The data are too old if the last run without problems ended `max_age` ago, or `stale_after` ago if no
    `max_age` is given. If it is given, they are also too old if the newest entry is that old.
    """
    run, newest = ledger.last_good_run(), newest_entry(ledger, now=now)
    if run is None:
        return Phrase("check.never_read")
    if now - run.finished_at >= (max_age or stale_after):
        return Phrase("check.not_read", since=run.finished_at)
    lost = ledger.not_understood(now)
    if lost is not None:
        return Phrase("check.not_understood", since=instant_of(lost))
    if newest is None:
        return Phrase("check.empty")
    if max_age is not None and now - newest >= max_age:
        return Phrase("check.old", since=newest)
    return None


@frozen
class MeasuredRequests:
    """The requests of the last `window`, by route or as the sum `ALL`. `measure` makes it.

    `judged` has the counts of routes with judged requests. If there are none, `missing` says why.
    """

    window: timedelta
    judged: Mapping[Route, Counts]
    missing: Phrase | None = None

    @property
    def span(self) -> str:
        """The window in words."""
        return span_text(self.window)


def measure(  # noqa: PLR0913 - what is measured, all but the ledger and the policy by name
    ledger: Ledger,
    policy: Policy,
    *,
    now: datetime,
    window: timedelta,
    selection: RouteSelection,
    each: bool,
) -> MeasuredRequests:
    """Return the requests of the `window` that ends with the newest entry.

    With `each`, they are counted for each selected route, otherwise for all of them together.
    """
    newest, span = newest_entry(ledger, now=now), span_text(window)
    if newest is None or now - newest >= window:
        return MeasuredRequests(window, {}, Phrase("check.no_entry", span=span))
    known = ledger.routes()
    shown = shown_as(known, known, selection)
    traffic = read_recent(
        excusing_ledger(ledger), window // MINUTE, newest=minute_of(newest), shown=shown
    )
    found = _by_route(traffic, policy) if each else {ALL: _sum(traffic, policy)}
    judged = {route: counts for route, counts in found.items() if counts.valid}
    missing = Phrase("check.no_request" if each else "check.no_judged", span=span)
    return MeasuredRequests(window, judged, None if judged else missing)


def check_availability(found: MeasuredRequests, *, thresholds: Thresholds) -> CheckResult:
    """Return whether enough requests succeeded. If several routes are checked, the worst one decides."""
    if found.missing is not None:
        return unknown(found.missing)
    states = {
        route: thresholds.state(Fraction(counts.success * 100, counts.valid))
        for route, counts in found.judged.items()
    }
    metrics = metrics_of(found, thresholds)
    if ALL not in found.judged:
        return CheckResult(*_worst(found.judged, states, found.span), metrics)
    return CheckResult(states[ALL], _share_of_all(found), metrics)


def check_now(summary: StatusSummary, said: str, found: MeasuredRequests) -> CheckResult:
    """Return the present state with the availability.

    `summary` must be made with server errors as the only failures. `said` is its headline.
    """
    headline, metrics = summary.headline, metrics_of(found, Thresholds())
    if not headline.routes and headline.stray is None:
        return unknown(found.missing or Phrase("check.no_route"))
    names = _failing(summary)
    text: Phrase | str = Phrase("check.named", said=said, names=names) if names else said
    if found.judged:
        share = _share_of_all(found) if ALL in found.judged else _lowest(found)
        text = Phrase("check.then", first=text, second=share)
    return CheckResult(STATES[headline.worst], text, metrics)


def in_maintenance(
    result: CheckResult, windows: Iterable[Maintenance], *, now: datetime, rules: Collection[str]
) -> CheckResult:
    """Return `result` as it counts during maintenance.

    `rules` are the rules that are checked. If all of them are in maintenance, the result is OK. If only some
    are, the state is that of the others, or OK if these have no judged requests. The text names the
    maintenance.
    """
    going = [each for each in windows if each.start <= now < each.end]
    covered = [rule for rule in rules if any(covers(each, (rule,)) for each in going)]
    if not going or not (covered or any(not each.rules for each in going)):
        return result
    until = max(each.end for each in going)
    if len(covered) == len(rules) or result.state is CheckState.UNKNOWN:
        text = Phrase("check.maintenance", until=until, said=result.text)
        return CheckResult(CheckState.OK, text, result.metrics)
    text = Phrase("check.partly", len(covered), until=until, said=result.text)
    return CheckResult(result.state, text, result.metrics)


def with_silent_hosts(
    result: CheckResult, hosts: Iterable[Host], *, now: datetime, stale_after: timedelta
) -> CheckResult:
    """Return `result` with the names of the hosts whose logs are not read.

    OK becomes WARNING, because the figures are only those of the other hosts. Other states stay.
    """
    silent = [_silence(each) for each in silent_hosts(hosts, now=now, stale_after=stale_after)]
    if not silent:
        return result
    text = Phrase("check.then", first=result.text, second=_first_few(silent))
    state = CheckState.WARNING if result.state is CheckState.OK else result.state
    return CheckResult(state, text, result.metrics)


def _silence(host: Host) -> Phrase:
    if host.good_at is None:
        return Phrase("check.host.never", host=host.name)
    return Phrase("check.host", host=host.name, since=host.good_at)


def _first_few(listed: Sequence[Fact]) -> Fact:
    """Return the first `NAMED` of some facts, and how many more there are."""
    named, more = tuple(map(_not_too_long, listed[:NAMED])), len(listed) - NAMED
    return Phrase("check.and_more", more, named=named) if more > 0 else named


def _not_too_long(name: Fact) -> Fact:
    """Return a name without its middle if it is longer than `LONGEST_NAME`."""
    if not isinstance(name, str) or len(name) <= LONGEST_NAME:
        return name
    half = LONGEST_NAME // 2
    return f"{name[: half - 1]}…{name[-half:]}"


def check_incidents(incidents: Iterable[Incident], *, thresholds: Thresholds) -> CheckResult:
    """Return whether any incident is open. Those marked as a false alarm do not count."""
    found = [each for each in incidents if each.going and not (each.note and each.note.false_alarm)]
    limits = thresholds or Thresholds(critical=NO_INCIDENT)
    metric = Metric("incidents", str(len(found)), "", limits.warning, limits.critical)
    state = limits.state(Fraction(len(found)))
    if not found:
        return CheckResult(state, Phrase("check.no_incident"), (metric,))
    first = found[0]
    failed = Phrase(
        "check.failed",
        first.failures,
        valid=first.valid,
        codes=tuple(map(str, first.statuses)),
    )
    text = Phrase(
        "check.incident",
        len(found),
        where=_where(first),
        since=first.start,
        said=(*_deployed(first), failed),
    )
    return CheckResult(state, text, (metric,))


def _by_route(traffic: Mapping[Route, Statuses], policy: Policy) -> dict[Route, Counts]:
    return {
        route: judgement.judge(traffic[route], policy, rule=route.rule)
        for route in sorted(traffic, key=lambda route: (route.label, route.rule))
    }


def _sum(traffic: Mapping[Route, Statuses], policy: Policy) -> Counts:
    parts = (judgement.judge(each, policy, rule=route.rule) for route, each in traffic.items())
    return sum(parts, Counts())


def metrics_of(found: MeasuredRequests, thresholds: Thresholds) -> tuple[Metric, ...]:
    """Return the availability of each judged route. For the sum of all, also return the requests."""
    metrics = [_availability(route, counts, thresholds) for route, counts in found.judged.items()]
    if ALL in found.judged:
        metrics.append(Metric("requests", str(found.judged[ALL].valid)))
    return tuple(metrics)


def _availability(route: Route, counts: Counts, limits: Thresholds) -> Metric:
    text = judgement.availability_text(counts) or ""
    label = "availability" if route is ALL else name_of(route)
    return Metric(label, text.rstrip("%"), "%", limits.warning, limits.critical, most="100")


def _failing(summary: StatusSummary) -> Fact:
    """Return the names of the routes in the worst state, for example `/pay, /cart and 2 more`.

    Return "" if all routes are in this state, or if none has an outage.
    """
    failing = {row.now for row in summary.routes if row.rule != UNMATCHED}
    worst = next((state for state in OUTAGES if state in failing), None)
    names = [name_of(row) for row in summary.routes if row.now is worst and row.rule != UNMATCHED]
    if not names or len(names) == summary.headline.routes > 1:
        return ""
    return _first_few(names)


def _share_of_all(found: MeasuredRequests) -> Phrase:
    return _share(found.judged[ALL], found.span)


def _lowest(found: MeasuredRequests) -> Phrase:
    """Return a phrase with the lowest availability, and the route that has it."""
    route = min(
        found.judged,
        key=lambda each: Fraction(found.judged[each].success, found.judged[each].valid),
    )
    lowest = Phrase("check.of", name=name_of(route), said=_share(found.judged[route], found.span))
    return lowest if len(found.judged) == 1 else Phrase("check.lowest", said=lowest)


def _worst(
    judged: Mapping[Route, Counts], states: Mapping[Route, CheckState], span: str
) -> tuple[CheckState, Phrase]:
    """Return the worst state, and a sentence that names the worst route."""
    worst = min(states.values(), key=WORST_FIRST.index)
    routes = sorted(
        (route for route in judged if states[route] is worst),
        key=lambda route: Fraction(judged[route].success, judged[route].valid),
    )
    said = _share(judged[routes[0]], span)
    first = Phrase("check.of", name=name_of(routes[0]), said=said)
    if worst is CheckState.OK:
        lowest = Phrase("check.routes", len(judged), said=Phrase("check.lowest", said=first))
        return worst, first if len(judged) == 1 else lowest
    more = len(routes) - 1
    return worst, Phrase("check.more", more, said=first) if more else first


def _share(counts: Counts, span: str) -> Phrase:
    return Phrase(
        "check.share",
        availability=judgement.availability_text(counts) or "",
        success=counts.success,
        valid=counts.valid,
        span=span,
    )


def _where(incident: Incident) -> Fact:
    names = [name_of(each) for each in incident.routes]
    if len(names) == 1:
        return names[0]
    return Phrase("incident.routes", len(names) - 1, routes=names[0])


def _deployed(incident: Incident) -> Iterator[Phrase]:
    """Yield how long after a deploy an incident began, if a deploy was shortly before it."""
    minutes = incident.minutes_after_deploy
    if incident.deploy is None or minutes is None:
        return
    version = incident.deploy.version
    if minutes:
        yield Phrase("deploy.began", minutes=minutes, version=version)
    else:
        yield Phrase("deploy.began_with", version=version)


def name_of(route: Route | AffectedRoute | RouteSummary) -> str:
    """Return `LABEL: RULE` of a route, or only its rule if it has no label."""
    return f"{route.label}: {route.rule}" if route.label else route.rule
