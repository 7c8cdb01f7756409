"""Checks whether an error budget is spent too fast.

The burn rate is compared in pairs of windows, a long and a short one. A pair alerts if the rate is above its
factor in both windows. The short window ends the alert soon after the cause is gone. The pairs and factors
are those of the SRE Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from flask_status_cli import judgement
from flask_status_cli.frozen import frozen
from flask_status_cli.model import CheckResult, CheckState, Metric, Phrase, Policy, Range, Route
from flask_status_cli.summary.error_budget import Parts, burn_rate, hundredths
from flask_status_cli.summary.report.traffic import Statuses

FEWEST_FAILURES = 3
"""A pair never alerts with fewer failures than this in its long window."""


@frozen
class Alarm:
    """A pair of windows, in minutes, and the burn rate above which the pair alerts."""

    state: CheckState
    factor: Fraction
    long: int
    short: int


ALARMS = (
    Alarm(CheckState.CRITICAL, Fraction(144, 10), 60, 5),
    Alarm(CheckState.CRITICAL, Fraction(6), 360, 30),
    Alarm(CheckState.WARNING, Fraction(1), 4320, 360),
)
"""The pairs of windows, the most urgent first. Two page somebody, the third is for a ticket."""

SPANS: Mapping[int, str] = {5: "5 min", 30: "30 min", 60: "1 h", 360: "6 h", 4320: "3 d"}
"""The name of each window, by its length in minutes."""

Subject: TypeAlias = tuple[str, Mapping[int, Parts]]
"""What is checked: the name of a route, or "" for all routes, with the requests in each window."""


def subjects(
    traffic: Mapping[int, Mapping[Route, Statuses]],
    policy: Policy,
    *,
    each: bool,
    name: Callable[[Route], str],
) -> list[Subject]:
    """Return what to check, counting only routes with an objective.

    With `each`, every such route is a subject, and `name` gives its name. Otherwise all of them together are
    one subject. `traffic` has the requests of each route, by the length of the window in minutes.
    """
    routes = sorted(
        {route for had in traffic.values() for route in had},
        key=lambda route: (route.label, route.rule),
    )
    parts: dict[Route, dict[int, Parts]] = {}
    for route in routes:
        objective = judgement.of_route(policy, route.rule).objective
        if objective is not None:
            parts[route] = {
                minutes: [(objective, judgement.judge(had.get(route, {}), policy, rule=route.rule))]
                for minutes, had in traffic.items()
            }
    if each:
        return [(name(route), spans) for route, spans in parts.items()]
    sums = {
        minutes: [one for spans in parts.values() for one in spans[minutes]] for minutes in traffic
    }
    return [("", sums)] if parts else []


def check_burn(found: Sequence[Subject]) -> CheckResult:
    """Return whether an error budget is spent too fast. The worst subject decides, and is named."""
    judged = [(name, spans) for name, spans in found if _valid(spans[max(SPANS)])]
    if not judged:
        return CheckResult(CheckState.UNKNOWN, Phrase("check.no_judged", span=SPANS[max(SPANS)]))
    states = [(_alarm(spans), name, spans) for name, spans in judged]
    metrics = tuple(metric for name, spans in judged for metric in _metrics(name, spans))
    alarm, name, spans = min(states, key=lambda state: _rank(state[0]))
    if alarm is None:
        return CheckResult(
            CheckState.OK, _nothing_alerts(judged, _rates(spans, (60, 360))), metrics
        )
    rates = _rates(spans, (alarm.long, alarm.short))
    text = _with_name(name, Phrase("check.burning", rates=rates, factor=hundredths(alarm.factor)))
    more = sum(state[0] is not None for state in states) - 1
    return CheckResult(
        alarm.state, Phrase("check.more", more, said=text) if more else text, metrics
    )


def _rank(alarm: Alarm | None) -> int:
    return len(ALARMS) if alarm is None else ALARMS.index(alarm)


def _nothing_alerts(judged: Sequence[Subject], rates: tuple[Phrase, ...]) -> Phrase:
    """Return the sentence for the case that nothing alerts, with the rates of the first subject."""
    text = _with_name(judged[0][0], Phrase("check.burn", rates=rates))
    return Phrase("check.routes", len(judged), said=text) if len(judged) > 1 else text


def _with_name(name: str, said: Phrase) -> Phrase:
    return Phrase("check.of", name=name, said=said) if name else said


def _alarm(spans: Mapping[int, Parts]) -> Alarm | None:
    return next((alarm for alarm in ALARMS if _alerts(alarm, spans)), None)


def _alerts(alarm: Alarm, spans: Mapping[int, Parts]) -> bool:
    failures = sum(counts.failure for _, counts in spans[alarm.long])
    rates = [burn_rate(spans[minutes]) for minutes in (alarm.long, alarm.short)]
    fast = all(rate is not None and rate > alarm.factor for rate in rates)
    return fast and failures >= FEWEST_FAILURES


def _valid(parts: Parts) -> int:
    return sum(counts.valid for _, counts in parts)


def _rates(spans: Mapping[int, Parts], minutes: Iterable[int]) -> tuple[Phrase, ...]:
    rates = ((burn_rate(spans[each]) or Fraction(0), SPANS[each]) for each in minutes)
    return tuple(Phrase("budget.burn", rate=hundredths(rate), span=span) for rate, span in rates)


def _metrics(name: str, spans: Mapping[int, Parts]) -> list[Metric]:
    """Return the burn rate in each window, with the factors of the alarms that use the window."""
    found = []
    for minutes, span in SPANS.items():
        limits = {
            alarm.state: Range(Fraction(0), alarm.factor)
            for alarm in reversed(ALARMS)
            if minutes in {alarm.long, alarm.short}
        }
        rate = burn_rate(spans[minutes])
        label = f"{name} burn {span}".strip()
        if rate is not None:
            found.append(
                Metric(
                    label,
                    hundredths(rate),
                    warning=limits.get(CheckState.WARNING),
                    critical=limits.get(CheckState.CRITICAL),
                )
            )
    return found
