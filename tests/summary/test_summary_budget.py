"""The error budget: exact until it is text, the sum of what every route may fail, silent below its floor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.judgement import PRESETS
from flask_status_cli.model import UNMATCHED, Counts, ErrorBudget, Maintenance, StatusSummary
from flask_status_cli.model.settings import RoutePolicy
from flask_status_cli.summary.error_budget import error_budget

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STANDARD = PRESETS["standard"]
THREE_NINES = Fraction(999, 1000)

Report = Callable[..., StatusSummary]


def budget_of(objective: str, success: int, failure: int) -> ErrorBudget:
    aim = Fraction(objective)
    budget = error_budget(aim, [(aim, Counts(success, failure))], {})
    assert budget is not None
    return budget


@pytest.mark.parametrize(
    ("objective", "success", "failure", "allowed", "left"),
    [
        # One of a thousand may fail.
        ("0.999", 100_000, 0, "100", "100.00%"),
        ("0.999", 99_950, 50, "100", "50.00%"),
        ("0.999", 99_900, 100, "100", "0.00%"),
        # More failed than may: it is overdrawn, and floored too.
        ("0.999", 99_800, 200, "100", "-100.00%"),
        ("0.9", 67, 33, "10", "-230.00%"),
        ("0.7", 8, 2, "3", "33.33%"),
        ("0.7", 6, 4, "3", "-33.34%"),
        # The floor: not one whole failure is allowed.
        ("0.999", 999, 0, "0.999", None),
        ("0.999", 500, 499, "0.999", None),
        ("0.999", 1000, 0, "1", "100.00%"),
        ("0.5", 1, 0, "0.5", None),
        ("0.5", 1, 1, "1", "0.00%"),
    ],
)
def test_the_budget_left_is_exact_and_rounded_down(
    objective: str, success: int, failure: int, allowed: str, left: str | None
) -> None:
    budget = budget_of(objective, success, failure)
    assert (budget.allowed, budget.left, budget.failures) == (Fraction(allowed), left, failure)


def test_with_nothing_to_judge_there_is_no_budget() -> None:
    assert error_budget(THREE_NINES, [(THREE_NINES, Counts(ignored=5))], {}) is None


@pytest.mark.parametrize(
    ("success", "failure", "rate"),
    [
        (999, 1, "1.00"),
        (1000, 0, "0.00"),
        (0, 1, "1000.00"),
        # 14.4 times a thousandth; one success more is a little less, and floored.
        (10_000 - 144, 144, "14.40"),
        (10_001 - 144, 144, "14.39"),
        (0, 0, None),
    ],
)
def test_a_burn_rate_is_failures_divided_by_allowed_failures(
    success: int, failure: int, rate: str | None
) -> None:
    span = {1: [(THREE_NINES, Counts(success, failure))]}
    budget = error_budget(THREE_NINES, [(THREE_NINES, Counts(1))], span)
    assert budget is not None
    [burn] = budget.burns
    assert (burn.hours, burn.failures, burn.valid) == (1, failure, success + failure)
    assert burn.rate == rate


def test_without_an_objective_there_is_no_budget(ledger: Any, report: Report) -> None:
    ledger.add(NOW - HOUR, "/", 200, n=5000)
    summary = report()
    assert summary.total.budget is None
    assert summary.routes[0].budget is None


def test_the_spans_end_with_the_newest_entry(ledger: Any, report: Report) -> None:
    newest = NOW - 10 * MINUTE
    ledger.add(newest, "/", 200, n=1000)
    for back, failures in ((59, 1), (60, 10), (359, 100), (360, 1000), (4319, 3), (4320, 7)):
        ledger.add(newest - back * MINUTE, "/", 500, n=failures)
    [row] = report(policy=replace(STANDARD, objective=THREE_NINES)).routes
    assert row.budget is not None
    assert [(burn.hours, burn.failures) for burn in row.budget.burns] == [
        (1, 1),
        (6, 111),
        (72, 1114),
    ]
    assert row.budget.failures == 1121
    assert all(burn.valid == burn.failures + 1000 for burn in row.budget.burns)


def test_the_total_allows_the_failures_that_its_routes_allow_together(
    ledger: Any, report: Report
) -> None:
    ledger.add(NOW, "/", 200, n=9_990)
    ledger.add(NOW, "/", 500, n=10)
    ledger.add(NOW, "/api/x", 200, n=900)
    ledger.add(NOW, "/api/x", 500, n=100)
    # Nobody promised these paths: their 4xx are in no budget, their 5xx are.
    ledger.add(NOW, UNMATCHED, 404, n=500)
    ledger.add(NOW, UNMATCHED, 500, n=20)
    own = RoutePolicy("/api/*", objective=Fraction(9, 10))
    policy = replace(STANDARD, objective=THREE_NINES, overrides=(own,))
    summary = report(policy=policy)
    total = summary.total.budget
    assert total is not None
    assert total.allowed == 10 + 100 + Fraction(20, 1000)
    assert total.failures == 10 + 100 + 20
    assert total.objective == THREE_NINES
    budgets = {row.rule: row.budget for row in summary.routes}
    assert budgets["/"] is not None
    assert budgets["/api/x"] is not None
    assert (budgets["/"].left, budgets["/api/x"].left) == ("0.00%", "0.00%")
    assert budgets["/api/x"].objective == Fraction(9, 10)


def test_an_objective_for_some_routes_gives_the_total_no_budget(
    ledger: Any, report: Report
) -> None:
    ledger.add(NOW, "/", 200, n=5000)
    ledger.add(NOW, "/pay", 200, n=5000)
    own = RoutePolicy("/pay", objective=THREE_NINES)
    summary = report(policy=replace(STANDARD, overrides=(own,)))
    assert summary.total.budget is None
    assert [row.rule for row in summary.routes if row.budget is not None] == ["/pay"]


def test_requests_in_maintenance_are_in_no_budget(ledger: Any, report: Report) -> None:
    ledger.add(NOW, "/", 200, n=5000)
    ledger.add(NOW - 30 * MINUTE, "/", 500, n=50)
    ledger.windows.append(Maintenance(1, NOW - HOUR, NOW - 15 * MINUTE))
    summary = report(policy=replace(STANDARD, objective=THREE_NINES))
    for budget in (summary.total.budget, summary.routes[0].budget):
        assert budget is not None
        assert (budget.failures, budget.left) == (0, "100.00%")
        assert budget.allowed == 5
        assert [burn.failures for burn in budget.burns] == [0, 0, 0]


shares = st.fractions(min_value=Fraction(1, 100), max_value=Fraction(9999, 10_000))
counts = st.builds(Counts, st.integers(0, 10**6), st.integers(0, 10**4))


@given(shares, st.lists(counts, min_size=1, max_size=5))
def test_cut_into_parts_it_is_the_same(objective: Fraction, parts: list[Counts]) -> None:
    whole = sum(parts, Counts())
    cut = [(objective, part) for part in parts]
    assert error_budget(objective, cut, {1: cut}) == error_budget(
        objective, [(objective, whole)], {1: [(objective, whole)]}
    )
