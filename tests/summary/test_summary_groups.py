"""Groups: a line of their own, the sum of their routes, in the state of the worst of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.judgement import PRESETS
from flask_status_cli.model import (
    OTHER,
    UNMATCHED,
    Condition,
    Counts,
    GroupBy,
    GroupSummary,
    NoData,
    Origin,
    StatusSummary,
)
from flask_status_cli.model.report.problems import NoBlueprints
from flask_status_cli.summary import summarize

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
SEVERITY = ["major_outage", "partial_outage", "operational", "no_data"]
"""Conditions, the worst first, as the README lists them."""


def by_name(summary: StatusSummary) -> dict[str, GroupSummary]:
    return {group.name: group for group in summary.groups}


def test_a_group_is_as_bad_as_its_worst_route_and_has_the_sum_of_all(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOW, "/users/new", 500, n=5)
    ledger.add(NOW, "/users", 200, n=995)
    ledger.add(NOW, "/", 200)
    users = by_name(report(groups=GroupBy.PREFIX))["/users"]
    # 99.5 % of all is operational; the group is down all the same, since one of its routes is
    assert users.now is users.condition is Condition.MAJOR_OUTAGE
    assert users.counts == Counts(success=995, failure=5)
    assert users.availability == "99.50%"
    assert [row.rule for row in users.members] == ["/users/new", "/users"]


def test_a_day_of_a_group_is_judged_by_its_worst_route(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(YESTERDAY, "/a/1", 500, n=3)
    ledger.add(YESTERDAY, "/a/2", 200, n=7)
    ledger.add(NOW, "/a/1", 200)
    (group,) = report(groups=GroupBy.PREFIX, days=3).groups
    assert [day.condition for day in group.days] == [
        Condition.NO_DATA,
        Condition.MAJOR_OUTAGE,
        Condition.OPERATIONAL,
    ]
    assert [day.no_data for day in group.days] == [NoData.BEFORE_FIRST, None, None]
    assert (group.days[1].availability, group.days[1].counts) == ("70.00%", Counts(7, 3))


def test_groups_come_worst_first_and_routes_in_their_order(
    ledger: MemoryLedger, report: Report
) -> None:
    for rule, failures in [("/a/1", 0), ("/a/2", 0), ("/b/1", 3), ("/b/2", 0), ("/c", 1)]:
        ledger.add(NOW, rule, 200, n=97)
        ledger.add(NOW, rule, 500, n=failures)
    ledger.add(NOW, UNMATCHED, 500, n=50)
    ledger.add(NOW, OTHER, 500, n=50)
    summary = report(groups=GroupBy.PREFIX)
    assert [group.name for group in summary.groups] == ["/b", "/", "/a"]
    assert [(row.group, row.rule) for row in summary.routes] == [
        ("/b", "/b/1"),
        ("/b", "/b/2"),
        ("/", "/c"),
        ("/a", "/a/1"),
        ("/a", "/a/2"),
        (None, OTHER),
        (None, UNMATCHED),
    ]


def test_routes_without_a_blueprint_are_a_group_without_a_name(
    ledger: MemoryLedger, report: Report
) -> None:
    for rule, blueprint in [("/", ""), ("/admin/", "admin"), ("/about", "")]:
        ledger.know(rule, origin=Origin.APP, group=blueprint)
        ledger.add(NOW, rule, 200)
    groups = report(groups=GroupBy.BLUEPRINT).groups
    assert [(group.name, len(group.members)) for group in groups] == [("", 2), ("admin", 1)]


@pytest.mark.parametrize("by", [GroupBy.NONE, GroupBy.BLUEPRINT])
def test_without_any_member_there_are_no_groups(
    by: GroupBy, ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOW, "/users/new", 200)
    ledger.add(NOW, "/users", 200)
    summary = report(groups=by)
    assert summary.groups == ()
    assert {row.group for row in summary.routes} == {None}


def test_a_hint_says_that_no_route_has_a_blueprint(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOW, "/users", 200)
    assert report(groups=GroupBy.BLUEPRINT).hints == (NoBlueprints(),)
    assert report(groups=GroupBy.PREFIX).hints == report().hints == ()
    ledger.know("/users", origin=Origin.APP, group="users")
    assert report(groups=GroupBy.BLUEPRINT).hints == ()


def test_a_group_says_that_the_log_was_not_read(ledger: MemoryLedger, report: Report) -> None:
    ledger.runs = [ledger.run_at(NOW - timedelta(hours=1))]
    ledger.add(NOW, "/a/1", 200)
    ledger.add(NOW, "/a/2", 200)
    (group,) = report(groups=GroupBy.PREFIX).groups
    assert (group.now, group.no_data) == (Condition.NO_DATA, NoData.NOT_READ)


RULES = ["/", "/a", "/a/b", "/a/<int:id>", "/b/c", "/b/d", "/c", UNMATCHED, OTHER]
REQUESTS = st.tuples(
    st.integers(0, 3 * 24 * 60),
    st.sampled_from(["", "shop"]),
    st.sampled_from(RULES),
    st.sampled_from([200, 404, 500, 403]),
    st.integers(1, 50),
)


@given(st.lists(REQUESTS, max_size=30))
def test_groups_only_arrange_what_a_report_without_them_shows(
    new_ledger: Callable[[], MemoryLedger], requests: list[tuple[int, str, str, int, int]]
) -> None:
    ledger = new_ledger()
    for back, label, rule, status, n in requests:
        ledger.add(NOW - timedelta(minutes=back), rule, status, n=n, label=label)

    def report(by: GroupBy) -> StatusSummary:
        return summarize(
            ledger, now=NOW, zone=ZoneInfo("UTC"), days=3, policy=PRESETS["standard"], groups=by
        )

    plain, grouped = report(GroupBy.NONE), report(GroupBy.PREFIX)
    assert grouped.total == plain.total
    figures = [
        Counter((row.label, row.rule, row.now, row.counts, row.days) for row in summary.routes)
        for summary in (plain, grouped)
    ]
    assert figures[0] == figures[1]
    members = [row for group in grouped.groups for row in group.members]
    assert members == [row for row in grouped.routes if row.rule not in {UNMATCHED, OTHER}]
    order = [min(SEVERITY.index(group.now.value), 2) for group in grouped.groups]
    assert order == sorted(order)  # what fails comes first, the worst before it
    for group in grouped.groups:
        assert {(row.label, row.group) for row in group.members} == {(group.label, group.name)}
        states = {row.now.value for row in group.members}
        assert group.now.value == min(states, key=SEVERITY.index)
        assert group.counts == sum((day.counts for day in group.days), Counts())
        for place, day in enumerate(group.days):
            states = {row.days[place].condition.value for row in group.members}
            assert day.condition.value == min(states, key=SEVERITY.index)
