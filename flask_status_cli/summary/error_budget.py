"""Error budgets: how many failures an objective allows, and how many there were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import TypeAlias

from flask_status_cli import judgement
from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    BurnRate,
    Counts,
    ErrorBudget,
    Policy,
    Route,
    RouteSummary,
    TotalSummary,
    minute_of,
)
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.report.traffic import Statuses, Traffic, read_recent

BURN_HOURS = (1, 6, 72)
"""A report shows the burn rate of the last 1, 6 and 72 hours."""

Parts: TypeAlias = Sequence[tuple[Fraction, Counts]]
"""Pairs of an objective and the counts to which it applies.

A route has one pair. A sum has one pair for each of its routes.
"""


@frozen
class Budgets:
    """Computes the error budgets of a report.

    `spans` has the requests of each route in the last hours, by the number of hours. It is empty if no route
    has an objective.
    """

    policy: Policy
    spans: Mapping[int, Mapping[tuple[str, str], Statuses]]

    @classmethod
    def read(
        cls, ledger: Ledger, policy: Policy, *, newest: datetime | None, shown: Mapping[int, Route]
    ) -> Budgets:
        """Read the requests of the routes shown. Nothing is read if no route has an objective."""
        if newest is None or not has_objective(policy):
            return cls(policy, {})
        spans = {
            hours: read_recent(ledger, hours * 60, newest=minute_of(newest), shown=shown)
            for hours in BURN_HOURS
        }
        named = {
            hours: {(route.label, route.rule): statuses for route, statuses in traffic.items()}
            for hours, traffic in spans.items()
        }
        return cls(policy, named)

    def of(
        self, total: TotalSummary, rows: Iterable[RouteSummary], shown: Mapping[Route, Traffic]
    ) -> tuple[TotalSummary, list[RouteSummary]]:
        """Return the total and the rows with their budgets."""
        if not self.spans:
            return total, list(rows)
        return self._total(total, shown), [self._row(row) for row in rows]

    def _row(self, row: RouteSummary) -> RouteSummary:
        """Return the row, with a budget if its route has an objective."""
        objective = judgement.of_route(self.policy, row.rule).objective
        if objective is None:
            return row
        spans = {
            hours: [
                (
                    objective,
                    judgement.judge(self._requests_of(hours, row), self.policy, rule=row.rule),
                )
            ]
            for hours in self.spans
        }
        return replace(row, budget=error_budget(objective, [(objective, row.counts)], spans))

    def _total(self, total: TotalSummary, shown: Mapping[Route, Traffic]) -> TotalSummary:
        """Return the total. If the policy has an objective for all routes, add their common budget."""
        objective = self.policy.objective
        if objective is None:
            return total
        window = [self._part(route, traffic.statuses()) for route, traffic in shown.items()]
        spans = {
            hours: [self._part(route, self._requests_of(hours, route)) for route in shown]
            for hours in self.spans
        }
        return replace(total, budget=error_budget(objective, window, spans))

    def _requests_of(self, hours: int, who: Route | RouteSummary) -> Mapping[int, int]:
        return self.spans[hours].get((who.label, who.rule), {})

    def _part(self, route: Route, statuses: Mapping[int, int]) -> tuple[Fraction, Counts]:
        counts = judgement.judge(statuses, self.policy, rule=route.rule)
        return judgement.of_route(self.policy, route.rule).objective or Fraction(0), counts


def has_objective(policy: Policy) -> bool:
    """Return whether any route has an objective."""
    objectives = [policy.objective, *(each.objective for each in policy.overrides)]
    return any(objective is not None for objective in objectives)


def error_budget(
    objective: Fraction, window: Parts, spans: Mapping[int, Parts]
) -> ErrorBudget | None:
    """Return the budget of a period, `None` if the period has no judged requests.

    `window` are the requests of the period. `spans` are those of the last hours, by the number of hours.
    """
    counts = _sum(window)
    if not counts.valid:
        return None
    allowed = _allowed(window)
    return ErrorBudget(
        objective=objective,
        allowed=allowed,
        failures=counts.failure,
        left=hundredths((allowed - counts.failure) * 100 / allowed, "%") if allowed >= 1 else None,
        burns=tuple(_burn(hours, spans[hours]) for hours in sorted(spans)),
    )


def burn_rate(parts: Parts) -> Fraction | None:
    """Return the number of failures divided by the number allowed; `None` if no failure is allowed."""
    allowed = _allowed(parts)
    return Fraction(_sum(parts).failure) / allowed if allowed else None


def _burn(hours: int, parts: Parts) -> BurnRate:
    counts, rate = _sum(parts), burn_rate(parts)
    return BurnRate(hours, counts.failure, counts.valid, None if rate is None else hundredths(rate))


def _allowed(parts: Parts) -> Fraction:
    return sum(((1 - objective) * counts.valid for objective, counts in parts), Fraction(0))


def _sum(parts: Parts) -> Counts:
    return _total(counts for _, counts in parts)


def _total(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())


def hundredths(value: Fraction, unit: str = "") -> str:
    """Return a share or a burn rate as text, rounded down to two decimals."""
    floored = value * 100 // 1
    whole, part = divmod(abs(floored), 100)
    return f"{'-' if floored < 0 else ''}{whole}.{part:02}{unit}"
