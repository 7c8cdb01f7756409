"""In a crowd a 4xx is judged by nobody, wherever routes are judged; a declared rule is no crowd."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.judgement import PRESETS
from flask_status_cli.model import Condition, Counts, Maintenance, Origin

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POSTS = "/blog/<slug>"


@pytest.fixture
def crowd(ledger: MemoryLedger) -> MemoryLedger:
    """A crowd that is scanned: in its last 30 minutes 60 of 91 requests find nothing, and one fails."""
    for minute in range(30):
        ledger.add(NOON - minute * MINUTE, POSTS, 200)
        ledger.add(NOON - minute * MINUTE, POSTS, 404, n=2)
    ledger.add(NOON, POSTS, 500)
    ledger.know(POSTS, crowd=True)
    return ledger


def test_a_4xx_of_a_crowd_is_ignored_in_its_row_its_day_and_the_total(
    crowd: MemoryLedger, report: Report
) -> None:
    summary = report()
    (row,) = summary.routes
    assert row.counts == summary.total.counts == row.days[-1].counts == Counts(30, 1, 60)
    assert (row.availability, row.statuses) == ("96.77%", {200: 30, 404: 60, 500: 1})
    assert summary.total.statuses == {200: 30, 404: 60, 500: 1}


def test_a_4xx_of_a_crowd_is_no_success_either(crowd: MemoryLedger, report: Report) -> None:
    (row,) = report(policy=PRESETS["server-errors"]).routes
    assert row.counts == Counts(30, 1, 60)


@pytest.mark.parametrize(("is_crowd", "incidents"), [(True, 0), (False, 1)])
def test_a_4xx_of_a_crowd_makes_no_incident(
    crowd: MemoryLedger, report: Report, is_crowd: bool, incidents: int
) -> None:
    crowd.know(POSTS, crowd=is_crowd)
    policy = replace(PRESETS["standard"], incident_failure=("4xx", "5xx"))
    assert len(report(policy=policy).incidents) == incidents


def test_the_details_of_a_crowd_judge_no_4xx(crowd: MemoryLedger, report: Report) -> None:
    (detail,) = report(details=True, one=("", POSTS)).details
    assert [span.counts for span in detail.spans] == [Counts(30, 1, 60)] * len(detail.spans)


def test_a_declared_rule_with_the_same_text_is_judged_like_any_route(
    crowd: MemoryLedger, report: Report
) -> None:
    crowd.know(POSTS, origin=Origin.APP)
    (row,) = report().routes
    assert (row.counts.success, row.counts.failure, row.condition) == (
        30,
        61,
        Condition.PARTIAL_OUTAGE,
    )


def test_maintenance_of_a_crowd_applies_to_all_of_its_pages(
    crowd: MemoryLedger, report: Report
) -> None:
    crowd.windows = [Maintenance(1, NOON - 60 * MINUTE, NOON + 15 * MINUTE)]
    (row,) = report().routes
    assert (row.counts, row.statuses) == (Counts(ignored=91), {200: 30, 404: 60, 500: 1})
