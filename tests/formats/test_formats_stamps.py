"""Time stamps → epoch minutes, against the standard library's own calendar and zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.formats import Refusal, parse_line
from flask_status_cli.formats.timestamps import any_doubled
from flask_status_cli.model import LogEntry

NEW_YORK = ZoneInfo(
    "America/New_York"
)  # 2026: jumps on March 8 at 02:00, doubles November 1 from 01:00
INSTANTS = st.integers(10**8, 7 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def clf(stamp: str) -> int:
    line = f'1.2.3.4 - - [{stamp}] "GET / HTTP/1.1" 200 2'
    return minute(line, zone=UTC, newest=None)


def local(stamp: str, *, zone: tzinfo = NEW_YORK, newest: int | None = None) -> int:
    line = f'1.2.3.4 - - [{stamp}] "GET / HTTP/1.1" 200 -'
    return minute(line, zone=zone, newest=newest)


def minute(line: str, *, zone: tzinfo, newest: int | None) -> int:
    entry = parse_line(line.encode(), zone=zone, newest=newest)
    assert isinstance(entry, LogEntry), entry
    return entry.minute


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) // 60


@pytest.mark.parametrize(
    ("stamp", "instant"),
    [
        ("23/Nov/2026:06:42:01 +0000", "2026-11-23T06:42"),
        ("23/Nov/2026:06:42:01 +0530", "2026-11-23T01:12"),
        ("22/Nov/2026:21:55:59 -0330", "2026-11-23T01:25"),
        ("31/Dec/2016:23:59:60 +0000", "2016-12-31T23:59"),
        # Paste's TransLogger writes 5.75, 5.5 and -3.5 hours like this.
        ("23/Nov/2026:06:43:19 +0575", "2026-11-23T00:58"),
        ("23/Nov/2026:06:43:19 +0550", "2026-11-23T01:13"),
        ("23/Nov/2026:06:43:19 -0350", "2026-11-23T10:13"),
        ("29/Feb/2024:00:00:00 +0100", "2024-02-28T23:00"),
    ],
)
def test_an_offset_is_hours_and_minutes_with_a_sign(stamp: str, instant: str) -> None:
    assert clf(stamp) == utc(instant)


@given(
    INSTANTS, st.integers(-14 * 60, 14 * 60).filter(lambda offset: abs(offset) % 60 not in (25, 50))
)
def test_a_stamp_with_an_offset_is_that_instant(instant: datetime, offset: int) -> None:
    there = instant.astimezone(timezone(timedelta(minutes=offset)))
    assert clf(f"{there:%d/%b/%Y:%H:%M:%S %z}") == int(there.timestamp()) // 60


@given(INSTANTS, st.sampled_from(["America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]))
def test_a_stamp_without_an_offset_is_local_time(instant: datetime, name: str) -> None:
    there = instant.astimezone(ZoneInfo(name))
    found = local(f"{there:%d/%b/%Y %H:%M:%S}", zone=ZoneInfo(name))
    assert found == int(there.replace(fold=0).timestamp()) // 60


@given(
    st.text(alphabet="0123456789", min_size=22, max_size=22), st.sampled_from(["Jan", "Feb", "Xyz"])
)
def test_digits_of_any_kind_never_raise(digits: str, month: str) -> None:
    d = digits
    for stamp in (
        f"{d[:2]}/{month}/{d[2:6]}:{d[6:8]}:{d[8:10]}:{d[10:12]} +{d[12:16]}",
        f"{d[:2]}/{month}/{d[2:6]} {d[6:8]}:{d[8:10]}:{d[10:12]}",
    ):
        line = f'1.2.3.4 - - [{stamp}] "GET / HTTP/1.1" 200 -'
        result = parse_line(line.encode(), zone=NEW_YORK, newest=None)
        assert isinstance(result, (LogEntry, Refusal))


DOUBLED = "01/Nov/2026 01:30:00"
FIRST, SECOND = utc("2026-11-01T05:30"), utc("2026-11-01T06:30")


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        (None, FIRST),
        (FIRST, FIRST),
        (FIRST + 10, FIRST),
        (FIRST + 11, SECOND),
        (SECOND, SECOND),
    ],
)
def test_a_doubled_local_time_is_the_first_unless_ten_minutes_past(
    newest: int | None, expected: int
) -> None:
    assert local(DOUBLED, newest=newest) == expected


@pytest.mark.parametrize("newest", [None, utc("2026-03-09T00:00")])
def test_a_skipped_local_time_has_the_offset_before_the_jump(newest: int | None) -> None:
    assert local("08/Mar/2026 02:30:00", newest=newest) == utc("2026-03-08T07:30")


def test_a_local_time_that_occurs_once_does_not_depend_on_what_came_before() -> None:
    assert local("23/Nov/2026 06:42:01", newest=utc("2030-01-01T00:00")) == utc("2026-11-23T11:42")


@pytest.mark.parametrize(
    ("instants", "expected"),
    [
        # The clock of New York went back on 1 November 2026 at 06:00 UTC: from 02:00 to 01:00.
        (["2026-11-01T04:59", "2026-11-01T07:00"], False),
        (["2026-10-31T23:00", "2026-11-01T05:00"], True),
        (["2026-11-01T05:59"], True),
        (["2026-11-01T06:59"], True),
        (["2026-11-02T06:00", "2026-10-31T06:00"], False),
        (["2026-03-08T06:59", "2026-03-08T07:00"], False),  # it went on: an hour was skipped
        ([], False),
    ],
)
def test_only_a_minute_whose_local_time_comes_again_is_doubled(
    instants: list[str], expected: bool
) -> None:
    assert any_doubled([utc(instant) for instant in instants], NEW_YORK) is expected
