"""Calendar days in their zones, and the instant a report is made for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.errors import OptionError
from flask_status_cli.summary import Day, day_bounds, resolve_now

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

# zone, day -> its first instant in UTC, its hours; from the zone's published rules
DAYS = [
    ("UTC", date(2026, 11, 23), "2026-11-23T00:00", 24),
    ("Europe/Berlin", date(2026, 7, 1), "2026-06-30T22:00", 24),
    ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00", 23),
    ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00", 25),
    ("America/St_Johns", date(2026, 11, 23), "2026-11-23T03:30", 24),
    ("America/St_Johns", date(2026, 3, 8), "2026-03-08T03:30", 23),
    ("America/St_Johns", date(2026, 11, 1), "2026-11-01T02:30", 25),
    ("Asia/Kolkata", date(2026, 11, 23), "2026-11-22T18:30", 24),
    ("Asia/Kathmandu", date(2026, 11, 23), "2026-11-22T18:15", 24),
    # half an hour of daylight saving
    ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00", 24.5),
    ("Australia/Lord_Howe", date(2026, 10, 4), "2026-10-03T13:30", 23.5),
    ("Pacific/Chatham", date(2026, 11, 23), "2026-11-22T10:15", 24),
    # midnight is skipped: the day begins at one
    ("Africa/Cairo", date(2026, 4, 24), "2026-04-23T22:00", 23),
    ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00", 23),
    # midnight comes twice: the day begins with the first
    ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00", 25),
    # a day that the zone left out
    ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00", 0),
    ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00", 24),
]


@pytest.mark.parametrize(("zone", "day", "begins", "hours"), DAYS)
def test_a_day_is_a_day_of_the_zone(zone: str, day: date, begins: str, hours: float) -> None:
    after = datetime.combine(day, datetime.min.time(), UTC) + timedelta(days=3)
    found = {bounds.date: bounds for bounds in day_bounds(after, ZoneInfo(zone), 7)}[day]
    start = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert found.start * 900 == start.timestamp()
    assert (found.end - found.start) / 4 == hours


def test_the_window_ends_with_the_day_that_holds_now() -> None:
    now = datetime(2026, 11, 22, 18, 31, tzinfo=UTC)
    assert [day.date for day in day_bounds(now, ZoneInfo("Asia/Kolkata"), 2)] == [
        date(2026, 11, 22),
        date(2026, 11, 23),
    ]
    assert day_bounds(now, ZoneInfo("UTC"), 1) == [
        Day(date(2026, 11, 22), 20_779 * 96, 20_780 * 96)
    ]


ZONES = st.sampled_from(
    sorted({zone for zone, *_ in DAYS} | {"America/New_York", "Asia/Tehran", "Etc/GMT+12"})
)
INSTANTS = st.integers(631_152_000, 2_082_758_400).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)


@given(INSTANTS, ZONES, st.integers(1, 400))
def test_days_follow_each_other_without_gap_and_the_last_holds_now(
    now: datetime, zone: str, days: int
) -> None:
    bounds = day_bounds(now, ZoneInfo(zone), days)
    assert len(bounds) == days
    assert all(one.end == next_.start for one, next_ in pairwise(bounds))
    assert bounds[-1].start * 900 <= now.timestamp() < bounds[-1].end * 900


@pytest.mark.parametrize(
    ("zone", "instant", "on"),
    [
        # the last minute of a 25 hour day, the first of the next
        ("Europe/Berlin", "2026-10-25T22:59", date(2026, 10, 25)),
        ("Europe/Berlin", "2026-10-25T23:00", date(2026, 10, 26)),
        # and of a 23 hour day
        ("Europe/Berlin", "2026-03-29T21:59", date(2026, 3, 29)),
        ("Europe/Berlin", "2026-03-29T22:00", date(2026, 3, 30)),
        ("America/St_Johns", "2026-11-02T03:29", date(2026, 11, 1)),
        ("America/St_Johns", "2026-11-02T03:30", date(2026, 11, 2)),
        ("Asia/Kolkata", "2026-11-22T18:29", date(2026, 11, 22)),
        ("Asia/Kolkata", "2026-11-22T18:30", date(2026, 11, 23)),
        ("Australia/Lord_Howe", "2026-04-05T13:29", date(2026, 4, 5)),
        ("Australia/Lord_Howe", "2026-04-05T13:30", date(2026, 4, 6)),
    ],
)
def test_an_entry_counts_on_the_day_of_the_zone(
    ledger: MemoryLedger, report: Report, zone: str, instant: str, on: date
) -> None:
    at = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    ledger.add(at, "/", 200)
    summary = report(now=at + timedelta(days=2), zone=ZoneInfo(zone), days=5)
    assert [day.date for day in summary.routes[0].days if day.counts.requests] == [on]
    assert summary.timezone == zone


# now


def clock() -> datetime:
    """The wall clock of these tests: 12:00:30 and a bit, told in another zone."""
    return datetime(2026, 11, 23, 17, 30, 30, 123_456, tzinfo=ZoneInfo("Asia/Kolkata"))


WALL = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, WALL),
        ("2026-11-23T10:05", datetime(2026, 11, 23, 9, 5, tzinfo=UTC)),
        ("2026-11-23 10:05:07.5", datetime(2026, 11, 23, 9, 5, 7, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 22, 23, 0, tzinfo=UTC)),
        ("20261123T100500", datetime(2026, 11, 23, 9, 5, tzinfo=UTC)),
        ("2026-11-23T10:05Z", datetime(2026, 11, 23, 10, 5, tzinfo=UTC)),
        (" 2026-11-23T10:05+05:30 ", datetime(2026, 11, 23, 4, 35, tzinfo=UTC)),
        # a local time that occurs twice is the first, a skipped one has the offset before the jump
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-03-29T02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_now_is_an_instant_in_the_reports_zone(
    ledger: MemoryLedger, text: str | None, expected: datetime
) -> None:
    found = resolve_now(text, ledger, clock, zone=ZoneInfo("Europe/Berlin"))
    assert found == expected
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("minutes_after_noon", "expected"),
    [
        ([-90, -7], -7),
        # up to five minutes past the clock is not the future: 12:05, not 12:06
        ([-90, 5], 5),
        ([-90, 6], -90),
        ([-90, 6 * 60], -90),
    ],
)
def test_last_is_the_newest_entry_not_from_the_future(
    ledger: MemoryLedger, minutes_after_noon: list[int], expected: int
) -> None:
    noon = WALL.replace(second=0)
    for minutes in minutes_after_noon:
        ledger.add(noon + timedelta(minutes=minutes), "/", 200)
    for text in ("last", " LAST "):
        found = resolve_now(text, ledger, clock, zone=ZoneInfo("UTC"))
        assert found == noon + timedelta(minutes=expected)


def test_last_without_entries_is_the_time_of_the_clock(ledger: MemoryLedger) -> None:
    assert resolve_now("last", ledger, clock, zone=ZoneInfo("UTC")) == WALL


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "'' is not an instant"),
        ("yesterday", "'yesterday' is not an instant"),
        ("10:05", "'10:05' is not an instant"),
        ("2026-13-01", "'2026-13-01' is not an instant"),
        ("1795396634", "'1795396634' is not an instant"),
        ("0001-01-01T00:00+05:00", "the year 1 is out of range"),
        ("9999-12-31T23:59-05:00", "the year 9999 is out of range"),
    ],
)
def test_a_text_that_is_no_instant_is_refused_with_an_example(
    ledger: MemoryLedger, text: str, what: str
) -> None:
    with pytest.raises(OptionError) as caught:
        resolve_now(text, ledger, clock, zone=ZoneInfo("UTC"))
    example = 'use for example 2026-11-23T10:05, 2026-11-23T10:05+01:00 or "last"'
    assert str(caught.value) == f"--now: {what}; {example}"


@given(
    text=st.text() | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{2,8}([+-][0-9:]{2,6})?)?")
)
def test_any_text_is_an_instant_or_a_usage_problem(
    text: str, new_ledger: Callable[[], MemoryLedger]
) -> None:
    try:
        found = resolve_now(text, new_ledger(), clock, zone=ZoneInfo("Europe/Berlin"))
    except OptionError:
        return
    assert found.tzinfo is UTC
    assert found.microsecond == 0
    assert len(day_bounds(found, ZoneInfo("Pacific/Apia"), 400)) == 400
