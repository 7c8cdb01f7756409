"""Builds the statements that several tables have."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Executable,
    Insert,
    Select,
    Table,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.sqlite import insert

LABEL: Final[BindParameter[str]] = bindparam("of_label")
"""The parameter for the label of routes, paths or crowds."""


class SettingStatement(NamedTuple):
    """A statement together with the columns that its parameters set."""

    statement: Executable
    columns: tuple[str, ...]


def inserting(table: Table, *names: str) -> SettingStatement:
    """Return the statement that inserts a row with these columns, or with all if none is named."""
    return SettingStatement(insert(table), names or tuple(column.name for column in table.columns))


def putting(table: Table, **changed: Any) -> SettingStatement:
    """Return the statement that inserts a row, or changes the row with the same key.

    `changed` are the columns that change, with their new values; by default all columns change.
    """
    statement = insert(table)
    key = list(table.primary_key)
    others = {c.name: statement.excluded[c.name] for c in table.columns if c not in key}
    put = statement.on_conflict_do_update(index_elements=key, set_=changed or others)
    return SettingStatement(put, tuple(column.name for column in table.columns))


def any_row(table: Table) -> Select[Any]:
    """Return the query that finds one row of a table, if there is any."""
    return select(table.columns[0]).limit(1)


def is_server_error(status: Column[int]) -> Any:
    """Return the condition that a status is a server error. The partial index has `status >= 500`."""
    return (status >= 500) & (status <= 599)


def summed(added: Column[Any]) -> ColumnElement[Any]:
    """Return the sum of a column of numbers, or all texts of a column put together."""
    return func.aggregate_strings(added, "") if isinstance(added.type, Text) else func.sum(added)


def adding(table: Table) -> Insert:
    """Return the statement that adds a row to the row with its key, or inserts it.

    The columns that are no part of the key are added. A text is put behind the stored one.
    """
    statement = insert(table)
    added = [column for column in table.columns if not column.primary_key]
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={column.name: column + statement.excluded[column.name] for column in added},
    )
