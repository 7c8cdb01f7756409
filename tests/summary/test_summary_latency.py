"""How long requests took, as a report tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.judgement import PRESETS, is_slow
from flask_status_cli.model import Policy
from flask_status_cli.model.duration_buckets import bucket_of
from flask_status_cli.model.latency import Latency
from flask_status_cli.model.settings import RoutePolicy

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND = 1_000_000
STANDARD = PRESETS["standard"]


def at(bucket_like: int | None, exact: int) -> bool:
    return bucket_like is not None and bucket_of(bucket_like) == bucket_of(exact)


def nearest_rank(durations: list[int], percent: int) -> int:
    return sorted(durations)[max(ceil(percent * len(durations) / 100), 1) - 1]


def test_rows_and_the_total_have_the_percentiles_of_their_durations(
    ledger: MemoryLedger, report: Report
) -> None:
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["/a", "/b"]), st.integers(0, 40 * 24), st.integers(1, 60 * SECOND)
            ),
            min_size=1,
            max_size=40,
        )
    )
    @settings(max_examples=20)
    def holds(taken: list[tuple[str, int, int]]) -> None:
        ledger.entries.clear()
        ledger.took.clear()
        within: dict[str, list[int]] = {"/a": [], "/b": []}
        for rule, hours, took in taken:
            when = NOON - timedelta(hours=hours)
            ledger.take(when, rule, took)
            if when >= datetime(2026, 10, 25, tzinfo=UTC):
                within[rule].append(took)
        summary = report(now=NOON, days=30)
        rows = {row.rule: row for row in summary.routes}
        for rule, durations in within.items():
            latency = rows[rule].latency if rule in rows else None
            assert (latency.n if latency else 0) == len(durations)
            if latency and durations:
                for percent in (50, 95, 99):
                    assert at(latency.percentile(percent), nearest_rank(durations, percent))
        both = within["/a"] + within["/b"]
        assert summary.total.latency.n == len(both)
        if both:
            assert at(summary.total.latency.p95, nearest_rank(both, 95))

    holds()


def test_without_durations_there_are_no_percentiles(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOON, "/", 200)
    summary = report(now=NOON)
    assert (summary.routes[0].latency.n, summary.routes[0].latency.p95) == (0, None)
    assert not summary.routes[0].slow


@pytest.mark.parametrize(
    ("slow", "overrides", "expected"),
    [
        (None, (), {"/quick": False, "/export": False}),
        (timedelta(seconds=2), (), {"/quick": False, "/export": True}),
        (timedelta(seconds=5), (), {"/quick": False, "/export": False}),
        (
            timedelta(seconds=2),
            (RoutePolicy("/exp*", slow=timedelta(seconds=10)),),
            {"/quick": False, "/export": False},
        ),
        (
            None,
            (RoutePolicy("/q*", slow=timedelta(milliseconds=1)),),
            {"/quick": True, "/export": False},
        ),
    ],
)
def test_a_route_is_slow_where_its_p95_is_above_the_limit(
    ledger: MemoryLedger,
    report: Report,
    slow: timedelta | None,
    overrides: tuple[RoutePolicy, ...],
    expected: dict[str, bool],
) -> None:
    ledger.take(NOON, "/quick", *[20_000] * 95, *[9 * SECOND] * 5)
    ledger.take(NOON, "/export", *[20_000] * 94, *[3 * SECOND] * 6)
    policy = Policy(
        "standard",
        STANDARD.success,
        STANDARD.failure,
        slow=slow,
        overrides=overrides,
        operational=Fraction(99, 100),
        major=Fraction(3, 10),
    )
    summary = report(now=NOON, policy=policy)
    assert {row.rule: row.slow for row in summary.routes} == expected
    assert {row.now.value for row in summary.routes} == {"operational"}, "slow is no outage"


def test_a_p95_of_exactly_the_limit_is_not_above_it() -> None:
    latency = Latency({bucket_of(20_000): 20})
    exact = timedelta(microseconds=latency.p95 or 0)
    for limit, slow in ((exact, False), (exact - timedelta(microseconds=1), True)):
        assert is_slow(latency, replace(STANDARD, slow=limit), rule="/") is slow


def test_a_day_that_begins_within_an_hour_of_utc_has_the_whole_hour(
    ledger: MemoryLedger, report: Report
) -> None:
    # In India the 23rd begins at 18:30 UTC; durations are counted by hours of UTC.
    ledger.take(datetime(2026, 11, 22, 18, 40, tzinfo=UTC), "/", 1000)
    ledger.take(datetime(2026, 11, 22, 17, 59, tzinfo=UTC), "/", 1000)
    summary = report(now=NOON, days=1, zone=ZoneInfo("Asia/Kolkata"))
    assert summary.routes[0].latency.n == 1
