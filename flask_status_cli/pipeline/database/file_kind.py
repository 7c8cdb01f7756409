"""Finds out which program a database file belongs to, without changing the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from enum import Enum
from pathlib import Path
from typing import Final

OURS: Final = {"alembic_version", "route", "minute_count"}
"""Every database of ours has these tables, in any version."""

ANCESTOR: Final = {"routes", "logs"}
"""The tables of flask-server-status, the program before this one."""

OF_SQLITE: Final = "sqlite_"

LOCK_TIMEOUT: Final = 0.5
"""The number of seconds to wait while another program locks the file."""


class FileKind(Enum):
    """The program to which a database file belongs, or why there is none."""

    NONE = "none"
    EMPTY = "empty"
    OURS = "ours"
    ANCESTOR = "ancestor"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"


def kind_of(path: Path) -> FileKind:
    """Return the program to which a database file belongs, by the names of its tables."""
    try:
        if not path.exists():
            return FileKind.NONE
    except OSError:
        return FileKind.UNREADABLE
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=LOCK_TIMEOUT)) as connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            names = {str(name) for (name,) in rows if not str(name).startswith(OF_SQLITE)}
    except sqlite3.Error:
        return FileKind.UNREADABLE
    if names >= OURS:
        return FileKind.OURS
    if not names:
        return FileKind.EMPTY
    return FileKind.ANCESTOR if names == ANCESTOR else FileKind.FOREIGN
