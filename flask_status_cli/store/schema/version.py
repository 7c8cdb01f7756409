"""The version of a database's schema: older schemas are migrated, unknown ones are refused.

A new database gets the newest schema in one step. Alembic is imported only if a migration must run.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model.database_url import Database
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import INGEST_MAKES_IT, Connection, write
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.schema.encoding import microseconds
from flask_status_cli.store.statements import compiled

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
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0022",
)
"""The versions of the schema that this program knows, oldest first. `migrations` has a module for each."""

FOLDS: Final = "0006"
"""A database with an older schema is copied before it is migrated, because its routes may form crowds."""

MIGRATIONS: Final = Path(__file__).parent / "migrations"

OURS: Final = {"minute_count", "quarter_count"}
"""The tables that every flask-status database has."""

NOT_OURS = "is a database of another program"


def stamp(connection: Connection) -> str | None:
    """Return the version of the database's schema, `None` if none is stored."""
    return connection.stamp()


def check(connection: Connection, path: Database) -> None:
    """Raise `DatabaseError` unless the database has the newest schema."""
    revision = stamp(connection)
    if revision == REVISIONS[-1]:
        return
    refuse_unknown(connection, path, revision)
    if revision is None:
        raise _empty(path)
    what = f"has the older schema {revision}, this flask-status reads {REVISIONS[-1]}"
    raise DatabaseError(str(path), what, "the next flask-status ingest migrates it")


def make_ready(
    connection: Connection, path: Database, *, create: bool, now: datetime
) -> Path | None:
    """Migrate an older schema in one transaction. With `create`, make all tables in an empty database.

    If the database is older than crowds, it is copied first, because crowds cannot be undone. Return the path
    of the copy, `None` if there is none.
    """
    revision = stamp(connection)
    if revision == REVISIONS[-1]:
        connection.expected_version = revision
        return None
    copied = None
    if isinstance(path, Path) and revision in REVISIONS and revision < FOLDS:
        copied = path.with_name(f"{path.name}.schema-{revision}")
        from flask_status_cli.store.copies import backup

        backup.copy(path, copied)

    def work() -> None:
        is_new = make_new(connection, path, create=create, now=now)
        if not is_new and stamp(connection) != REVISIONS[-1]:
            migrate(connection)

    write(connection, path, work)
    connection.expected_version = REVISIONS[-1]
    return copied


def make_new(connection: Connection, path: Database, *, create: bool, now: datetime) -> bool:
    """Make all tables in an empty database, within the open transaction. Return whether it was empty.

    Raises `DatabaseError` if the schema is unknown, or if the database is empty and not to `create`.
    """
    revision = stamp(connection)
    refuse_unknown(connection, path, revision)
    if revision is not None:
        return False
    if not create:
        raise _empty(path)
    make(connection, now=now)
    connection.expected_version = REVISIONS[-1]
    return True


def refuse_unknown(connection: Connection, path: Database, revision: str | None) -> None:
    """Raise `DatabaseError` if the schema is newer than this program, or of another program."""
    if revision in REVISIONS:
        return
    tables = connection.tables()
    if revision is None and not tables:
        return
    if revision is None or not tables >= OURS:
        raise DatabaseError(str(path), NOT_OURS, _name_another(path))
    what = f"has schema {revision}, made by a newer flask-status; this one knows {REVISIONS[-1]}"
    raise DatabaseError(str(path), what, f"upgrade flask-status, or {_name_another(path)}")


def make(connection: Connection, *, now: datetime) -> None:
    """Make every table in an empty database, within the open transaction."""
    connection.make_tables()
    connection.change(compiled.STAMP, version_num=REVISIONS[-1])
    key_values.put(connection, NumberName.CREATED_AT, microseconds(now))
    key_values.put(connection, NumberName.CROWDS, 1)  # no routes to form crowds of
    key_values.put(connection, NumberName.THINNED_AT, microseconds(now))  # no marks to thin out


def migrate(connection: Connection, *, to: str = "head") -> None:
    """Migrate to the version `to`, by default the newest, within the open transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection.alchemy
    command.upgrade(config, to)


def _empty(path: Database) -> DatabaseError:
    return DatabaseError(str(path), "the database is empty", INGEST_MAKES_IT)


def _name_another(where: Database) -> str:
    return f"name another {'file' if isinstance(where, Path) else 'schema'} with --db"
