"""Checks how long requests took: compares a percentile with limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction

from flask_status_cli.model import (
    CheckResult,
    CheckState,
    Metric,
    Phrase,
    Range,
    Route,
    instant_of,
    minute_of,
)
from flask_status_cli.model.duration_buckets import MINUTES_PER_HOUR
from flask_status_cli.model.latency import NOT_LOGGED, Latency, LatencyLimits
from flask_status_cli.model.times import span_text
from flask_status_cli.summary.checks.monitoring import (
    ALL,
    WORST_FIRST,
    Thresholds,
    name_of,
    unknown,
)
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.report.traffic import RouteSelection, shown_as
from flask_status_cli.summary.report_time import newest_entry

MS = 1000
"""The number of microseconds in a millisecond."""


def _up_to(limit: timedelta | None) -> Range | None:
    if limit is None:
        return None
    return Range(Fraction(0), Fraction(limit // timedelta(microseconds=1), MS))


def check_latency(  # noqa: PLR0913 - what is checked, all but ledger and limits by name
    ledger: Ledger,
    limits: LatencyLimits,
    *,
    now: datetime,
    window: timedelta,
    selection: RouteSelection,
    each: bool,
) -> CheckResult:
    """Return whether requests were quick enough in the last `window`.

    With `each`, every route is checked and the worst one decides. Otherwise all routes are checked together.
    Durations are stored by the hour, so whole UTC hours that cover the window are checked.
    """
    newest = newest_entry(ledger, now=now)
    if newest is None or now - newest >= window:
        return unknown(Phrase("check.no_entry", span=span_text(window)))
    start = minute_of(newest - window + timedelta(minutes=1)) // MINUTES_PER_HOUR
    end = minute_of(newest) // MINUTES_PER_HOUR + 1
    since = instant_of(start * MINUTES_PER_HOUR)
    found = _measured(ledger, start, end, selection=selection, each=each)
    if not found:
        return unknown(Phrase("check.no_latency", since=since))
    thresholds = Thresholds(_up_to(limits.warning), _up_to(limits.critical))
    values = {route: _milliseconds(took, limits.percent) for route, took in found.items()}
    states = {route: thresholds.state(value) for route, value in values.items()}
    n = sum(took.n for took in found.values())
    percent = f"p{limits.percent}"
    state, text = _sentence(values, states, Phrase("check.of_requests", n, p=percent, since=since))
    metrics = tuple(_metric(route, values[route], limits.percent, thresholds) for route in found)
    return CheckResult(state, text, metrics)


def _measured(
    ledger: Ledger, start: int, end: int, *, selection: RouteSelection, each: bool
) -> dict[Route, Latency]:
    known = ledger.routes()
    shown = shown_as(known, known, selection)
    found: dict[Route, Latency] = {}
    for number, bucket, requests in ledger.durations(start, end):
        if number in shown:
            route = shown[number] if each else ALL
            found[route] = found.get(route, NOT_LOGGED) + Latency({bucket: requests})
    timed = {route: took for route, took in found.items() if took.n}
    return dict(sorted(timed.items(), key=lambda item: (item[0].label, item[0].rule)))


def _milliseconds(took: Latency, percent: int) -> Fraction:
    return Fraction(took.percentile(percent) or 0, MS)


def _sentence(
    values: Mapping[Route, Fraction], states: Mapping[Route, CheckState], of: Phrase
) -> tuple[CheckState, Phrase]:
    """Return the worst state, and a sentence that names the slowest route in it."""
    worst = min(states.values(), key=WORST_FIRST.index)
    routes = [route for route in values if states[route] is worst]
    first = max(routes, key=values.__getitem__)
    took = Phrase("check.took", took=f"{float(values[first]):g} ms", of=of)
    if first is ALL:
        return worst, took
    others, slowest = len(routes) - 1, Phrase("check.of", name=name_of(first), said=took)
    if others and worst is CheckState.OK:
        of_all = Phrase("check.slowest", said=slowest)
        return worst, Phrase("check.routes", len(routes), said=of_all)
    return worst, Phrase("check.more", others, said=slowest) if others else slowest


def _metric(route: Route, value: Fraction, percent: int, limits: Thresholds) -> Metric:
    label = f"p{percent}" if route is ALL else name_of(route)
    return Metric(label, f"{float(value):g}", "ms", limits.warning, limits.critical)
