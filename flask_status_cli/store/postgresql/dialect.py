"""SQLAlchemy's dialect of PostgreSQL, with the types and values of our SQLite databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    MetaData,
    NullPool,
    create_engine,
)
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGTypeCompiler
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.schema import CreateIndex, CreateTable

from flask_status_cli.store.schema.tables import METADATA


class _Compiler(PGCompiler_psycopg):
    """Writes statements for PostgreSQL, including SQLite's `INSERT … ON CONFLICT`, which both know."""

    def _on_conflict_target(self, clause: Any, **kw: Any) -> str:
        if not hasattr(clause, "constraint_target"):
            clause.constraint_target = None  # SQLite's clause does not have this attribute
        target: str = super()._on_conflict_target(clause, **kw)  # type: ignore[no-untyped-call]  # SQLAlchemy's
        return target


class _Types(PGTypeCompiler):
    """Writes the types of columns, so that they have the same values in the same order as in SQLite."""

    def visit_INTEGER(self, type_: Any, **kw: Any) -> str:  # noqa: ARG002, N802 - SQLAlchemy's name
        """Return the type of a number of 64 bits."""
        return "BIGINT"

    def visit_TEXT(self, type_: Any, **kw: Any) -> str:  # noqa: ARG002, N802 - SQLAlchemy's name
        """Return the type of a text that is sorted by code points."""
        return 'TEXT COLLATE "C"'


class Dialect(PGDialect_psycopg):
    """SQLAlchemy's dialect, except that it sends no queries at first, and that every number has 64 bits."""

    supports_statement_cache = True
    statement_compiler = _Compiler
    type_compiler_cls = _Types
    colspecs = {  # noqa: RUF012 - SQLAlchemy's own way
        **PGDialect_psycopg.colspecs,
        Integer: PGDialect_psycopg.colspecs[BigInteger],
    }

    def initialize(self, connection: Connection) -> None:
        """Send no queries, because `session.begin` has checked the version already."""
        number = connection.connection.driver_connection.info.server_version  # type: ignore[union-attr]  # it is psycopg's
        self.server_version_info = (number // 10000, number % 10000)
        self.default_schema_name = "public"
        self._backslash_escapes = False

    def on_connect(self) -> Callable[[Any], Any]:
        """Do nothing, because the connection is ready."""
        return lambda _: None


registry.register("postgresql.flask_status", __name__, Dialect.__name__)


def join(driver: psycopg.Connection[Any]) -> Connection:
    """Return SQLAlchemy's view of a connection. A transaction may be open."""
    engine = create_engine("postgresql+flask_status://", creator=lambda: driver, poolclass=NullPool)
    return engine.connect()


def table_statements() -> Iterator[str]:
    """Yield the statements that create the tables and their indexes."""
    made = MetaData()
    dialect = Dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    for table in METADATA.sorted_tables:
        copy = table.to_metadata(made)
        yield str(CreateTable(copy).compile(dialect=dialect))
        for index in sorted(copy.indexes, key=lambda index: str(index.name)):
            where = index.dialect_options["sqlite"]["where"]
            index.dialect_options["postgresql"]["where"] = where
            yield str(CreateIndex(index).compile(dialect=dialect))
