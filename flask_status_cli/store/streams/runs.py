"""The table `run`: the completed runs of `ingest`."""

from __future__ import annotations

from collections.abc import Iterator

from flask_status_cli.frozen import field_names
from flask_status_cli.model import Run
from flask_status_cli.store import bounds
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled


def record(connection: Connection, finished: Run) -> None:
    """Store a run. If there are more than `RUNS_KEPT`, the oldest is deleted.

    The last run without problems is always kept.
    """
    values = {name: getattr(finished, name) for name in field_names(Run)}
    number = connection.value(compiled.ADD_RUN, **values, host=connection.host)
    good = connection.value(compiled.GOOD_RUN_NUMBER, none=())
    connection.change(compiled.DROP_RUNS, until=number - bounds.RUNS_KEPT, good=good)


def newest(connection: Connection, count: int) -> Iterator[Run]:
    """Yield at most `count` of the last runs, the newest first."""
    for row in connection.rows(compiled.NEWEST_RUNS, many=count):
        yield Run(*row)


def newest_good(connection: Connection) -> Run | None:
    """Return the last run without problems, `None` if there is none."""
    row = connection.row(compiled.GOOD_RUN, none=())
    return None if row is None else Run(*row)
