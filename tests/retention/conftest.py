"""Databases that are made of counts, and pruned at will."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flask_status_cli import judgement, summary
from flask_status_cli.model import (
    Checkpoint,
    Incident,
    Mark,
    MinuteCounts,
    Policy,
    Run,
    instant_of,
)
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.pruning import Pruned, Pruning
from flask_status_cli.model.settings import PolicySettings
from flask_status_cli.store import Batch, Ledger, Store
from tests.engines import database, pytest_generate_tests

__all__ = ["database", "pytest_generate_tests"]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
POLICY = judgement.policy(PolicySettings())

Cells = Mapping[tuple[int, str, int], int]


@dataclass
class Kept:
    """A database; minutes are epoch minutes, cells are (minute, rule, status) → requests."""

    path: Database
    now: datetime = NOON

    def add(self, cells: Cells, *, unread: Any = None, newest: int | None = None) -> None:
        keys: dict[tuple[str, int], int] = {}
        minutes: dict[int, dict[int, int]] = {}
        for (minute, rule, status), requests in cells.items():
            code = keys.setdefault((rule, status), len(keys))
            minutes.setdefault(minute, {})[code] = requests
        with self.store() as store:
            known = sorted(store.streams(b"headhead"), key=lambda stream: stream.id)
            store.commit(
                Batch(
                    counts=MinuteCounts("", tuple(keys), minutes),
                    unread=unread or {},
                    checkpoint=Checkpoint(b"headhead", 100, (Mark(100, b"h"),), newest=newest),
                    stream=known[0].id if known else None,
                    expected=tuple((s.id, s.checkpoint.offset) for s in known),
                )
            )

    def store(self) -> Store:
        return Store.open(self.path, create=True, clock=lambda: self.now)

    def prune(
        self, minutes: int, *, quarters: int | None = None, policy: Policy = POLICY
    ) -> Pruned:
        """Prune the minutes before a horizon, as far as incidents let it."""
        with Ledger.open(self.path) as ledger:
            newest = ledger.span(2**40)[1] or 0
            closed = summary.close_episodes(ledger, policy, newest=newest, horizon=minutes)
        with self.store() as store:
            *_, last = store.prune(Pruning(closed.since - 30, quarters, closed))
        return last

    def incidents(self, policy: Policy = POLICY) -> tuple[Incident, ...]:
        with Ledger.open(self.path) as ledger:
            newest = ledger.span(2**40)[1]
            return summary.find_incidents(
                ledger, policy, newest=None if newest is None else instant_of(newest)
            )

    def incidents_at(self, now: datetime) -> tuple[Incident, ...]:
        """The incidents that a report of this instant finds."""
        with Ledger.open(self.path) as ledger:
            return summary.find_incidents(
                ledger, POLICY, newest=summary.newest_entry(ledger, now=now)
            )

    def counted(self, by: Any) -> Counter[tuple[int, int]]:
        """The requests by time and status, whatever their route."""
        found: Counter[tuple[int, int]] = Counter()
        with Ledger.open(self.path) as ledger:
            for row in ledger.counts(by):
                found[row.time, row.status] += row.requests
        return found

    def minutes(self) -> set[int]:
        return {minute for minute, _ in self.counted("minute")}

    def record(self) -> None:
        with self.store() as store:
            store.record(Run(self.now - timedelta(seconds=1), self.now, 1, 1, 1, 0, 0))


@pytest.fixture(scope="session")
def new_kept() -> Callable[[Database], Kept]:
    return Kept


@pytest.fixture
def kept(database: Database) -> Kept:
    return Kept(database)
