"""New and migrated databases have the same schema, and opening a database imports no migrations."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model import Route
from flask_status_cli.store import Batch, Committed, Ledger, Store
from flask_status_cli.store.database.connection import Mode, connect, transaction
from flask_status_cli.store.schema import version

ENGINES = ("sqlite",)

Write = Callable[..., Committed]
MakeBatch = Callable[..., Batch]

TABLES = {
    "alembic_version",
    "fact",
    "input",
    "minute_count",
    "quarter_count",
    "route",
    "run",
    "stream",
    "unread",
    "url_map",
    "waiting",
}


def noon() -> datetime:
    return datetime(2026, 11, 23, 12, tzinfo=UTC)


def described(path: Path) -> dict[str, str]:
    """Every table and index with its SQL, without blanks and the order of clauses."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: " ".join(sql.split()) for name, sql in rows}


def test_migrations_end_with_the_schema_of_a_new_database(tmp_path: Path) -> None:
    new, migrated = tmp_path / "new.db", tmp_path / "migrated.db"
    Store.open(new, create=True, clock=noon).close()
    with connect(migrated, Mode.CREATE) as connection:
        with transaction(connection, writing=True):
            version.migrate(connection)
        assert version.stamp(connection) == version.REVISIONS[-1]
    assert described(migrated) == described(new)
    assert described(new).keys() >= TABLES


def test_routes_of_the_first_schema_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with connect(path, Mode.CREATE) as connection, transaction(connection, writing=True):
        version.migrate(connection, to="0001")
        connection.exec_driver_sql(
            "INSERT INTO route VALUES (7, 'shop', '/', 'Index', '', 'discovered', 1)"
        )
    Store.open(path, create=False, clock=noon).close()
    with Ledger.open(path) as ledger:
        assert ledger.routes() == {7: Route("shop", "/", "Index", hidden=True)}


def test_every_revision_has_its_file() -> None:
    files = sorted(path.stem for path in (version.MIGRATIONS / "versions").glob("schema_*.py"))
    assert files == [f"schema_{revision}" for revision in version.REVISIONS]


def test_tables_that_grow_are_clustered_by_their_key(database: Path) -> None:
    Store.open(database, create=True, clock=noon).close()
    made = described(database)
    clustered = {name for name, sql in made.items() if sql.endswith("WITHOUT ROWID")}
    assert clustered == {
        "crowd_page",
        "day_duration",
        "hour_duration",
        "minute_count",
        "page_count",
        "place",
        "pruned_count",
        "quarter_count",
        "unread",
        "waiting",
    }


def test_a_commit_is_synced_to_the_disk(database: Path) -> None:
    # Power cannot be cut here: SQLite's documentation of these settings is the promise.
    with connect(database, Mode.CREATE) as connection:
        settings = ("journal_mode", "synchronous")
        asked = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in settings]
    assert asked == ["truncate", 2]


def test_an_existing_database_is_kept(database: Path, write: Write) -> None:
    write(database, {(1, "/", 200): 1})
    Store.open(database, create=True, clock=noon).close()
    with Ledger.open(database) as ledger:
        assert ledger.minutes(0, 9) == [(1, 200, 1)]


NEWEST = version.REVISIONS[-1]
NEXT_NUMBER = f"{int(NEWEST) + 1:04}"

# The next schema of a later release: one more migration.
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = "{before}"


def upgrade():
    op.add_column("route", sa.Column("owner", sa.Text))
    {then}
"""


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`next_release(then)` makes this program know one more schema."""

    def release(then: str) -> None:
        migrations = tmp_path / "100%migrations"
        shutil.copytree(version.MIGRATIONS, migrations)
        revision = NEXT.format(number=NEXT_NUMBER, before=NEWEST, then=then)
        (migrations / "versions" / f"schema_{NEXT_NUMBER}.py").write_text(revision)
        monkeypatch.setattr(version, "MIGRATIONS", migrations)
        monkeypatch.setattr(version, "REVISIONS", (*version.REVISIONS, NEXT_NUMBER))

    return release


def test_only_a_writer_migrates_an_older_schema(
    database: Path, write: Write, next_release: Callable[[str], None]
) -> None:
    write(database, {(1, "/", 200): 1})
    next_release("pass")
    with pytest.raises(DatabaseError) as caught:
        Ledger.open(database)
    assert str(caught.value) == (
        f"{database}: has the older schema {NEWEST}, this flask-status reads {NEXT_NUMBER}; "
        "the next flask-status ingest migrates it"
    )
    Store.open(database, create=False, clock=noon).close()
    assert "owner" in described(database)["route"]
    with Ledger.open(database) as ledger:
        assert ledger.minutes(0, 9) == [(1, 200, 1)]


def test_a_migration_that_fails_changes_nothing(
    database: Path, write: Write, next_release: Callable[[str], None]
) -> None:
    write(database, {(1, "/", 200): 1})
    before = described(database)
    next_release("raise ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        Store.open(database, create=True, clock=noon)
    assert described(database) == before
    with connect(database, Mode.READ) as connection:
        assert version.stamp(connection) == NEWEST


LOADED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from flask_status_cli.store import Ledger, Store

Store.open(Path(sys.argv[1]), create=True, clock=lambda: datetime.now(UTC)).close()
Ledger.open(Path(sys.argv[1])).close()
print([name for name in ("alembic", "sqlalchemy.orm") if name in sys.modules])
"""


def test_neither_alembic_nor_the_orm_is_loaded(database: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOADED, str(database)],
        cwd=database.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "[]\n"
