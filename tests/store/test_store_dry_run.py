"""A dry run reads the data of the database and changes nothing in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from flask_status_cli.model import Checkpoint, InputFact, Mark, Stream
from flask_status_cli.model.database_url import Database
from flask_status_cli.store import (
    THIS_STREAM,
    Batch,
    Committed,
    Store,
    StreamsChanged,
    open_for_dry_run,
)
from flask_status_cli.store.database.connection import Mode, connect
from flask_status_cli.store.schema.tables import METADATA

Write = Callable[..., Committed]
MakeBatch = Callable[..., Batch]
CHECKPOINT = Checkpoint(b"headhead", 100, (Mark(100, b"hundreds"),), newest=29_000_000)
FACT = InputFact("/var/log/access.log", 1, 2, 3, 4, 5, THIS_STREAM)


def _seen(store: Store) -> dict[str, InputFact]:
    return {fact.path: fact for fact in store.inputs()}


def noon() -> datetime:
    return datetime(2026, 11, 23, 12, tzinfo=UTC)


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All that is stored, by table."""
    with connect(database, Mode.READ) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))))
            for table in METADATA.sorted_tables
        }


def test_a_dry_run_begins_with_the_data_of_the_database(
    database: Database, write: Write, batch: MakeBatch
) -> None:
    write(database, {(1, "/a", 200): 1, (1, "/b", 404): 1}, inputs=(FACT,))
    with open_for_dry_run(database, clock=noon) as store:
        assert store.streams(b"headhead") == [Stream(1, CHECKPOINT)]
        assert _seen(store).get(FACT.path) == replace(FACT, stream=1)
        with pytest.raises(StreamsChanged):
            store.commit(batch({}))
        more = batch({(2, "/a", 200): 1, (2, "/b", 200): 1}, stream=1, expected=((1, 100),))
        assert store.commit(more).new_routes == 1


def test_a_dry_run_stores_only_in_its_own_copy(
    database: Database, write: Write, batch: MakeBatch
) -> None:
    write(database, {(1, "/a", 200): 1})
    before = rows(database)
    further = replace(CHECKPOINT, offset=200)
    with open_for_dry_run(database, clock=noon) as store:
        store.commit(batch({}, checkpoint=further, stream=1, expected=((1, 100),)))
        assert store.streams(b"headhead") == [Stream(1, further)]
    assert rows(database) == before
    with open_for_dry_run(database, clock=noon) as store:
        assert store.streams(b"headhead") == [Stream(1, CHECKPOINT)]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("exists", [False, True], ids=["no file", "an empty file"])
def test_without_a_database_a_dry_run_begins_empty(
    exists: bool, database: Path, batch: MakeBatch
) -> None:
    if exists:
        database.touch()
    with open_for_dry_run(database, clock=noon) as store:
        assert store.streams(b"headhead") == []
        assert store.commit(batch({(1, "/a", 200): 1})) == Committed(stream=1, new_routes=1)
    assert [(path, path.stat().st_size) for path in database.parent.iterdir()] == [
        (database, 0)
    ] * exists


@pytest.mark.sqlite_only
def test_a_dry_run_does_not_wait_for_a_writer(database: Path, write: Write) -> None:
    write(database, {(1, "/a", 200): 1})
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with open_for_dry_run(database, clock=noon, busy_timeout=0.05) as store:
            assert store.streams(b"headhead") == [Stream(1, CHECKPOINT)]
