"""The figures of `db info`: what is in a database, and how full it is."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from sqlalchemy import func, select

from flask_status_cli.model import DatabaseInfo, Origin, StreamInfo
from flask_status_cli.model.database_url import Database
from flask_status_cli.store.bounds import ANSWERING_BOUND, WAITING_BOUND
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.routes.route_book import PSEUDO
from flask_status_cli.store.schema import version
from flask_status_cli.store.schema.encoding import instant
from flask_status_cli.store.schema.tables import (
    METADATA,
    alembic_version,
    crowd,
    fact,
    input_,
    route,
    stream,
    waiting,
)
from flask_status_cli.store.streams import hosts, runs, trusted_clock

RUNS_SHOWN: Final = 10
"""At most this many runs are listed, the newest first."""


def collect(
    connection: Connection,
    path: Database,
    *,
    span: tuple[int | None, int | None],
    minutes_from: int | None,
) -> DatabaseInfo:
    """Return the figures of a database.

    `span` is the oldest and the newest minute with requests. From `minutes_from` on, all minutes are kept.
    """
    rows = _rows(connection)
    return DatabaseInfo(
        path=path,
        size=connection.size(path),
        schema_version=version.stamp(connection) or "",
        created_at=instant(key_values.read(connection, NumberName.CREATED_AT)),
        first=span[0],
        newest=span[1],
        rows=rows,
        answering=_answering(connection),
        answering_bound=ANSWERING_BOUND,
        waiting=rows[waiting.name],
        waiting_bound=WAITING_BOUND,
        poured=key_values.read(connection, NumberName.POURED),
        other=key_values.read(connection, NumberName.OTHER),
        merged=key_values.read(connection, NumberName.MERGED),
        crowds=_crowds(connection),
        minutes_from=minutes_from,
        clock_trust=trusted_clock.read(connection),
        streams=_streams(connection),
        hosts=hosts.read(connection),
        runs=tuple(runs.newest(connection, RUNS_SHOWN)),
    )


def _rows(connection: Connection) -> dict[str, int]:
    tables = [t for t in METADATA.sorted_tables if t not in (alembic_version, fact)]
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in sorted(tables, key=lambda table: table.name)
    }


def _answering(connection: Connection) -> int:
    own = (
        route.c.origin == Origin.DISCOVERED.value,
        route.c.rule.not_in(PSEUDO),
        route.c.merged_into.is_(None),
    )
    return connection.scalar(select(func.count()).select_from(route).where(*own)) or 0


def _crowds(connection: Connection) -> tuple[tuple[str, str], ...]:
    rows = connection.execute(
        select(crowd.c.label, crowd.c.parent, crowd.c.kind).order_by(*crowd.primary_key)
    )
    return tuple((label, f"{parent.rstrip('/')}/<{kind}>") for label, parent, kind in rows)


def _streams(connection: Connection) -> tuple[StreamInfo, ...]:
    paths: defaultdict[int | None, list[str]] = defaultdict(list)
    for path, number in connection.execute(select(input_.c.path, input_.c.stream)):
        paths[number].append(path)
    columns = (stream.c.id, stream.c.format, stream.c.offset, stream.c.newest, stream.c.updated_at)
    return tuple(
        StreamInfo(row[0], row[1], row[2], row[3], row[4], tuple(sorted(paths[row[0]])))
        for row in connection.execute(select(*columns).order_by(stream.c.id))
    )
