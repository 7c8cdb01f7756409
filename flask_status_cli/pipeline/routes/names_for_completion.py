"""A glance at the routes of a database, for a shell that waits for it after a keystroke.

It does without the store: to import SQLAlchemy takes longer than all the rest of it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from flask_status_cli.model import Route

PATIENCE = 0.2
"""Seconds to wait for another program's lock."""


def glance(database: Path) -> list[Route]:
    """Return label, rule and name of every route; raises `sqlite3.Error` where that is not to be had."""
    uri = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=PATIENCE)) as connection:
        rows = connection.execute("SELECT label, rule, coalesce(given_name, name) FROM route")
        return [Route(*row) for row in rows]
