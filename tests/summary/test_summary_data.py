"""What a report says of the data it rests on: spans, the future, problems, hints."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.judgement import PRESETS
from flask_status_cli.model import UNMATCHED, Condition, NoData, Policy, UnreadKind
from flask_status_cli.model.report.problems import (
    AfterTheReport,
    Hint,
    InTheFuture,
    MostlyNotFound,
    NoEntries,
    NotUnderstood,
    RunProblems,
    UnmatchedErrors,
)

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_the_span_is_of_the_whole_database(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON - 400 * DAY, "/", 200)
    ledger.add(NOON - 7 * MINUTE, "/", 200, n=3)
    data = report(days=7, only=["/nothing"]).data
    assert (data.first, data.last) == (NOON - 400 * DAY, NOON - 7 * MINUTE)
    assert (data.entries, data.future, data.future_until) == (3, 0, None)


def test_lines_that_were_no_entries_are_the_windows(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON, "/", 200, n=10_000)
    for ago, lines in ((0, 1), (6, 2), (7, 4)):
        ledger.unread_at(NOON - ago * DAY, UnreadKind.NOISE, 10 * lines)
        ledger.unread_at(NOON - ago * DAY, UnreadKind.REFUSED, lines)
    data = report(days=7).data
    assert (data.noise, data.refused, data.problems) == (30, 3, ())


@pytest.mark.parametrize(
    ("entries", "refused", "problem"),
    [
        (99, 1, None),
        (98, 1, NotUnderstood(1, 99)),
        (9_900, 100, None),
        (9_900, 101, NotUnderstood(101, 10_001)),
        (1, 1_999, NotUnderstood(1_999, 2_000)),
    ],
)
def test_more_than_one_percent_not_understood_is_a_problem(
    ledger: MemoryLedger, report: Report, entries: int, refused: int, problem: NotUnderstood | None
) -> None:
    ledger.add(NOON, "/", 200, n=entries)
    ledger.unread_at(NOON, UnreadKind.REFUSED, refused)
    ledger.unread_at(NOON, UnreadKind.NOISE, 10**6)
    summary = report()
    assert summary.data.problems == (() if problem is None else (problem,))
    assert summary.total.now is Condition.OPERATIONAL


# The future


@pytest.mark.parametrize(
    ("ahead", "last", "future"),
    [
        (5 * MINUTE, 5 * MINUTE, False),
        (6 * MINUTE, -MINUTE, True),
        (4 * HOUR + 31 * MINUTE, -MINUTE, True),
        (12 * HOUR, -MINUTE, True),
    ],
)
def test_entries_of_the_future_are_reported_and_never_the_newest(
    ledger: MemoryLedger, report: Report, ahead: timedelta, last: timedelta, future: bool
) -> None:
    ledger.add(NOON - MINUTE, "/", 200)
    ledger.add(NOON + ahead, "/", 500, n=12)
    summary = report()
    assert summary.data.problems == ((InTheFuture(12, NOON + ahead),) if future else ())
    assert summary.data.last == NOON + last
    assert summary.data.future == (12 if future else 0)
    assert summary.data.future_until == (NOON + ahead if future else None)
    assert summary.total.now is (Condition.OPERATIONAL if future else Condition.MAJOR_OUTAGE)


def test_the_tolerance_is_counted_from_the_second(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON + 6 * MINUTE, "/", 200)
    assert report(now=NOON + timedelta(seconds=59)).data.future == 1
    assert report(now=NOON + MINUTE).data.future == 0


def test_entries_of_the_future_are_counted_on_their_day(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON - MINUTE, "/", 200)
    ledger.add(NOON + 4 * HOUR, "/", 500)
    assert report().total.counts.requests == report().data.entries == 2


# Nothing in the window


def test_nothing_in_the_window_says_where_the_newest_is(
    ledger: MemoryLedger, report: Report
) -> None:
    newest = datetime(2015, 5, 20, 21, 5, tzinfo=UTC)
    ledger.add(newest, "/", 200)
    summary = report()
    assert summary.data.problems == (NoEntries(newest, newest),)
    assert (summary.routes, summary.data.entries) == ((), 0)
    assert (summary.total.now, summary.total.no_data) == (Condition.NO_DATA, NoData.QUIET)


def test_an_empty_database_says_so(ledger: MemoryLedger, report: Report) -> None:
    summary = report()
    assert summary.data.problems == (NoEntries(None, None),)
    assert (summary.data.first, summary.data.last, summary.routes) == (None, None, ())
    assert (summary.total.now, summary.total.no_data) == (Condition.NO_DATA, NoData.NO_TRAFFIC)


def test_a_report_of_a_time_before_all_entries_says_so(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, "/", 200)
    summary = report(now=NOON - 90 * DAY)
    assert summary.data.problems == (
        NoEntries(newest=None, oldest=NOON),
        AfterTheReport(1, NOON),
    )
    assert (summary.total.now, summary.total.no_data) == (Condition.NO_DATA, NoData.BEFORE_FIRST)


def test_entries_of_routes_that_are_not_selected_are_counted_in_the_data(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, "/", 200)
    data = report(only=["/nothing"]).data
    assert (data.entries, data.problems) == (1, ())


# The last run


def test_only_problems_of_the_last_run_are_reported(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON, "/", 200)
    earlier = ledger.run_at(NOON - HOUR, "old.log: vanished")
    later = ledger.run_at(NOON, "a.log: permission denied", "b.log: damaged")
    ledger.runs = [later, earlier]
    assert report().data.problems == (RunProblems(2),), (
        "names of files are not for a page that the world reads"
    )
    ledger.runs = [ledger.run_at(NOON), earlier]
    assert report().data.problems == ()


# The hint


@pytest.mark.parametrize(
    ("not_found", "errors", "unmatched_errors", "hints"),
    [
        (0, 0, 0, ()),
        (0, 9, 0, ()),
        (5, 5, 0, ()),
        (6, 5, 0, (MostlyNotFound(54),)),
        (92, 8, 0, (MostlyNotFound(92),)),
        (1, 0, 0, (MostlyNotFound(100),)),
        (6, 4, 2, (UnmatchedErrors(2, synced=False),)),
        (999, 1, 0, (MostlyNotFound(99),)),
    ],
)
def test_mostly_404s_are_a_hint(
    ledger: MemoryLedger,
    report: Report,
    not_found: int,
    errors: int,
    unmatched_errors: int,
    hints: tuple[Hint, ...],
) -> None:
    ledger.add(NOON, "/", 200)
    ledger.add(NOON, "/a", 404, n=not_found)
    ledger.add(NOON, "/b", 500, n=errors)
    ledger.add(NOON, UNMATCHED, 404, n=10_000)
    ledger.add(NOON, UNMATCHED, 500, n=unmatched_errors)
    assert report().hints == hints


@pytest.mark.parametrize(
    ("policy", "hints"),
    [
        (PRESETS["server-errors"], 0),
        (
            Policy(
                "own",
                success=("2xx",),
                failure=("4xx", "5xx"),
                operational=Fraction(99, 100),
                major=Fraction(3, 10),
            ),
            1,
        ),
        (
            Policy(
                "own",
                success=("2xx",),
                failure=("5xx",),
                operational=Fraction(99, 100),
                major=Fraction(3, 10),
            ),
            0,
        ),
    ],
)
def test_the_hint_is_for_policies_that_fail_a_404(
    ledger: MemoryLedger, report: Report, policy: Policy, hints: int
) -> None:
    ledger.add(NOON, "/", 404, n=9)
    assert len(report(policy=policy).hints) == hints
