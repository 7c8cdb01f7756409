"""Reads the names of routes for a shell that waits after a key was pressed.

It does not use the store, because importing SQLAlchemy takes longer than everything else.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from flask_status_cli.model import Route
from flask_status_cli.model.database_url import Database, DatabaseUrl

PATIENCE = 0.2
"""Seconds to wait for another program's lock."""


def glance(database: Database) -> list[Route]:
    """Return label, rule and name of every route; raises `sqlite3.Error` if they cannot be read.

    A PostgreSQL database is read as a report reads it, which may raise `DatabaseError`.
    """
    if isinstance(database, DatabaseUrl):
        from flask_status_cli.store import Ledger

        with Ledger.open(database) as ledger:
            return list(ledger.routes().values())
    uri = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=PATIENCE)) as connection:
        rows = connection.execute("SELECT label, rule, coalesce(given_name, name) FROM route")
        return [Route(*row) for row in rows]
