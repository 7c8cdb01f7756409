"""A store that counts are written to in one call, at a fixed hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from flask_status_cli.model import Checkpoint, Mark, MinuteCounts
from flask_status_cli.model.database_url import Database
from flask_status_cli.store import Batch, Committed, Store
from tests.engines import database, pytest_generate_tests

__all__ = ["database", "pytest_generate_tests"]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CHECKPOINT = Checkpoint(b"headhead", 100, (Mark(100, b"hundreds"),), newest=29_000_000)


def noon() -> datetime:
    return NOON


def make_batch(
    cells: Mapping[tuple[int, str, int], int], *, label: str = "", **changes: Any
) -> Batch:
    """Return counts of cells, which are requests by (minute, rule, status). Each key gets the next code."""
    keys: dict[tuple[str, int], int] = {}
    minutes: dict[int, dict[int, int]] = {}
    for (minute, rule, status), requests in cells.items():
        code = keys.setdefault((rule, status), len(keys))
        minutes.setdefault(minute, {})[code] = requests
    fields: dict[str, Any] = {
        "counts": MinuteCounts(label, tuple(keys), minutes),
        "unread": {},
        "checkpoint": CHECKPOINT,
        "stream": None,
        "expected": (),
    }
    return Batch(**fields | changes)


@pytest.fixture(scope="session")
def batch() -> Callable[..., Batch]:
    """`batch({(minute, rule, status): requests}, label=..., ...)` makes a Batch of a new stream."""
    return make_batch


@pytest.fixture(scope="session")
def write() -> Callable[..., Committed]:
    """`write(path, cells, label=...)` makes the database if it is missing, and commits the cells to it."""

    def commit(
        path: Database,
        cells: Mapping[tuple[int, str, int], int],
        *,
        label: str = "",
        **changes: Any,
    ) -> Committed:
        with Store.open(path, create=True, clock=noon) as store:
            known = sorted(store.streams(CHECKPOINT.head), key=lambda stream: stream.id)
            expected = tuple((stream.id, stream.checkpoint.offset) for stream in known)
            number = known[0].id if known else None
            following = {"stream": number, "expected": expected} | changes
            return store.commit(make_batch(cells, label=label, **following))

    return commit
