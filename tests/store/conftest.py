"""A store that counts are written to in one call, at a fixed hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flask_status_cli.model import Checkpoint, Mark, MinuteCounts
from flask_status_cli.model.database_url import Database, parse_url
from flask_status_cli.store import Batch, Committed, Store

if TYPE_CHECKING:
    from tests.postgresql_server import PostgresqlServer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CHECKPOINT = Checkpoint(b"headhead", 100, (Mark(100, b"hundreds"),), newest=29_000_000)


def noon() -> datetime:
    return NOON


def make_batch(
    cells: Mapping[tuple[int, str, int], int], *, label: str = "", **changes: Any
) -> Batch:
    """Cells are (minute, rule, status) → requests; every key gets a code of its own, in their order."""
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
    """`write(path, cells, label=...)` makes the database where missing and commits the cells to it."""

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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test on both engines, or on those that `ENGINES` of its module or its mark names."""
    if "database" in metafunc.fixturenames:
        engines = getattr(metafunc.module, "ENGINES", ("sqlite", "postgresql"))
        if metafunc.definition.get_closest_marker("sqlite_only"):
            engines = ("sqlite",)
        metafunc.parametrize("database", engines, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """Where a database may be made, of each engine in turn."""
    if request.param == "sqlite":
        return tmp_path / "status.db"
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return parse_url(server.new_schema())
