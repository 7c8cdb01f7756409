"""A policy that is set outright, for all routes and for some: it is applied when a report is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from flask_status_cli import judgement
from flask_status_cli.model import UNMATCHED, Condition, Policy
from flask_status_cli.model.report.problems import MostlyNotFound
from flask_status_cli.model.settings import PolicySettings, RoutePolicy

AT = datetime(2026, 11, 23, 11, 50, tzinfo=UTC)
OPERATIONAL, PARTIAL = Condition.OPERATIONAL, Condition.PARTIAL_OUTAGE
MAJOR, NO_DATA = Condition.MAJOR_OUTAGE, Condition.NO_DATA


def policy(*routes: RoutePolicy, **outright: Any) -> Policy:
    return judgement.policy(PolicySettings(routes=routes, **outright))


def rows(report: Any, judged_by: Policy, **choices: Any) -> dict[str, Any]:
    return {row.rule: row for row in report(policy=judged_by, **choices).routes}


@pytest.fixture(autouse=True)
def _traffic(ledger: Any) -> None:
    """Ten minutes before now: 90 good answers of each route, and 10 that differ."""
    for rule, status in [("/", 500), ("/login", 401), ("/admin/a", 404), (UNMATCHED, 404)]:
        ledger.add(AT, rule, 200, n=90)
        ledger.add(AT, rule, status, n=10)


def test_given_sets_of_codes_replace_those_of_the_preset(report: Any) -> None:
    found = rows(report, policy(success=("2xx", 404), failure=(401,)))
    assert found["/"].counts.ignored == 10
    assert found["/login"].counts.failure == 10
    assert found["/admin/a"].availability == "100%"


def test_a_given_set_of_codes_leaves_the_other_as_in_the_preset(report: Any) -> None:
    found = rows(report, policy(failure=(401,), preset="server-errors"))
    assert found["/login"].availability == "90.00%"
    assert found["/"].counts.ignored == 10
    assert found["/admin/a"].availability == "100%", "404 is a success of server-errors"


def test_a_code_overrides_a_class(report: Any) -> None:
    found = rows(report, policy(success=("2xx", 500), failure=("5xx",)))
    assert found["/"].availability == "100%"


@pytest.mark.parametrize(
    ("operational", "major", "condition"),
    [
        # 90 of 100 is exactly the threshold of the first
        (Fraction(9, 10), Fraction(3, 10), OPERATIONAL),
        (Fraction(91, 100), Fraction(9, 10), PARTIAL),
        (Fraction(1), Fraction(91, 100), MAJOR),
    ],
)
def test_thresholds_hold_for_now_for_days_and_for_the_window(
    report: Any, operational: Fraction, major: Fraction, condition: Condition
) -> None:
    row = rows(report, policy(operational=operational, major=major))["/"]
    assert (row.now, row.condition, row.days[-1].condition) == (condition,) * 3


def test_an_override_judges_the_routes_it_names_and_no_others(report: Any) -> None:
    found = rows(report, policy(RoutePolicy("/admin/*", failure=("5xx",), success=("2xx",))))
    assert found["/admin/a"].availability == "100%"
    assert found["/admin/a"].counts.ignored == 10
    assert found["/"].availability == "90.00%"


def test_an_override_has_thresholds_of_its_own(report: Any) -> None:
    found = rows(report, policy(RoutePolicy("/", operational=Fraction(1, 2))))
    assert (found["/"].now, found["/"].days[-1].condition) == (OPERATIONAL, OPERATIONAL)
    assert found["/admin/a"].now is PARTIAL


def test_an_override_changes_only_what_it_sets_and_the_last_one_wins(report: Any) -> None:
    judged = policy(
        RoutePolicy("/admin/*", failure=(404,), major=Fraction(95, 100)),
        RoutePolicy("/admin/a", operational=Fraction(96, 100), major=Fraction(1, 10)),
        failure=("5xx",),
    )
    own = judgement.of_route(judged, "/admin/a")
    assert own.failure == (404,)
    assert (own.operational, own.major) == (Fraction(96, 100), Fraction(1, 10))
    assert judgement.of_route(judged, "/").failure == ("5xx",)
    assert rows(report, judged)["/admin/a"].now is PARTIAL


def test_the_total_adds_up_the_judged_counts_of_each_route(report: Any) -> None:
    judged = policy(RoutePolicy("/", success=("2xx",), failure=()))
    total = report(policy=judged).total
    assert total.counts.failure == 10, "those of /admin/a alone"
    assert total.counts.requests == 400


def test_a_4xx_in_unmatched_is_ignored_whatever_the_policy_sets(report: Any) -> None:
    found = rows(report, policy(RoutePolicy("*", failure=("4xx",))))
    assert found[UNMATCHED].counts.failure == 0
    assert found["/admin/a"].counts.failure == 10


def test_the_hint_at_404s_counts_only_where_they_are_failures(report: Any) -> None:
    only_404 = report(policy=policy(failure=(404,)))
    assert only_404.hints == (MostlyNotFound(percent=100),)
    lenient = report(policy=policy(RoutePolicy("/admin/*", success=(404,), failure=("5xx",))))
    assert not lenient.hints


def test_an_override_has_its_own_objective() -> None:
    judged = policy(RoutePolicy("/a", objective=Fraction(1, 2)), objective=Fraction(99, 100))
    assert judgement.of_route(judged, "/a").objective == Fraction(1, 2)
    assert judgement.of_route(judged, "/b").objective == Fraction(99, 100)


def test_incidents_have_their_own_failures_but_the_successes_of_each_route(
    ledger: Any, report: Any
) -> None:
    for minute in range(5):
        ledger.add(AT + timedelta(minutes=minute), "/login", 429, n=9)

    def failing(judged: Policy) -> list[str]:
        return [route.rule for each in report(policy=judged).incidents for route in each.routes]

    assert failing(policy()) == []
    assert failing(policy(incident_failure=(429,))) == ["/login"]
    forgiven = RoutePolicy("/login", success=("2xx", 429), failure=(404,))
    assert failing(policy(forgiven, incident_failure=("4xx",))) == []
    assert failing(policy(RoutePolicy("/login", failure=(429,)))) == [], "that colors a day only"
