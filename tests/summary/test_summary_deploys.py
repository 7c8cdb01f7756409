"""Deploys: the incidents shortly after them, and the requests before and after, counted again by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.judgement import PRESETS
from flask_status_cli.model import UNMATCHED, Counts, Maintenance
from flask_status_cli.model.deploys import ComparisonLimit, Deploy, DeploySide
from flask_status_cli.summary import summarize

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def outage(ledger: MemoryLedger, start: datetime, *, label: str = "", rule: str = "/") -> None:
    ledger.add(start - 90 * MINUTE, rule, 200, n=200, label=label)
    for n in range(10):
        ledger.add(start + n * MINUTE, rule, 500, n=9, label=label)
    ledger.add(start + 30 * MINUTE, rule, 200, n=50, label=label)


START = NOW - 2 * HOUR

NEAR = [
    # (version, minutes before the incident, label), …; and which one is named, how many minutes before
    ([("v1", 2, "")], ("v1", 2)),
    ([("v1", 0, "")], ("v1", 0)),
    ([("v1", 15, "")], ("v1", 15)),
    ([("v1", 16, "")], None),
    ([("v1", -1, "")], None),
    # The latest one before it began.
    ([("v1", 9, ""), ("v2", 4, ""), ("v3", -1, "")], ("v2", 4)),
    ([("v2", 4, ""), ("v1", 4, "")], ("v1", 4)),
    # A deploy of another app has nothing to do with it.
    ([("v1", 5, "shop"), ("v2", 3, "blog")], ("v1", 5)),
    ([("v1", 5, ""), ("v2", 3, "blog")], ("v1", 5)),
    ([("v2", 3, "blog")], None),
]


@pytest.mark.parametrize(("deploys", "named"), NEAR)
def test_an_incident_names_the_latest_deploy_of_the_quarter_hour_before_it(
    ledger: MemoryLedger,
    report: Report,
    deploys: list[tuple[str, int, str]],
    named: tuple[str, int] | None,
) -> None:
    outage(ledger, START, label="shop")
    ledger.marked = [
        Deploy(n, version, START - ago * MINUTE, label)
        for n, (version, ago, label) in enumerate(deploys, start=1)
    ]
    summary = report()
    (incident,) = summary.incidents
    assert incident.start == START
    found = incident.deploy and (incident.deploy.version, incident.minutes_after_deploy)
    assert found == named
    for each in summary.deploys:
        mine = named is not None and each.deploy.version == named[0]
        assert each.incidents == ((incident.id,) if mine else ())


def side(ledger: MemoryLedger, report: Report, at: datetime) -> tuple[Any, ...]:
    ledger.marked.append(Deploy(9, "v1", at))
    found = next(each for each in report().deploys if each.deploy.id == 9)
    both = found.comparison
    assert both is not None
    assert both.before.start == both.before.end - both.minutes * MINUTE
    assert both.after.end == both.after.start + both.minutes * MINUTE
    return both.minutes, both.extent, both.before.end, both.after.start


def test_both_sides_are_a_day_unless_something_is_nearer(
    ledger: MemoryLedger, report: Report
) -> None:
    for hours in range(100):
        ledger.add(NOW - hours * HOUR, "/", 200)
    at = NOW - 30 * HOUR + 7 * MINUTE
    assert side(ledger, report, at) == (1440, ComparisonLimit.DAY, at, at)


AT = NOW - 30 * HOUR


@pytest.mark.parametrize(
    ("first", "others", "minutes", "extent"),
    [
        (AT - 90 * MINUTE, [], 90, ComparisonLimit.FIRST_ENTRY),
        # With nothing before it, the side after it is as long as ever.
        (AT, [], 1440, ComparisonLimit.DAY),
        (AT - 40 * HOUR, [("v2", 50, "")], 50, ComparisonLimit.NEXT_DEPLOY),
        (AT - 40 * HOUR, [("v0", -40, ""), ("v2", 50, "")], 40, ComparisonLimit.PREVIOUS_DEPLOY),
        # Of a deploy of everything, those of a label are neighbours, too.
        (AT - 40 * HOUR, [("v2", 50, "shop")], 50, ComparisonLimit.NEXT_DEPLOY),
        # Two versions in one minute are one deploy.
        (AT - 40 * HOUR, [("v2", 0, "")], 1440, ComparisonLimit.DAY),
    ],
)
def test_neither_side_reaches_beyond_what_cuts_it_short(
    ledger: MemoryLedger,
    report: Report,
    first: datetime,
    others: list[tuple[str, int, str]],
    minutes: int,
    extent: ComparisonLimit,
) -> None:
    ledger.add(first, "/", 200)
    ledger.add(NOW, "/", 200)
    ledger.marked = [
        Deploy(n, version, AT + later * MINUTE, label)
        for n, (version, later, label) in enumerate(others)
    ]
    assert side(ledger, report, AT) == (minutes, extent, AT, AT)


def test_after_a_recent_deploy_both_sides_are_equally_short(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOW - 40 * HOUR, "/", 200)
    ledger.add(NOW - 5 * MINUTE, "/", 200)
    at = NOW - 12 * MINUTE
    # As of noon, a minute that has begun counts.
    assert side(ledger, report, at) == (13, ComparisonLimit.SO_FAR, at, at)


def test_nothing_is_compared_until_lines_after_the_deploy_are_read(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOW - HOUR, "/", 200)
    ledger.runs = [ledger.run_at(NOW - 20 * MINUTE)]
    ledger.marked = [Deploy(1, "v1", NOW - MINUTE), Deploy(2, "v2", NOW + HOUR)]
    told = [(each.deploy.version, each.to_come, each.comparison) for each in report().deploys]
    assert told == [("v2", True, None), ("v1", False, None)]


def test_a_future_deploy_shortens_no_period(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOW - 40 * HOUR, "/", 200)
    ledger.add(NOW, "/", 200)
    ledger.marked = [Deploy(1, "v2", NOW + HOUR)]
    assert side(ledger, report, NOW - HOUR)[:2] == (61, ComparisonLimit.SO_FAR)


def test_only_the_latest_deploys_are_compared(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOW - 100 * HOUR, "/", 200)
    ledger.add(NOW, "/", 200)
    ledger.marked = [Deploy(n, f"v{n}", NOW - n * HOUR) for n in range(1, 14)]
    ledger.marked.append(Deploy(99, "next", NOW + HOUR))
    told = [(each.deploy.id, each.comparison is not None) for each in report().deploys]
    assert told == [(99, False), *((n, n <= 10) for n in range(1, 14))]


def test_if_minutes_were_pruned_the_quarter_of_the_deploy_is_left_out(
    ledger: MemoryLedger, report: Report
) -> None:
    at = NOW - 30 * HOUR + 7 * MINUTE
    ledger.add(NOW - 90 * HOUR, "/", 200)
    ledger.add(NOW, "/", 200)
    ledger.minutes_from = (NOW - HOUR - datetime(1970, 1, 1, tzinfo=UTC)) // MINUTE
    ledger.marked = [Deploy(1, "v0", at - 100 * MINUTE)]
    quarter = at - 7 * MINUTE
    # From the quarter of the deploy back to the other deploy are 93 minutes: 6 whole quarters.
    assert side(ledger, report, at) == (
        90,
        ComparisonLimit.PREVIOUS_DEPLOY,
        quarter,
        quarter + 15 * MINUTE,
    )


def test_deploys_outside_of_the_report_or_of_other_apps_are_not_in_it(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOW, "/", 200, label="shop")
    ledger.marked = [
        Deploy(1, "v1", NOW - 48 * HOUR),
        Deploy(2, "v2", NOW - 36 * HOUR),
        Deploy(3, "v3", NOW - HOUR, "blog"),
        Deploy(4, "v4", NOW - HOUR, "shop"),
    ]
    assert [each.deploy.id for each in report(days=2).deploys] == [4, 2]


def test_a_deploy_of_a_label_is_compared_by_the_routes_of_the_label(
    ledger: MemoryLedger, report: Report
) -> None:
    for label, status in (("shop", 500), ("blog", 200)):
        ledger.add(NOW - 9 * HOUR, "/", 200, n=8, label=label)
        ledger.add(NOW - 3 * HOUR, "/", status, n=4, label=label)
    ledger.marked = [Deploy(1, "v1", NOW - 4 * HOUR, "shop"), Deploy(2, "v1", NOW - 4 * HOUR)]
    shop, every = (report(days=2).deploys[n].comparison for n in (1, 0))
    assert shop is not None
    assert every is not None
    assert (shop.after.counts, every.after.counts) == (Counts(failure=4), Counts(4, 4))
    assert (shop.after.availability, every.after.availability) == ("0.00%", "50.00%")


def test_excused_requests_are_no_failures_of_a_deploy(ledger: MemoryLedger, report: Report) -> None:
    ledger.add(NOW - 9 * HOUR, "/", 200, n=8)
    ledger.add(NOW - 2 * HOUR, "/", 503, n=7)
    ledger.add(NOW - HOUR, UNMATCHED, 404, n=5)
    ledger.windows = [Maintenance(1, NOW - 2 * HOUR, NOW - HOUR)]
    ledger.marked = [Deploy(1, "v1", NOW - 3 * HOUR)]
    both = report().deploys[0].comparison
    assert both is not None
    assert both.after == DeploySide(
        NOW - 3 * HOUR, NOW + MINUTE, Counts(ignored=12), None, server_errors=0
    )


ENTRIES = st.lists(
    st.tuples(
        st.integers(-3000, 0),
        st.sampled_from(["/", "/a"]),
        st.sampled_from([200, 302, 404, 500, 503, 403]),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=40,
)
MARKS = st.lists(
    st.tuples(st.integers(-3000, 100), st.sampled_from(["v1", "v2", "v3"])),
    min_size=1,
    max_size=5,
    unique=True,
)


@given(entries=ENTRIES, marks=MARKS)
def test_both_sides_equal_a_plain_count_and_no_figure_changes(
    new_ledger: Callable[[], MemoryLedger],
    entries: list[tuple[int, str, int, int]],
    marks: list[tuple[int, str]],
) -> None:
    ledger = new_ledger()
    for minute, rule, status, n in entries:
        ledger.add(NOW + minute * MINUTE, rule, status, n=n)
    choices: Any = {"now": NOW, "zone": UTC, "days": 4, "policy": PRESETS["standard"]}
    before = summarize(ledger, **choices, details=True)
    ledger.marked = [
        Deploy(n, version, NOW + minute * MINUTE) for n, (minute, version) in enumerate(marks)
    ]
    after = summarize(ledger, **choices, details=True)
    without = [replace(each, deploy=None) for each in after.incidents]
    assert replace(after, deploys=(), incidents=tuple(without)) == before
    for found in after.deploys:
        if found.comparison is None:
            continue
        for each in (found.comparison.before, found.comparison.after):
            inside = [
                (status, n)
                for minute, _, status, n in entries
                if each.start <= NOW + minute * MINUTE < each.end
            ]
            good = sum(n for status, n in inside if status in (200, 302))
            bad = sum(n for status, n in inside if status in (404, 500, 503))
            assert each.counts.requests == sum(n for _, n in inside)
            assert (each.counts.success, each.counts.failure) == (good, bad)
            assert each.server_errors == sum(n for status, n in inside if status >= 500)
            told = None if not good + bad else f"{good * 10000 // (good + bad) / 100:.2f}%"
            assert each.availability == (told if bad else told and "100%")
