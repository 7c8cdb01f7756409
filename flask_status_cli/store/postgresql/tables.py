"""The tables of a schema as a whole: makes them, and makes them ready after a copy."""

from __future__ import annotations

from typing import Any, TypeAlias

import psycopg
from psycopg import sql

from flask_status_cli.store.postgresql.own_statements import NUMBERED

Driver: TypeAlias = psycopg.Connection[Any]


def names(driver: Driver, schema: str) -> set[str]:
    """Return the names of all tables in a schema."""
    text = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
    return {name for (name,) in driver.execute(text, (schema,)).fetchall()}


def make(driver: Driver, schema: str) -> None:
    """Make a schema if it is missing, and all tables in it."""
    from flask_status_cli.store.statements.compiled_tables_postgresql import TABLES

    known = "SELECT FROM pg_namespace WHERE nspname = %s"
    if driver.execute(known, (schema,)).fetchone() is None:
        driver.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    driver.execute(";".join(TABLES).encode())


def finish_copy(driver: Driver, schema: str) -> None:
    """Move the sequences beyond the numbers that are in use, and run ANALYZE.

    The server would analyze the new rows by itself within some minutes, but plan slow queries until then.
    """
    for table, column in driver.execute(NUMBERED.encode(), (schema,)).fetchall():
        finish_numbers(driver, schema, table, column)
    listed = sql.SQL(", ").join(map(sql.Identifier, sorted(names(driver, schema))))
    driver.execute(sql.SQL("ANALYZE {}").format(listed))


def finish_numbers(driver: Driver, schema: str, table: str, column: str) -> None:
    """Move the sequence of a column beyond its highest number, if there is one."""
    move = sql.SQL("SELECT setval(pg_get_serial_sequence(%s, %s), max({0})) FROM {1}").format(
        sql.Identifier(column), sql.Identifier(table)
    )
    driver.execute(move, (f"{schema}.{table}", column))
