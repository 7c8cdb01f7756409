"""Where a report has more routes than it shows, those of a crowded parent are one row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flask_status_cli import judgement
from flask_status_cli.judgement import PRESETS
from flask_status_cli.model import Condition, Counts, Origin, StatusSummary
from flask_status_cli.model.settings import PolicySettings, RoutePolicy

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EARLY = NOON - timedelta(hours=9)
DAY = timedelta(days=1)


def rules(summary: StatusSummary) -> list[str]:
    return [row.rule for row in summary.routes]


@pytest.fixture
def shop(ledger: MemoryLedger) -> MemoryLedger:
    """A front page, a product of numbers, and twenty of words, each with a request of its own."""
    ledger.add(NOON, "/", 200, n=1000)
    ledger.add(NOON, "/shop/<int:id>", 200, n=500)
    for number in range(20):
        ledger.add(NOON, f"/shop/p{number}x", 200)
    return ledger


def test_routes_are_folded_only_if_there_are_more_than_are_shown(
    shop: MemoryLedger, report: Report
) -> None:
    assert len(rules(report(rows=22))) == 22
    assert rules(report(rows=21)) == ["/", "/shop/<int:id>", "/shop/<slug>"]
    assert len(rules(report(rows=21, group=False))) == 22
    assert report(rows=21).total == report(rows=22).total
    shop.know("/shop/p1x", hidden=True)
    assert len(rules(report(rows=21))) == 21
    assert len(rules(report(rows=18, only=["/shop/p*"]))) == 1
    assert len(rules(report(rows=20, only=["/shop/p1*"]))) == 10


def test_all_rows_are_folded_as_the_first_are(shop: MemoryLedger, report: Report) -> None:
    assert rules(report(rows=2, show_all=True)) == rules(report(rows=2))


def test_a_row_has_the_sum_of_its_routes(ledger: MemoryLedger, report: Report) -> None:
    for number in range(21):
        ledger.add(EARLY - number * DAY, f"/shop/p{number}x", 200, n=3)
        ledger.add(EARLY - number * DAY, f"/shop/p{number}x", 500)
    ledger.add(NOON, "/", 200)
    row, _ = report(rows=20).routes
    assert (row.rule, row.name, row.origin) == ("/shop/<slug>", "", Origin.DISCOVERED)
    assert (row.counts, row.availability, row.statuses) == (
        Counts(63, 21),
        "75.00%",
        {200: 63, 500: 21},
    )
    assert [day.counts for day in row.days] == [Counts()] * 9 + [Counts(3, 1)] * 21


def test_a_folded_row_names_the_busiest_of_its_routes(shop: MemoryLedger, report: Report) -> None:
    shop.add(EARLY, "/shop/p7x", 404, n=2)
    rows = {row.rule: (row.joined, row.busiest) for row in report(rows=21).routes}
    assert rows == {"/": (0, ""), "/shop/<int:id>": (0, ""), "/shop/<slug>": (20, "/shop/p7x")}
    assert {(row.joined, row.busiest) for row in report(rows=22).routes} == {(0, "")}


def test_a_route_that_fails_now_keeps_its_row(shop: MemoryLedger, report: Report) -> None:
    shop.add(NOON, "/shop/p7x", 500, n=3)
    shop.add(EARLY, "/shop/p8x", 500, n=3)  # and works now
    assert rules(report(rows=5)) == ["/shop/p7x", "/shop/<slug>", "/", "/shop/<int:id>"]


def test_a_named_route_keeps_its_row(shop: MemoryLedger, report: Report) -> None:
    shop.know("/shop/p7x", name="The seventh")
    shop.know("/shop/p8x", doc="The eighth.")
    assert {"/shop/p7x", "/shop/p8x", "/shop/<slug>"} < set(rules(report(rows=5)))


def test_a_route_with_another_policy_keeps_its_row(shop: MemoryLedger, report: Report) -> None:
    def found(glob: str) -> set[str]:
        settings = PolicySettings(routes=(RoutePolicy(glob, failure=("4xx",)),))
        return set(rules(report(rows=5, policy=judgement.policy(settings))))

    assert found("/shop/p7x") == {"/", "/shop/<int:id>", "/shop/<slug>", "/shop/p7x"}
    assert found("/shop/*") == {"/", "/shop/<int:id>", "/shop/<slug>"}


def test_an_incident_belongs_to_its_route_even_if_the_route_is_folded(
    shop: MemoryLedger, report: Report
) -> None:
    for minute in range(10):
        shop.add(EARLY + timedelta(minutes=minute), "/shop/p7x", 500, n=3)
    for summary in (report(rows=5), report(rows=50)):
        (incident,) = summary.incidents
        assert [route.rule for route in incident.routes] == ["/shop/p7x"]
    assert report(rows=5, policy=PRESETS["server-errors"]).incidents == report().incidents


def test_in_a_total_outage_nothing_is_folded(ledger: MemoryLedger, report: Report) -> None:
    for number in range(300):
        ledger.add(NOON, f"/shop/p{number}x", 500, n=3)
    summary = report()
    assert len(summary.routes) == 300
    assert {row.now for row in summary.routes} == {Condition.MAJOR_OUTAGE}
