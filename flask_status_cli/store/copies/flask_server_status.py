"""Reads databases of flask-server-status, the extension that this project descends from.

See https://github.com/fcoagz/flask-status. A row of `logs` is one request of a row of `routes`.
Times are local.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from flask_status_cli.errors import DatabaseError
from flask_status_cli.frozen import frozen
from flask_status_cli.store.database.sqlite_errors import CHECK_RIGHTS

ROWS = """
SELECT r.url, l.status_code, l.time FROM logs AS l LEFT JOIN routes AS r ON r.id = l.id_route
"""


@frozen
class OldHistory:
    """The numbers of requests by (local minute, rule, status), and how many rows were not understood."""

    requests: Counter[tuple[datetime, str, int]]
    skipped: int


def read(path: Path) -> OldHistory:
    """Read a whole database; raises `DatabaseError` if the file is no database of flask-server-status."""
    try:
        if not path.is_file():
            raise DatabaseError(str(path), "no such database")
    except OSError as error:
        raise DatabaseError(str(path), f"cannot be read: {error.strerror}", CHECK_RIGHTS) from error
    requests: Counter[tuple[datetime, str, int]] = Counter()
    skipped = 0
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as old:
            for rule, status, time in _rows(old):
                minute = _minute(time)
                if minute is None or not _is_rule(rule) or not _is_code(status):
                    skipped += 1
                else:
                    requests[minute, str(rule), int(str(status))] += 1
    except sqlite3.Error as error:
        what = f"is not a database of flask-server-status: {error}"
        raise DatabaseError(str(path), what) from error
    return OldHistory(requests, skipped)


def _rows(old: sqlite3.Connection) -> Iterator[tuple[object, object, object]]:
    yield from old.execute(ROWS)


def _is_rule(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/")


def _is_code(value: object) -> bool:
    return isinstance(value, int) and 0 <= value <= 999


def _minute(time: object) -> datetime | None:
    """Return the minute of a time that SQLAlchemy has written, without a time zone; `None` for other text."""
    try:
        found = datetime.fromisoformat(str(time))
    except ValueError:
        return None
    return found.replace(second=0, microsecond=0, tzinfo=None)
