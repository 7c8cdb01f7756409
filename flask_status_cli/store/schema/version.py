"""The version of a database's schema: new ones get the newest, old ones are migrated, unknown ones refused.

A new database is made in one step. Alembic is imported only if a migration must run.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Final

from flask_status_cli.errors import DatabaseError
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import INGEST_MAKES_IT, Connection, transaction
from flask_status_cli.store.database.key_values import Fact
from flask_status_cli.store.schema.encoding import microseconds
from flask_status_cli.store.statements import compiled
from flask_status_cli.store.statements.compiled_tables import TABLES

REVISIONS: Final = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
)
"""The schemas that this program knows, oldest first. Each has a file in `migrations/versions`."""

FOLDS: Final = "0006"
"""A database with an older schema may have routes that are folded now."""

MIGRATIONS: Final = Path(__file__).parent / "migrations"

OURS: Final = {"minute_count", "quarter_count"}
"""Tables that every flask-status database has."""

NOT_OURS = "is a database of another program"


def stamp(connection: Connection) -> str | None:
    """Return the revision of the database, `None` if it has none."""
    try:
        found: str | None = connection.value(compiled.VERSION)
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    return found


def check(connection: Connection, path: Path) -> None:
    """Raise `DatabaseError` unless the database has the newest schema."""
    revision = stamp(connection)
    if revision == REVISIONS[-1]:
        return
    refuse_unknown(connection, path, revision)
    if revision is None:
        raise _empty(path)
    what = f"has the older schema {revision}, this flask-status reads {REVISIONS[-1]}"
    raise DatabaseError(str(path), what, "the next flask-status ingest migrates it")


def make_ready(connection: Connection, path: Path, *, create: bool, now: datetime) -> Path | None:
    """Migrate an older schema in one transaction. With `create`, make the schema in an empty database.

    If routes will be folded, which cannot be undone, the database is copied first; return the path of the
    copy.
    """
    revision = stamp(connection)
    if revision == REVISIONS[-1]:
        return None
    copied = None
    if revision in REVISIONS and revision < FOLDS:
        copied = path.with_name(f"{path.name}.schema-{revision}")
        from flask_status_cli.store.database import backup

        backup.copy(path, copied)
    with transaction(connection, writing=True):
        revision = stamp(connection)
        refuse_unknown(connection, path, revision)
        if revision is None and not create:
            raise _empty(path)
        if revision is None:
            make(connection, now=now)
        elif revision != REVISIONS[-1]:
            migrate(connection)
    return copied


def refuse_unknown(connection: Connection, path: Path, revision: str | None) -> None:
    """Raise `DatabaseError` if the schema is newer than the program, or not ours."""
    if revision in REVISIONS:
        return
    tables = connection.tables()
    if revision is None and not tables:
        return
    if revision is None or not tables >= OURS:
        raise DatabaseError(str(path), NOT_OURS, "name another file with --db")
    what = f"has schema {revision}, made by a newer flask-status; this one knows {REVISIONS[-1]}"
    raise DatabaseError(str(path), what, "upgrade flask-status, or name another file with --db")


def make(connection: Connection, *, now: datetime) -> None:
    """Make every table in an empty database, within the open transaction."""
    for table in TABLES:
        connection.driver.execute(table)
    connection.change(compiled.STAMP, version_num=REVISIONS[-1])
    key_values.put(connection, Fact.CREATED_AT, microseconds(now))
    key_values.put(connection, Fact.CROWDS, 1)  # there is nothing to fold
    key_values.put(connection, Fact.THINNED_AT, microseconds(now))  # nor to look through


def migrate(connection: Connection, *, to: str = "head") -> None:
    """Migrate to the revision `to`, by default the newest, within the open transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection.alchemy
    command.upgrade(config, to)


def _empty(path: Path) -> DatabaseError:
    return DatabaseError(str(path), "the database is empty", INGEST_MAKES_IT)
