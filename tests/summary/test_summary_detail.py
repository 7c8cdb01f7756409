"""The close look at a route that failed: what it adds up, and how far it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.judgement import PRESETS, availability_text
from flask_status_cli.model import (
    UNMATCHED,
    AffectedRoute,
    Condition,
    Counts,
    Incident,
    IncidentAnchor,
    NoData,
    RouteDetail,
    SpanSummary,
    StretchSummary,
    WorstMinute,
    minute_of,
)
from flask_status_cli.summary import day_bounds, summarize
from flask_status_cli.summary.report.route_detail import DAYS_A_REPORT, DetailReader
from flask_status_cli.summary.report.rows import judge_of
from flask_status_cli.summary.report.traffic import (
    RouteSelection,
    by_shown_route,
    read_traffic,
    shown_as,
)

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UP, PARTIAL, MAJOR = Condition.OPERATIONAL, Condition.PARTIAL_OUTAGE, Condition.MAJOR_OUTAGE
POLICY = PRESETS["standard"]


def only(details: tuple[RouteDetail, ...]) -> RouteDetail:
    (detail,) = details
    return detail


def test_details_are_read_only_when_asked_for(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON, "/", 500)
    assert report().details == ()
    assert "slices" not in ledger.asked


def test_only_routes_that_failed_have_details_in_the_order_of_the_report(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, "/fine", 200)
    ledger.add(NOON, "/half", 200)
    ledger.add(NOON, "/half", 500)
    ledger.add(NOON, "/down", 500, n=3)
    ledger.add(NOON, UNMATCHED, 404)
    ledger.add(NOON, UNMATCHED, 502)
    summary = report(details=True)
    assert [each.rule for each in summary.details] == ["/down", "/half", UNMATCHED]
    assert replace(summary, details=()) == report()


def test_spans_are_24_hours_and_calendar_days(ledger: MemoryLedger, report: Report) -> None:
    # 24 hours: the 96 quarters that end with the one of 12:00, so from 12:15 of yesterday on.
    ledger.add(NOON + 14 * MINUTE, "/", 200, n=1)
    ledger.add(NOON - DAY + 15 * MINUTE, "/", 500, n=2)
    ledger.add(NOON - DAY + 14 * MINUTE, "/", 500, n=4)
    # 7, 30 and 90 days begin with a midnight, today being one of them.
    for days, n in ((7, 10), (30, 100), (90, 1000)):
        begin = datetime(2026, 11, 23, tzinfo=UTC) - (days - 1) * DAY
        ledger.add(begin, "/", 200, n=n)
        ledger.add(begin - MINUTE, "/", 404, n=3 * n)
    detail = only(report(details=True).details)
    assert detail.spans == (
        SpanSummary(1, PARTIAL, Counts(1, 2), "33.33%"),
        SpanSummary(7, PARTIAL, Counts(11, 6), "64.70%"),
        SpanSummary(30, PARTIAL, Counts(111, 36, 0, 30), "75.51%"),
        SpanSummary(90, PARTIAL, Counts(1111, 336, 0, 330), "76.77%"),
    )
    assert detail.statuses == {200: 111, 404: 30, 500: 6}


@pytest.mark.parametrize("days", [1, 5, 7, 29, 30, 31, 90, 120])
def test_spans_do_not_depend_on_the_window(days: int, ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON, "/", 500)
    for back in range(0, 130, 3):
        ledger.add(NOON - back * DAY, "/", 200, n=back + 1)
    whole, shown = report(details=True, days=90), report(details=True, days=days)
    assert only(shown.details).spans == only(whole.details).spans


def test_a_day_with_failures_is_shown_by_its_hours(ledger: MemoryLedger, report: Report) -> None:
    yesterday = datetime(2026, 11, 22, tzinfo=UTC)
    ledger.add(yesterday + HOUR, "/", 200, n=1)
    ledger.add(yesterday + 2 * HOUR - MINUTE, "/", 500, n=9)
    ledger.add(yesterday + 23 * HOUR, "/", 200, n=4)
    (day,) = only(report(details=True).details).days
    assert day.date == date(2026, 11, 22)
    assert [hour.start for hour in day.hours] == [yesterday + n * HOUR for n in range(24)]
    assert day.hours[1] == StretchSummary(
        yesterday + HOUR, yesterday + 2 * HOUR, MAJOR, None, Counts(1, 9), "10.00%"
    )
    assert [hour.condition for hour in day.hours].count(Condition.NO_DATA) == 22
    assert (day.hours[0].no_data, day.hours[2].no_data) == (
        NoData.BEFORE_FIRST,
        NoData.NO_TRAFFIC,
    )
    assert day.hours[23].condition is UP


def test_today_ends_with_the_hour_that_has_begun(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON - HOUR, "/", 500)
    (day,) = only(report(details=True, now=NOON + 30 * MINUTE).details).days
    assert [hour.start.hour for hour in day.hours] == list(range(13))


# Clocks go back in Berlin on 2026-10-25 and forward on 2026-03-29; Kolkata's hours begin at a half.
@pytest.mark.parametrize(
    ("zone", "at", "hours", "first"),
    [
        ("Europe/Berlin", datetime(2026, 10, 25, 12, tzinfo=UTC), 25, "2026-10-25T00:00+02:00"),
        ("Europe/Berlin", datetime(2026, 3, 29, 12, tzinfo=UTC), 23, "2026-03-29T00:00+01:00"),
        ("Asia/Kolkata", datetime(2026, 11, 20, 12, tzinfo=UTC), 24, "2026-11-20T00:00+05:30"),
    ],
)
def test_a_day_has_the_hours_its_zone_gives_it(
    zone: str, at: datetime, hours: int, first: str, ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(at, "/", 500)
    summary = report(details=True, zone=ZoneInfo(zone), now=at + DAY, days=3)
    (day,) = only(summary.details).days
    assert len(day.hours) == hours
    assert day.hours[0].start == datetime.fromisoformat(first)
    assert day.hours[-1].end == datetime.fromisoformat(first) + hours * HOUR


def test_of_too_many_days_each_route_shows_its_worst(ledger: MemoryLedger, report: Report) -> None:
    routes = DAYS_A_REPORT // 2
    for number in range(routes):
        rule = f"/deep/{number}/x"
        for back, failures in ((0, 1), (1, 5), (2, 1), (3, 8)):
            ledger.add(NOON - back * DAY, rule, 500, n=failures)
            ledger.add(NOON - back * DAY, rule, 200, n=10)
    details = report(details=True, group=False).details
    assert len(details) == routes
    assert {tuple(day.date.day for day in each.days) for each in details} == {(22, 20)}


@pytest.mark.parametrize(
    ("first_ago", "days"),
    [
        (timedelta(minutes=44), [1]),
        (DAY - 15 * MINUTE, [1]),
        (DAY, [1, 7]),
        (20 * DAY, [1, 7, 30]),
        (40 * DAY, [1, 7, 30, 90]),
        (400 * DAY, [1, 7, 30, 90]),
    ],
)
def test_spans_longer_than_the_data_are_left_out(
    ledger: MemoryLedger, report: Report, first_ago: timedelta, days: list[int]
) -> None:
    ledger.add(NOON - first_ago, "/", 200)
    ledger.add(NOON, "/", 500)
    assert [span.days for span in only(report(details=True).details).spans] == days


# The minutes of incidents


def closely(
    ledger: MemoryLedger, *incidents: Incident, report: Report, **choices: Any
) -> dict[str, tuple[StretchSummary, ...]]:
    """The minutes of the routes in these incidents, by rule."""
    summary = replace(report(**choices), incidents=incidents)
    days = day_bounds(NOON, ZoneInfo("UTC"), 30)
    traffic = read_traffic(ledger, days=days, until=None)
    numbers = shown_as(traffic, ledger.routes(), RouteSelection())
    look = DetailReader(
        ledger=ledger,
        judge=judge_of(POLICY, summary.data, days),
        now=NOON,
        zone=ZoneInfo("UTC"),
        days=days,
        traffic=by_shown_route(traffic, numbers),
        numbers=numbers,
    )
    return {each.rule: each.minutes for each in look.details(summary)}


def incident(start: datetime, end: datetime | None, *rules: str) -> Incident:
    routes = tuple(AffectedRoute("", rule, "", start, end, 1, 1, {500: 1}) for rule in rules)
    return Incident(
        id="0" * 8,
        aliases=(),
        start=start,
        end=end,
        recovered=None if end is None else True,
        last_failure=start,
        last_request=start,
        duration_minutes=1,
        failures=1,
        valid=1,
        statuses={500: 1},
        worst=WorstMinute(start, 1, 1),
        routes=routes,
        anchor=IncidentAnchor("0" * 8, "", rules[0], minute_of(start)),
    )


def test_an_episode_is_shown_by_its_minutes_with_judged_requests(
    ledger: MemoryLedger, report: Report
) -> None:
    begin = NOON - 3 * HOUR
    for rule in ("/a", "/b"):
        ledger.add(begin - MINUTE, rule, 200)
        ledger.add(begin, rule, 500, n=3)
        ledger.add(begin + MINUTE, rule, 403)
        ledger.add(begin + 2 * MINUTE, rule, 200)
        ledger.add(begin + 2 * MINUTE, rule, 502)
        ledger.add(begin + 3 * MINUTE, rule, 500)
    minutes = closely(ledger, incident(begin, begin + 3 * MINUTE, "/a"), report=report)
    at = [begin, begin + MINUTE, begin + 2 * MINUTE, begin + 3 * MINUTE]
    assert minutes == {
        "/a": (
            StretchSummary(at[0], at[1], MAJOR, None, Counts(0, 3), "0.00%"),
            StretchSummary(at[2], at[3], PARTIAL, None, Counts(1, 1), "50.00%"),
        ),
        "/b": (),
    }


def test_an_open_episode_goes_up_to_the_newest_entry(ledger: MemoryLedger, report: Report) -> None:
    for back in range(5):
        ledger.add(NOON - back * MINUTE, "/", 500)
    minutes = closely(ledger, incident(NOON - 3 * MINUTE, None, "/"), report=report)["/"]
    assert [each.start for each in minutes] == [NOON - back * MINUTE for back in (3, 2, 1, 0)]


def test_episodes_stand_in_the_order_of_time(ledger: MemoryLedger, report: Report) -> None:
    for back in (1, 5):
        ledger.add(NOON - back * HOUR, "/", 500)
    newest_first = [incident(NOON - b * HOUR, NOON - b * HOUR + MINUTE, "/") for b in (1, 5)]
    minutes = closely(ledger, *newest_first, report=report)["/"]
    assert [each.start for each in minutes] == [NOON - 5 * HOUR, NOON - HOUR]


def test_an_episode_of_more_than_a_day_is_not_shown_by_minutes(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON - DAY, "/", 500)
    day, longer = incident(NOON - DAY, NOON, "/"), incident(NOON - DAY, NOON + MINUTE, "/")
    assert len(closely(ledger, day, report=report)["/"]) == 1
    assert closely(ledger, longer, report=report)["/"] == ()


def test_an_incident_of_a_route_that_is_not_shown_is_left_out(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, "/", 500)
    assert closely(ledger, incident(NOON, None, "/gone"), report=report) == {"/": ()}


# What holds for every ledger

ENTRIES = st.lists(
    st.tuples(
        st.integers(-95 * 1440, 300) | st.integers(-3 * 1440, 10),
        st.sampled_from(["/", "/a", UNMATCHED, *(f"/s/{n}{n}" for n in "abcdefghijklmnopqrstuv")]),
        st.sampled_from([200, 304, 403, 404, 500, 502]),
        st.integers(1, 300),
    ),
    max_size=60,
)


@given(
    entries=ENTRIES,
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"]),
    days=st.sampled_from([1, 8, 30, 90]),
)
def test_details_add_up_to_the_rows(
    entries: list[tuple[int, str, int, int]],
    zone: str,
    days: int,
    new_ledger: Callable[[], MemoryLedger],
) -> None:
    ledger = new_ledger()
    for minutes, rule, status, n in entries:
        ledger.add(NOON + minutes * MINUTE, rule, status, n=n)
    summary = summarize(
        ledger, now=NOON, zone=ZoneInfo(zone), days=days, policy=POLICY, details=True
    )
    rows = {row.rule: row for row in summary.routes if row.counts.failure}
    assert [each.rule for each in summary.details] == list(rows)
    for detail in summary.details:
        row = rows[detail.rule]
        assert detail.statuses == row.statuses
        assert all(span.counts == row.counts for span in detail.spans[1:] if span.days == days)
        failed = {day.date: day for day in row.days if day.counts.failure}
        assert [day.date for day in detail.days] == sorted(failed, reverse=True)
        for day in detail.days:
            if day.hours[-1].end > NOON:  # what lies behind the hour of now is in the day alone
                continue
            assert sum((hour.counts for hour in day.hours), Counts()) == failed[day.date].counts
        hours = (hour for day in detail.days for hour in day.hours)
        parts: list[SpanSummary | StretchSummary] = [*detail.spans, *hours]
        assert all(part.availability == availability_text(part.counts) for part in parts)
