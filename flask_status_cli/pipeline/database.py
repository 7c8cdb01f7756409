"""Checks and copies a database."""

from __future__ import annotations

from pathlib import Path

from flask_status_cli.store import Ledger


def check(database: Path) -> tuple[str, ...]:
    """Return what is wrong with a database, a sentence each; raises `DatabaseError` if it is not one."""
    with Ledger.open(database, damaged=True) as ledger:
        return ledger.problems()


def back_up(database: Path, target: Path) -> int:
    """Copy a database, whole or not at all; return the size of the copy in bytes."""
    from flask_status_cli.store.database.backup import copy

    with Ledger.open(database):  # which refuses what is no database of ours
        return copy(database, target)
