"""The state now, and why there may be nothing to judge: now, or on a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import Condition, Counts, IncidentNote, NoData
from flask_status_cli.model.report.problems import RunProblems

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

OPERATIONAL, PARTIAL = Condition.OPERATIONAL, Condition.PARTIAL_OUTAGE
MAJOR, NO_DATA = Condition.MAJOR_OUTAGE, Condition.NO_DATA
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


# Without an incident: the last hour


@pytest.mark.parametrize(
    ("failing_at", "now"),
    [
        # the minute of the report and the 59 before it
        (timedelta(0), PARTIAL),
        (59 * MINUTE, PARTIAL),
        (60 * MINUTE, OPERATIONAL),
    ],
)
def test_now_is_the_hour_up_to_the_instant_of_the_report(
    ledger: MemoryLedger, report: Report, failing_at: timedelta, now: Condition
) -> None:
    ledger.add(NOON, "/", 200, n=9)
    ledger.add(NOON - failing_at, "/", 500)
    assert report().routes[0].now is report().total.now is now


@pytest.mark.parametrize(
    ("read_ago", "given", "now", "no_data"),
    [
        # as of the end of the last good run
        (10 * MINUTE, False, OPERATIONAL, None),
        (9 * MINUTE, False, NO_DATA, NoData.QUIET),
        # never later than the report's own instant
        (-30 * MINUTE, False, NO_DATA, NoData.QUIET),
        # an instant that was given is meant as it is given
        (10 * MINUTE, True, NO_DATA, NoData.QUIET),
    ],
)
def test_now_is_as_of_the_time_up_to_which_the_log_was_read(
    ledger: MemoryLedger,
    report: Report,
    read_ago: timedelta,
    given: bool,
    now: Condition,
    no_data: NoData | None,
) -> None:
    ledger.add(NOON - 69 * MINUTE, "/", 200)
    ledger.runs = [ledger.run_at(NOON - read_ago)]
    (row,) = report(given=given).routes
    assert (row.now, row.no_data) == (now, no_data)


def test_an_entry_that_is_a_little_ahead_is_now(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON + 4 * MINUTE, "/", 200)
    assert report().routes[0].now is OPERATIONAL


def test_a_route_without_a_judged_request_in_an_hour_is_quiet(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, "/", 200)
    ledger.add(NOON - HOUR, "/quiet", 200, n=50)
    ledger.add(NOON - 5 * MINUTE, "/login", 401, n=50)
    summary = report()
    assert {row.rule: (row.now, row.no_data) for row in summary.routes} == {
        "/": (OPERATIONAL, None),
        "/quiet": (NO_DATA, NoData.QUIET),
        # there was traffic, so it is not called quiet
        "/login": (NO_DATA, NoData.IGNORED),
    }
    assert (summary.total.now, summary.total.no_data) == (OPERATIONAL, None)


# In an incident: its last minutes


def outage(ledger: MemoryLedger, *, begun: int, ended: int = 0, paths: tuple[str, ...]) -> None:
    """Two hours of ten requests a minute and path; all fail from `begun` minutes ago until `ended`."""
    for ago in range(120):
        for path in paths:
            failing = ended <= ago < begun
            ledger.add(NOON - ago * MINUTE, path, 500 if failing else 200, n=10)


@pytest.mark.parametrize("minutes", [1, 5, 20, 41, 43, 90])
def test_a_total_outage_is_major_from_its_first_minute_on(
    ledger: MemoryLedger, report: Report, minutes: int
) -> None:
    outage(ledger, begun=minutes, paths=("/", "/login", "/cart"))
    summary = report()
    assert [row.now for row in summary.routes] == [MAJOR] * 3
    assert summary.total.now is MAJOR


@pytest.mark.parametrize(
    ("ended", "now"),
    [
        # over when ten minutes without a failing one have passed
        (9, MAJOR),
        (10, OPERATIONAL),
        (30, OPERATIONAL),
        (59, OPERATIONAL),
    ],
)
def test_an_outage_that_is_over_is_no_longer_now(
    ledger: MemoryLedger, report: Report, ended: int, now: Condition
) -> None:
    outage(ledger, begun=ended + 45, ended=ended, paths=("/", "/login"))
    if ended < 10:  # the last five minutes are well, but the incident is open
        now = PARTIAL
    summary = report()
    assert [row.now for row in summary.routes] == [now] * 2
    assert (summary.total.now is OPERATIONAL) == (ended >= 5)


def test_other_routes_are_not_down(ledger: MemoryLedger, report: Report) -> None:
    outage(ledger, begun=20, paths=("/pay",))
    outage(ledger, begun=0, paths=("/", "/login"))
    rows = {row.rule: row.now for row in report().routes}
    assert rows == {"/pay": MAJOR, "/": OPERATIONAL, "/login": OPERATIONAL}


def test_a_partial_outage_is_partial(ledger: MemoryLedger, report: Report) -> None:
    for ago in range(120):
        ledger.add(NOON - ago * MINUTE, "/", 200, n=5)
        ledger.add(NOON - ago * MINUTE, "/", 500 if ago < 30 else 200, n=5)
    assert report().routes[0].now is report().total.now is PARTIAL


def test_a_quiet_site_is_down_by_its_last_five_minutes_with_requests(
    ledger: MemoryLedger, report: Report
) -> None:
    # A request every half hour: the last hour alone holds two of them, too few to tell.
    for number in range(20):
        ledger.add(NOON - number * 30 * MINUTE, "/", 500 if number < 12 else 200)
    assert report().routes[0].now is MAJOR


def test_minutes_before_the_incident_do_not_count_for_now(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON - 2 * MINUTE, "/", 200, n=1000)
    ledger.add(NOON - MINUTE, "/", 500, n=300)
    ledger.add(NOON, "/", 500, n=300)
    assert report().routes[0].now is MAJOR


def test_a_false_alarm_is_judged_as_any_other_hour(ledger: MemoryLedger, report: Report) -> None:
    outage(ledger, begun=5, paths=("/",))
    (incident,) = report().incidents
    ledger.written[incident.id] = IncidentNote(false_alarm=True)
    assert report().routes[0].now is PARTIAL


@pytest.mark.parametrize(
    ("errors", "now"),
    [(0, PARTIAL), (2, PARTIAL), (3, PARTIAL), (233, PARTIAL), (234, MAJOR)],
)
def test_404s_are_a_partial_outage_at_most(
    ledger: MemoryLedger, report: Report, errors: int, now: Condition
) -> None:
    ledger.add(NOON, "/<path:slug>", 200, n=100)
    ledger.add(NOON, "/<path:slug>", 404, n=9000)
    ledger.add(NOON, "/<path:slug>", 500, n=errors)
    (row,) = report().routes
    assert row.now is row.days[-1].condition is now


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


def test_a_day_before_the_first_entry_is_not_a_day_without_traffic(
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
        # an ignored request is nothing to judge, but it is traffic
        (NO_DATA, NoData.IGNORED),
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


def test_days_that_were_deleted_are_no_longer_kept(ledger: MemoryLedger, report: Report) -> None:
    midnight = NOON.replace(hour=0)
    ledger.add(midnight - DAY, "/", 200)
    ledger.deleted_before = (midnight - DAY - datetime(1970, 1, 1, tzinfo=UTC)) // (15 * MINUTE)
    (row,) = report(days=4).routes
    assert [day.no_data for day in row.days] == [
        NoData.NOT_KEPT,
        NoData.NOT_KEPT,
        None,
        NoData.NO_TRAFFIC,
    ]


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


def test_entries_of_runs_with_problems_count_as_read(ledger: MemoryLedger, report: Report) -> None:
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


@pytest.mark.parametrize(("ago", "nothing"), [(30, False), (90, True)])
def test_nothing_works_if_no_request_of_the_last_hour_succeeded(
    ago: int, *, nothing: bool, ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON - timedelta(minutes=ago), "/", 200)
    for minute in range(4):
        ledger.add(NOON - timedelta(minutes=minute), "/pay", 500)
    assert report(now=NOON).headline.nothing_works is nothing


# After an outage of the whole site


def down_for_a_while(ledger: MemoryLedger) -> list[str]:
    """Let 30 routes fail from 50 to 40 minutes before noon, with one request each in that time."""
    rules = [f"/page/{name}" for name in "abcdefghijklmnopqrstuvwxyzäöüß"]
    for before in range(180):
        down = 40 < before <= 50
        for rule in rules[before % 10 :: 10]:
            ledger.add(NOON - before * MINUTE, rule, 502 if down else 200)
    return rules


def test_failures_in_an_outage_of_the_whole_site_that_is_over_are_not_now(
    ledger: MemoryLedger, report: Report
) -> None:
    rules = down_for_a_while(ledger)
    assert {row.now for row in report(now=NOON - 41 * MINUTE).routes} != {OPERATIONAL}
    summary = report(now=NOON)
    assert {row.now for row in summary.routes} == {OPERATIONAL}
    assert summary.total.now is OPERATIONAL
    assert {row.counts.failure for row in summary.routes} == {1}, "the days still show them"
    (alone,) = report(now=NOON, only=[rules[0]]).routes
    assert alone.now is OPERATIONAL, "whichever routes are shown"


def test_a_route_that_failed_at_another_time_of_the_hour_still_shows_it(
    ledger: MemoryLedger, report: Report
) -> None:
    rules = down_for_a_while(ledger)
    ledger.add(NOON - 20 * MINUTE, rules[0], 502)
    assert {row.rule for row in report(now=NOON).routes if row.now is PARTIAL} == {rules[0]}


def test_a_false_alarm_of_the_whole_site_is_judged_as_any_other_hour(
    ledger: MemoryLedger, report: Report
) -> None:
    down_for_a_while(ledger)
    (incident,) = report(now=NOON).incidents
    ledger.written[incident.id] = IncidentNote(false_alarm=True)
    assert {row.now for row in report(now=NOON).routes} == {PARTIAL}
