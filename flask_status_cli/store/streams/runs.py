"""The runs of `ingest`: recorded, bounded, and found again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from flask_status_cli.model import Run
from flask_status_cli.store.schema import tables
from flask_status_cli.store.schema.tables import run


def record(connection: Connection, finished: Run) -> None:
    """Add a run; beyond `RUNS_KEPT` the oldest go, but never the last one without problems."""
    values = {name: getattr(finished, name) for name in Run.__dataclass_fields__}
    number = connection.execute(insert(run).values(values).returning(run.c.id)).scalar_one()
    good = connection.scalar(_good(select(run.c.id)))
    connection.execute(delete(run).where(run.c.id <= number - tables.RUNS_KEPT, run.c.id != good))


def newest(connection: Connection, count: int) -> Iterator[Run]:
    """Yield the last runs in the order they were recorded in, the newest first."""
    last = _columns().order_by(run.c.id.desc()).limit(count)
    for row in connection.execute(last).mappings():
        yield Run(**row)


def newest_good(connection: Connection) -> Run | None:
    """Look up the last run without problems."""
    row = connection.execute(_good(_columns())).mappings().one_or_none()
    return None if row is None else Run(**row)


def _columns() -> Select[Any]:
    return select(*(run.c[name] for name in Run.__dataclass_fields__))


def _good(runs: Select[Any]) -> Select[Any]:
    return runs.where(run.c.problems == ()).order_by(run.c.id.desc()).limit(1)
