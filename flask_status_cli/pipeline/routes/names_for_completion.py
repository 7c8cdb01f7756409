"""Reads the names of routes for shell completion."""

from __future__ import annotations

from flask_status_cli.model import Route
from flask_status_cli.model.database_url import Database, DatabaseUrl


def names_for_completion(database: Database) -> list[Route]:
    """Return every route, at least with its label, rule and name.

    Raises `sqlite3.Error` if they cannot be read. For a PostgreSQL database, raises `DatabaseError`.
    """
    if isinstance(database, DatabaseUrl):
        from flask_status_cli.store import Ledger

        return list(Ledger.read(database, Ledger.routes).values())
    from flask_status_cli.store.queries.route_names import route_names

    return route_names(database)
