"""Maintenance: its time is taken out of what is judged, in the past too; its requests still count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.judgement import PRESETS
from flask_status_cli.model import UNMATCHED, Condition, Counts, Maintenance
from flask_status_cli.summary import summarize

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


def window(start: int, end: int, *rules: str) -> Maintenance:
    """A window from one quarter to another, counted from noon."""
    return Maintenance(1, NOON + start * QUARTER, NOON + end * QUARTER, rules)


def outage(ledger: MemoryLedger, rule: str, start: datetime, minutes: int) -> None:
    for n in range(minutes):
        ledger.add(start + n * MINUTE, rule, 503, n=9)


def test_an_outage_during_maintenance_is_not_judged(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON - 3 * QUARTER, "/", 200, n=50)
    ledger.add(NOON, "/", 200, n=50)
    outage(ledger, "/", NOON - 2 * QUARTER, 30)
    assert [len(report().incidents), report().routes[0].availability] == [1, "27.02%"]
    ledger.windows = [window(-2, 0)]
    summary = report()
    (row,) = summary.routes
    assert (summary.incidents, row.now, row.availability) == ((), Condition.OPERATIONAL, "100%")
    assert row.counts == Counts(success=100, ignored=270)
    assert row.statuses == {200: 100, 503: 270}
    assert summary.total.counts == row.counts
    assert summary.maintenance == (ledger.windows[0],)


def test_a_window_for_some_routes_does_not_affect_the_others(
    ledger: MemoryLedger, report: Report
) -> None:
    for rule in ("/api/a", "/api/b", "/"):
        ledger.add(NOON, rule, 503, n=10)
    ledger.windows = [window(0, 1, "/api/*", "/shop")]
    assert {row.rule: row.counts.failure for row in report().routes} == {
        "/api/a": 0,
        "/api/b": 0,
        "/": 10,
    }


def test_a_window_may_name_a_route_as_it_is_shown(ledger: MemoryLedger, report: Report) -> None:
    for number in range(30):
        ledger.add(NOON, f"/news/item-{number}", 503)
    ledger.windows = [window(0, 1, "/news/<slug>")]
    (row,) = report(rows=20).routes
    assert (row.rule, row.counts) == ("/news/<slug>", Counts(ignored=30))


def test_a_period_partly_in_maintenance_is_judged_by_the_rest(
    ledger: MemoryLedger, report: Report
) -> None:
    outage(ledger, "/", NOON - 2 * QUARTER - 5 * MINUTE, 40)
    ledger.windows = [window(-2, -1)]
    (incident,) = report().incidents
    # Maintenance is silence: five minutes of it before, twenty after.
    assert (incident.start, incident.last_failure) == (
        NOON - 2 * QUARTER - 5 * MINUTE,
        NOON + 4 * MINUTE,
    )
    assert incident.failures == 25 * 9


def test_windows_outside_of_the_report_are_not_shown(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON, "/", 200)
    ledger.windows = [window(-500, -400), window(-3, -2), window(0, 1, "/other")]
    assert report(days=2).maintenance == (ledger.windows[1],)


def test_future_maintenance_is_shown(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON, "/", 200)
    ledger.windows = [window(-3, -2), window(1000, 1004)]
    assert report(days=2).maintenance == (ledger.windows[1], ledger.windows[0])


ENTRIES = st.lists(
    st.tuples(
        st.integers(-200, 60),
        st.sampled_from(["/", "/a", "/a/b", UNMATCHED]),
        st.sampled_from([200, 302, 404, 500, 503]),
        st.integers(1, 30),
    ),
    max_size=40,
)
WINDOWS = st.lists(
    st.tuples(
        st.integers(-14, 4),
        st.integers(1, 6),
        st.sampled_from([(), ("/",), ("/a*",), ("/a", UNMATCHED)]),
    ),
    max_size=4,
)


def judged(ledger: MemoryLedger) -> tuple[Any, ...]:
    summary = summarize(
        ledger, now=NOON, zone=ZoneInfo("UTC"), days=3, policy=PRESETS["standard"], details=True
    )
    rows = {(row.rule, row.now, row.availability, row.counts) for row in summary.routes}
    days = {(row.rule, day.date, day.availability) for row in summary.routes for day in row.days}
    spans = {
        (each.rule, span.days, span.availability) for each in summary.details for span in each.spans
    }
    hours = {
        (each.rule, hour.start, hour.availability)
        for each in summary.details
        for day in each.days
        for hour in day.hours
    }
    return rows, days, spans, hours, summary.incidents, summary.total.counts


def excused(at: datetime, rule: str, windows: list[Maintenance]) -> bool:
    return any(
        each.start <= at < each.end
        and (not each.rules or rule in each.rules or ("/a*" in each.rules and rule[:2] == "/a"))
        for each in windows
    )


@given(entries=ENTRIES, windows=WINDOWS)
def test_maintenance_is_judged_as_if_nothing_but_a_403_had_been_answered(
    entries: list[tuple[int, str, int, int]],
    windows: list[tuple[int, int, tuple[str, ...]]],
    new_ledger: Callable[[], MemoryLedger],
) -> None:
    marked, ignored = new_ledger(), new_ledger()
    marked.windows = [
        Maintenance(n, NOON + start * QUARTER, NOON + (start + length) * QUARTER, rules)
        for n, (start, length, rules) in enumerate(windows)
    ]
    for minute, rule, status, n in entries:
        at = NOON + minute * MINUTE
        marked.add(at, rule, status, n=n)
        ignored.add(at, rule, 403 if excused(at, rule, marked.windows) else status, n=n)
    assert judged(marked) == judged(ignored)
