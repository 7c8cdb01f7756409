"""The moments at which the answer of `check` changes: the last minute of old data, the end of a window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import CheckResult, CheckState, Maintenance
from flask_status_cli.summary.checks import monitoring

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("read_ago", "entry_ago", "max_age", "is_stale"),
    [
        # Without --max-age, only the last good run counts: 15 minutes are too long.
        (15 * MINUTE - SECOND, 60 * MINUTE, None, False),
        (15 * MINUTE, 60 * MINUTE, None, True),
        # With it, both the run and the newest entry must be younger.
        (5 * MINUTE - SECOND, 4 * MINUTE, 5 * MINUTE, False),
        (5 * MINUTE, 4 * MINUTE, 5 * MINUTE, True),
        (MINUTE, 5 * MINUTE, 5 * MINUTE, True),
        (20 * MINUTE, 4 * MINUTE, 30 * MINUTE, False),
    ],
)
def test_data_of_exactly_the_largest_age_are_too_old(
    ledger: MemoryLedger,
    read_ago: timedelta,
    entry_ago: timedelta,
    max_age: timedelta | None,
    is_stale: bool,
) -> None:
    ledger.runs = [ledger.run_at(NOON - read_ago)]
    ledger.add(NOON - entry_ago, "/", 200)
    found = monitoring.staleness(ledger, now=NOON, stale_after=15 * MINUTE, max_age=max_age)
    assert (found is not None) is is_stale


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (NOON - SECOND, CheckState.CRITICAL),
        (NOON, CheckState.OK),
        (NOON + 30 * MINUTE - SECOND, CheckState.OK),
        (NOON + 30 * MINUTE, CheckState.CRITICAL),
    ],
)
def test_a_window_begins_with_its_first_second_and_ends_before_its_end(
    at: datetime, state: CheckState
) -> None:
    down = CheckResult(CheckState.CRITICAL, "down")
    window = Maintenance(1, NOON, NOON + 30 * MINUTE)
    found = monitoring.in_maintenance(down, [window], now=at, rules=["/"])
    assert found.state is state
