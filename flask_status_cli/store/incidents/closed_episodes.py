"""The closed episodes of the time whose minutes were pruned."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from flask_status_cli.model.pruning import ClosedEpisode, ClosedEpisodes
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.schema.tables import fact, settled

COLUMNS = tuple(ClosedEpisode.__dataclass_fields__)


def read(connection: Connection) -> ClosedEpisodes | None:
    """Return the closed episodes, `None` if minutes were never pruned."""
    since = connection.scalar(
        select(fact.c.value).where(fact.c.name == NumberName.SETTLED_SINCE.value)
    )
    if since is None:
        return None
    rows = connection.execute(
        select(*(settled.c[name] for name in COLUMNS)).order_by(
            settled.c.start, settled.c.label, settled.c.rule
        )
    )
    return ClosedEpisodes(since, tuple(ClosedEpisode(*row) for row in rows))


def write(connection: Connection, known: ClosedEpisodes) -> None:
    """Replace the closed episodes."""
    key_values.put(connection, NumberName.SETTLED_SINCE, known.since)
    connection.execute(delete(settled))
    rows = [{name: getattr(each, name) for name in COLUMNS} for each in known.episodes]
    if rows:
        connection.execute(insert(settled), rows)
