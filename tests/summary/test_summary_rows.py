"""The rows and the total of a report: which, in what order, figure by figure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from flask_status_cli.judgement import PRESETS
from flask_status_cli.model import (
    OTHER,
    UNMATCHED,
    Condition,
    Counts,
    DaySummary,
    NoData,
    Origin,
    ReportDays,
    RouteSummary,
    TotalSummary,
)

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

OPERATIONAL, PARTIAL = Condition.OPERATIONAL, Condition.PARTIAL_OUTAGE
MAJOR, NO_DATA = Condition.MAJOR_OUTAGE, Condition.NO_DATA
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def rules(rows: tuple[RouteSummary, ...]) -> list[str]:
    return [row.rule for row in rows]


def test_a_row_and_the_total_with_all_their_fields(ledger: MemoryLedger, report: Report) -> None:
    ledger.know("/", name="Index", doc="The shop's window.", origin=Origin.APP)
    ledger.add(NOON - DAY, "/", 200, n=99)
    ledger.add(NOON - DAY, "/", 500, n=1)
    ledger.add(NOON - DAY, "/", 403, n=4)
    ledger.add(NOON - MINUTE, "/", 404, n=7)
    ledger.add(NOON - MINUTE, "/", 302, n=2)
    summary = report(days=3)
    days = (
        DaySummary(date(2026, 11, 21), NO_DATA, NoData.BEFORE_FIRST, Counts(), None),
        DaySummary(date(2026, 11, 22), OPERATIONAL, None, Counts(99, 1, 4), "99.00%"),
        DaySummary(date(2026, 11, 23), PARTIAL, None, Counts(2, 7, 0, 7), "22.22%"),
    )
    statuses = {200: 99, 302: 2, 403: 4, 404: 7, 500: 1}
    counts = Counts(success=101, failure=8, ignored=4, minor=7)
    assert summary.routes == (
        RouteSummary(
            label="",
            rule="/",
            name="Index",
            doc="The shop's window.",
            origin=Origin.APP,
            now=PARTIAL,
            no_data=None,
            condition=PARTIAL,
            counts=counts,
            availability="92.66%",
            statuses=statuses,
            days=days,
        ),
    )
    assert summary.total == TotalSummary(PARTIAL, None, PARTIAL, counts, "92.66%", statuses)
    assert list(summary.routes[0].statuses) == list(summary.total.statuses) == sorted(statuses)
    assert summary.window == ReportDays(3, date(2026, 11, 21), date(2026, 11, 23))
    assert (summary.generated_at, summary.timezone) == (NOON, "UTC")
    assert summary.policy is PRESETS["standard"]


# The window


def test_a_route_without_requests_in_the_window_is_not_listed(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON - 30 * DAY, "/old", 500, n=9)
    ledger.add(NOON - 29 * DAY, "/in", 200)
    ledger.add(NOON.replace(hour=23), "/later-today", 200)
    ledger.add(NOON + DAY, "/tomorrow", 200)
    summary = report()
    assert rules(summary.routes) == ["/in", "/later-today"]
    assert summary.total.counts == Counts(success=2)
    assert summary.data.entries == 2


def test_now_may_begin_before_the_window(ledger: MemoryLedger, report: Report) -> None:
    midnight = NOON.replace(hour=0)
    ledger.add(midnight - 10 * MINUTE, "/yesterday", 500, n=9)
    ledger.add(midnight - 10 * MINUTE, "/", 500, n=9)
    ledger.add(midnight + 10 * MINUTE, "/", 200)
    summary = report(now=midnight + 10 * MINUTE, days=1)
    assert [(row.rule, row.now, row.condition) for row in summary.routes] == [
        ("/", MAJOR, OPERATIONAL),
        ("/yesterday", MAJOR, Condition.NO_DATA),
    ]
    assert (summary.total.now, summary.total.condition) == (MAJOR, OPERATIONAL)


def test_the_ledger_is_read_once_for_each_day_and_once_for_now(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, "/", 200)
    report(days=90)
    assert sorted(ledger.asked) == ["minutes"] + ["requests"] * 90


# <unmatched>


def test_unmatched_is_judged_without_its_4xx_in_its_row_and_in_the_total(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, "/", 200, n=96)
    ledger.add(NOON, UNMATCHED, 404, n=5000)
    ledger.add(NOON, UNMATCHED, 301, n=10)
    ledger.add(NOON, UNMATCHED, 502, n=4)
    summary = report()
    unmatched = summary.routes[0]
    assert (unmatched.rule, unmatched.counts) == (UNMATCHED, Counts(10, 4, 5000))
    assert (unmatched.availability, unmatched.condition, unmatched.now) == (
        "71.42%",
        PARTIAL,
        PARTIAL,
    )
    total = summary.total
    assert (total.counts, total.availability) == (Counts(106, 4, 5000), "96.36%")
    assert (total.condition, total.now) == (PARTIAL, PARTIAL)
    assert total.counts.requests == 5110
    assert total.statuses == {200: 96, 301: 10, 404: 5000, 502: 4}


def test_scanners_do_not_change_the_state_of_a_healthy_site(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, "/", 200, n=10)
    ledger.add(NOON, UNMATCHED, 404, n=990)
    total = report().total
    assert (total.now, total.condition, total.availability) == (OPERATIONAL, OPERATIONAL, "100%")
    assert total.counts.requests == 1000


def test_an_app_that_fails_from_its_first_line_on_is_seen(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, UNMATCHED, 500, n=9)
    summary = report()
    assert (summary.routes[0].now, summary.total.now, summary.total.availability) == (
        MAJOR,
        MAJOR,
        "0.00%",
    )


def test_a_site_that_only_redirects_is_the_same_in_its_row_and_in_the_total(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, UNMATCHED, 301, n=1000)
    ledger.add(NOON, UNMATCHED, 500, n=3)
    summary = report()
    assert (summary.routes[0].availability, summary.routes[0].now) == ("99.70%", OPERATIONAL)
    assert (summary.total.availability, summary.total.now) == ("99.70%", OPERATIONAL)


# Which routes


def test_only_and_exclude_are_globs_on_the_rule(ledger: MemoryLedger, report: Report) -> None:
    for rule in ("/", "/api/users", "/api/users/<int:id>", "/API/x", "/health", UNMATCHED, OTHER):
        ledger.add(NOON, rule, 200)

    def shown(**choices: object) -> list[str]:
        return rules(report(**choices).routes)

    assert shown(only=["/api/*"]) == ["/api/users", "/api/users/<int:id>"]
    assert shown(only=["/api/users", "/h*"]) == ["/api/users", "/health"]
    assert shown(only=["/api/*"], exclude=["*<int:id>"]) == ["/api/users"]
    assert shown(exclude=["/*", OTHER]) == [UNMATCHED]
    assert shown(only=["/[ah]*"], exclude=["/api/*"]) == ["/health"]
    total = report(only=["/api/*"]).total
    assert total.counts == Counts(success=2)


def test_hidden_routes_are_left_out_but_are_entries(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON, "/", 200)
    ledger.add(NOON, "/metrics", 500, n=9)
    ledger.know("/metrics", hidden=True)
    summary = report()
    assert rules(summary.routes) == ["/"]
    assert summary.total.counts == Counts(success=1)
    assert summary.data.entries == 10


# Policies


def test_the_policy_is_applied_when_the_report_is_made(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, "/", 200, n=9)
    ledger.add(NOON, "/", 404, n=1)
    assert report().routes[0].availability == "90.00%"
    lenient = report(policy=PRESETS["server-errors"])
    assert (lenient.routes[0].availability, lenient.routes[0].now) == ("100%", OPERATIONAL)


@pytest.mark.parametrize(
    ("success", "failure", "expected"),
    [
        (99, 1, OPERATIONAL),
        (98, 1, PARTIAL),
        (30, 70, PARTIAL),
        (29, 71, MAJOR),
        (0, 2, PARTIAL),
        (0, 3, MAJOR),
    ],
)
def test_every_stretch_is_judged_by_the_same_thresholds(
    ledger: MemoryLedger, report: Report, success: int, failure: int, expected: Condition
) -> None:
    ledger.add(NOON, "/", 200, n=success)
    ledger.add(NOON, "/", 503, n=failure)
    summary = report()
    (row,) = summary.routes
    assert {row.now, row.condition, row.days[-1].condition} == {expected}
    assert {summary.total.now, summary.total.condition} == {expected}
    share = Fraction(success, success + failure)
    assert Fraction((row.availability or "")[:-1]) <= share * 100


def test_the_zone_decides_the_day(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON.replace(hour=18, minute=29) - DAY, "/", 200)
    ledger.add(NOON.replace(hour=18, minute=30) - DAY, "/", 500)
    kolkata = report(days=2, zone=ZoneInfo("Asia/Kolkata")).routes[0]
    assert [day.counts for day in kolkata.days] == [Counts(success=1), Counts(failure=1)]
    utc = report(days=2).routes[0]
    assert [day.counts for day in utc.days] == [Counts(1, 1), Counts()]
