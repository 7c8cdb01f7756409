"""How statements of several tables are put together."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Executable, Insert, Table
from sqlalchemy.dialects.sqlite import insert


class Setting(NamedTuple):
    """A statement that sets these columns."""

    statement: Executable
    columns: tuple[str, ...]


def inserting(table: Table, *names: str) -> Setting:
    """Insert a row with these columns, all if none is named."""
    return Setting(insert(table), names or tuple(column.name for column in table.columns))


def putting(table: Table, **changed: Any) -> Setting:
    """Insert a row, or where there is one with its key change that."""
    statement = insert(table)
    key = list(table.primary_key)
    others = {c.name: statement.excluded[c.name] for c in table.columns if c not in key}
    put = statement.on_conflict_do_update(index_elements=key, set_=changed or others)
    return Setting(put, tuple(column.name for column in table.columns))


def adding(table: Table) -> Insert:
    """Add a row's last column to the row of the same key, or insert it."""
    added = list(table.columns)[-1]
    statement = insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={added.name: added + statement.excluded[added.name]},
    )
