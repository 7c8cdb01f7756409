"""What holds for every ledger and every choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.judgement import PRESETS, availability_text, condition
from flask_status_cli.model import (
    OTHER,
    UNMATCHED,
    Condition,
    Counts,
    RouteSummary,
    StatusSummary,
    TotalSummary,
)
from flask_status_cli.summary import RowView, day_bounds, summarize

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAYS = 9

Entry = tuple[int, str, str, int, int]

RULES = [
    "/",
    "/a",
    "/a/<int:id>",
    UNMATCHED,
    OTHER,
    *(f"/shop/{letter}{letter}" for letter in "abcdefghijklmnopqrstuvwx"),
]
ENTRIES = st.lists(
    st.tuples(
        st.integers(-12 * 1440, 1440) | st.integers(-90, 10),
        st.sampled_from(["", "", "admin"]),
        st.sampled_from(RULES),
        st.sampled_from([200, 200, 200, 304, 403, 404, 500, 502, 0]),
        st.integers(1, 300),
    ),
    max_size=60,
)
CHOICES = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"]).map(
            ZoneInfo
        ),
        "policy": st.sampled_from(list(PRESETS.values())),
        "view": st.builds(RowView, rows=st.integers(1, 40), group=st.booleans()),
        "only": st.sampled_from([(), ("/*",), ("/shop/*", UNMATCHED)]),
        "exclude": st.sampled_from([(), ("/shop/aa", "/a"), (UNMATCHED,)]),
    }
)
NewLedger = Callable[[], "MemoryLedger"]


def filled(ledger: MemoryLedger, entries: list[Entry]) -> MemoryLedger:
    for minutes, label, rule, status, n in entries:
        ledger.add(NOON + timedelta(minutes=minutes), rule, status, n=n, label=label)
    return ledger


def summary_of(ledger: MemoryLedger, choices: dict[str, Any]) -> StatusSummary:
    return summarize(ledger, now=NOON, days=DAYS, **choices)


@given(entries=ENTRIES, choices=CHOICES)
def test_days_add_up_to_the_window_and_routes_to_the_total(
    entries: list[Entry], choices: dict[str, Any], new_ledger: NewLedger
) -> None:
    summary = summary_of(filled(new_ledger(), entries), choices)
    for row in summary.routes:
        assert sum((day.counts for day in row.days), Counts()) == row.counts
        assert row.counts.requests == sum(row.statuses.values()) > 0
    assert summary.total.counts == sum((row.counts for row in summary.routes), Counts())
    assert (
        sum(map(Counter, (row.statuses for row in summary.routes)), Counter())
        == summary.total.statuses
    )


@given(entries=ENTRIES, choices=CHOICES)
def test_the_window_has_every_request_of_its_days_and_no_other(
    entries: list[Entry], choices: dict[str, Any], new_ledger: NewLedger
) -> None:
    everything = {**choices, "only": (), "exclude": ()}
    summary = summary_of(filled(new_ledger(), entries), everything)
    zone = everything["zone"]
    expected: Counter[tuple[str, object]] = Counter()
    for minutes, label, _, _, n in entries:
        local = (NOON + timedelta(minutes=minutes)).astimezone(zone).date()
        if summary.window.first <= local <= summary.window.last:
            expected[label, local] += n
    shown = Counter(
        {
            (label, on.date): sum(
                row.days[place].counts.requests for row in summary.routes if row.label == label
            )
            for label in ("", "admin")
            for place, on in enumerate(day_bounds(NOON, zone, DAYS))
        }
    )
    assert +shown == expected
    assert summary.data.entries == summary.total.counts.requests == expected.total()


@given(entries=ENTRIES, choices=CHOICES, random=st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(
    entries: list[Entry], choices: dict[str, Any], random: Random, new_ledger: NewLedger
) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)
    one = summary_of(filled(new_ledger(), entries), choices)
    other = summary_of(filled(new_ledger(), shuffled), choices)
    assert repr(one) == repr(other)


@given(entries=ENTRIES, choices=CHOICES)
def test_every_figure_agrees_with_the_counts(
    entries: list[Entry], choices: dict[str, Any], new_ledger: NewLedger
) -> None:
    summary = summary_of(filled(new_ledger(), entries), choices)
    policy = summary.policy
    parts: list[TotalSummary | RouteSummary] = [summary.total, *summary.routes]
    for part in parts:
        assert part.availability == availability_text(part.counts)
        assert part.condition is condition(part.counts, policy)
        assert (part.no_data is None) is (part.now is not Condition.NO_DATA)
    for day in (day for row in summary.routes for day in row.days):
        assert day.availability == availability_text(day.counts)
        assert day.condition is condition(day.counts, policy)
        assert (day.no_data is None) is (day.condition is not Condition.NO_DATA)
    assert all(
        [day.date for day in row.days] == [day.date for day in summary.routes[0].days]
        for row in summary.routes
    )


@given(entries=ENTRIES, choices=CHOICES)
def test_grouping_changes_rows_and_no_sum(
    entries: list[Entry], choices: dict[str, Any], new_ledger: NewLedger
) -> None:
    ledger = filled(new_ledger(), entries)
    grouped = summary_of(ledger, {**choices, "view": RowView(rows=1)})
    single = summary_of(ledger, {**choices, "view": RowView(rows=1, group=False)})
    assert grouped.total == single.total
    assert grouped.data == single.data
    assert len(grouped.routes) <= len(single.routes)
