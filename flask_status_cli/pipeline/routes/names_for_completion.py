"""The names of routes, for a shell that completes a word."""

from __future__ import annotations

from flask_status_cli.model import Route
from flask_status_cli.model.database_url import Database, DatabaseUrl


def names_for_completion(database: Database) -> list[Route]:
    """Return label, rule and name of every route; raises `sqlite3.Error` if they cannot be read.

    A PostgreSQL database is read as a report reads it, which may raise `DatabaseError`.
    """
    if isinstance(database, DatabaseUrl):
        from flask_status_cli.store import Ledger

        with Ledger.open(database) as ledger:
            return list(ledger.routes().values())
    from flask_status_cli.store.queries.route_names import route_names

    return route_names(database)
