"""Reads the names of routes for the completion of a shell.

It does not use SQLAlchemy, because importing that takes longer than all else, and the user waits.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from flask_status_cli.model import Route

SERVER_WAIT: Final = 0.2
"""Seconds to wait for another program's lock."""


def route_names(database: Path) -> list[Route]:
    """Return every route with its label, rule and name; raises `sqlite3.Error` if they cannot be read."""
    uri = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=SERVER_WAIT)) as connection:
        rows = connection.execute("SELECT label, rule, coalesce(given_name, name) FROM route")
        return [Route(*row) for row in rows]
