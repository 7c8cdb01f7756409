"""The state now, and why there may be nothing to judge: now, or on a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import Condition, Counts, NoData
from flask_status_cli.model.problems import RunProblems

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

OPERATIONAL, PARTIAL = Condition.OPERATIONAL, Condition.PARTIAL_OUTAGE
MAJOR, NO_DATA = Condition.MAJOR_OUTAGE, Condition.NO_DATA
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("failing_at", "now"),
    [
        (timedelta(0), MAJOR),
        # the newest entry's minute and the 59 before it
        (59 * MINUTE, MAJOR),
        (60 * MINUTE, OPERATIONAL),
    ],
)
def test_now_is_the_hour_that_ends_with_the_newest_entry(
    ledger: MemoryLedger, report: Report, failing_at: timedelta, now: Condition
) -> None:
    newest = NOON - 3 * HOUR
    ledger.add(newest, "/", 200)
    ledger.add(newest - failing_at, "/", 500, n=9)
    assert report().routes[0].now is now
    assert report().total.now is now


def test_now_ends_with_the_newest_entry_of_any_route(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON - 61 * MINUTE, "/", 500, n=9)
    ledger.add(NOON - MINUTE, "/hidden", 200)
    ledger.know("/hidden", hidden=True)
    (row,) = report().routes
    assert (row.rule, row.now, row.no_data, row.condition) == (
        "/",
        NO_DATA,
        NoData.NO_TRAFFIC,
        MAJOR,
    )


def test_now_is_not_today(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON - 6 * HOUR, "/", 500, n=50)
    ledger.add(NOON - MINUTE, "/", 200, n=50)
    (row,) = report().routes
    assert (row.now, row.days[-1].condition) == (OPERATIONAL, PARTIAL)


@pytest.mark.parametrize(
    ("ran_ago", "stale"),
    [
        (timedelta(0), False),
        (15 * MINUTE - timedelta(seconds=1), False),
        # later than now - 15 minutes, not as late
        (15 * MINUTE, True),
        (16 * MINUTE, True),
        # a report of the past knows of runs since
        (-30 * DAY, False),
    ],
)
def test_a_log_not_read_is_no_data_now(
    ledger: MemoryLedger, report: Report, ran_ago: timedelta, stale: bool
) -> None:
    ledger.add(NOON - MINUTE, "/", 200)
    ledger.runs = [ledger.run_at(NOON - ran_ago), ledger.run_at(NOON - 20 * DAY)]
    summary = report()
    expected = (NO_DATA, NoData.NOT_READ) if stale else (OPERATIONAL, None)
    assert summary.data.stale is stale
    assert (summary.routes[0].now, summary.routes[0].no_data) == expected
    assert (summary.total.now, summary.total.no_data) == expected
    assert summary.routes[0].condition is summary.total.condition is OPERATIONAL
    assert summary.data.ingested_at == max(run.finished_at for run in ledger.runs)


def test_runs_with_problems_do_not_count_as_reading(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON - MINUTE, "/", 200)
    ledger.runs = [ledger.run_at(NOON - HOUR), ledger.run_at(NOON, "access.log: permission denied")]
    data = report().data
    assert (data.stale, data.ingested_at) == (True, NOON - HOUR)
    assert data.problems == (RunProblems(1),)


def test_no_run_at_all_is_not_read(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON - MINUTE, "/", 200)
    ledger.runs = []
    summary = report()
    assert (summary.data.stale, summary.data.ingested_at) == (True, None)
    assert summary.total.no_data is NoData.NOT_READ


# Why a day has nothing to judge


def test_days_tell_before_the_first_entry_from_no_traffic(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON - 3 * DAY, "/first", 200)
    ledger.add(NOON - DAY, "/", 200)
    ledger.add(NOON, "/", 403)
    row = next(row for row in report(days=5).routes if row.rule == "/")
    assert [(day.condition, day.no_data) for day in row.days] == [
        (NO_DATA, NoData.BEFORE_FIRST),
        (NO_DATA, NoData.NO_TRAFFIC),
        (NO_DATA, NoData.NO_TRAFFIC),
        (OPERATIONAL, None),
        # an ignored request is nothing to judge
        (NO_DATA, NoData.NO_TRAFFIC),
    ]
    assert row.days[-1].counts == Counts(ignored=1)


@pytest.mark.parametrize(
    ("first_at", "yesterday"), [(-MINUTE, NoData.NO_TRAFFIC), (timedelta(0), NoData.BEFORE_FIRST)]
)
def test_a_day_is_before_the_first_entry_when_it_ends_before_it(
    ledger: MemoryLedger, report: Report, first_at: timedelta, yesterday: NoData
) -> None:
    midnight = NOON.replace(hour=0)
    ledger.add(midnight + first_at, "/first", 200)
    ledger.add(midnight + MINUTE, "/", 200)
    row = next(row for row in report(days=3).routes if row.rule == "/")
    assert [day.no_data for day in row.days] == [NoData.BEFORE_FIRST, yesterday, None]


@pytest.mark.parametrize(
    ("read_at", "day_after"),
    [
        (NOON - 2 * DAY, NoData.NOT_READ),
        (NOON.replace(hour=0) - DAY, NoData.NOT_READ),
        (NOON.replace(hour=0) - DAY + MINUTE, NoData.NO_TRAFFIC),
    ],
)
def test_days_that_began_after_the_last_reading_were_not_read(
    ledger: MemoryLedger, report: Report, read_at: datetime, day_after: NoData
) -> None:
    ledger.add(NOON - 3 * DAY, "/", 200)
    ledger.runs = [ledger.run_at(read_at)]
    assert [day.no_data for day in report(days=4).routes[0].days] == [
        None,
        NoData.NO_TRAFFIC,
        day_after,
        NoData.NOT_READ,
    ]


def test_entries_of_runs_with_problems_were_read_too(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON - 3 * DAY, "/", 200)
    ledger.add(NOON - DAY, "/other", 200)
    ledger.runs = [ledger.run_at(NOON - 3 * DAY), ledger.run_at(NOON - DAY, "other.log: damaged")]
    row = next(row for row in report(days=4).routes if row.rule == "/")
    assert [day.no_data for day in row.days] == [
        None,
        NoData.NO_TRAFFIC,
        NoData.NO_TRAFFIC,
        NoData.NOT_READ,
    ]


def test_today_read_before_midnight_and_not_stale_had_no_traffic(
    ledger: MemoryLedger, report: Report
) -> None:
    just_past_midnight = NOON.replace(hour=0, minute=5)
    ledger.add(just_past_midnight - HOUR, "/", 200)
    ledger.runs = [ledger.run_at(just_past_midnight - 6 * MINUTE)]
    assert [day.no_data for day in report(now=just_past_midnight, days=2).routes[0].days] == [
        None,
        NoData.NO_TRAFFIC,
    ]
