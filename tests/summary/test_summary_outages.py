"""Simulated outages, looked at every minute: now is red as long as an incident is open, and no longer."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.judgement import PRESETS
from flask_status_cli.model import Condition
from flask_status_cli.summary import find_incidents

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SEEDS = range(int(os.environ.get("OUTAGES", "1")))
RED = {Condition.MAJOR_OUTAGE, Condition.PARTIAL_OUTAGE}

KINDS = {
    # requests a minute and route, the share that fails, and in which minutes
    "total": (5, 1.0, set(range(70, 100))),
    "partial": (10, 0.5, set(range(70, 100))),
    "short": (20, 1.0, set(range(70, 75))),
    "flapping": (10, 1.0, {m for m in range(70, 100) if m // 5 % 2 == 0}),
    "quiet": (0.3, 1.0, set(range(70, 110))),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_now_is_red_while_an_incident_is_open_and_green_when_it_is_over(
    kind: str, seed: int, ledger: MemoryLedger, report: Report
) -> None:
    rate, share, failing = KINDS[kind]
    chance = random.Random(f"{kind} {seed}")
    was_red = 0
    for minute in range(130):
        at = NOON + minute * MINUTE
        for path in ("/", "/pay"):
            for _ in range(int(rate) + (chance.random() < rate % 1)):
                down = path == "/pay" and minute in failing and chance.random() < share
                ledger.add(at, path, 500 if down else 200)
        if minute < 65 or not ledger.entries:
            continue
        ledger.runs = [ledger.run_at(at + timedelta(seconds=30))]
        last = datetime(1970, 1, 1, tzinfo=UTC) + max(ledger.entries)[0] * MINUTE
        open_now = {
            route.rule
            for each in find_incidents(ledger, PRESETS["standard"], newest=last)
            for route in each.routes
            if route.end is None
        }
        rows = {row.rule: row for row in report(now=at + timedelta(seconds=45)).routes}
        for rule, row in rows.items():
            if rule in open_now:
                assert row.now in RED, (minute, rule)
                assert row.since is not None
            else:
                assert row.now is not Condition.MAJOR_OUTAGE, (minute, rule)
                assert row.since is None
        was_red += "/pay" in open_now
        if not failing & set(range(minute + 1)) or (minute > 125 and not open_now):
            assert {row.now for row in rows.values()} <= {Condition.OPERATIONAL, Condition.NO_DATA}
    assert was_red >= len(failing) // 2, "it was found at all"
