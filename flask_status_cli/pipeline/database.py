"""Looks after a database: whether it is sound, and copies of it."""

from __future__ import annotations

from pathlib import Path

from flask_status_cli.store import Ledger


def check(database: Path) -> tuple[str, ...]:
    """Return what is wrong with a database, a sentence each; raises `DatabaseError` where it is none."""
    with Ledger.open(database, damaged=True) as ledger:
        return ledger.problems()


def back_up(database: Path, target: Path) -> int:
    """Copy a database, whole or not at all; the bytes of the copy."""
    from flask_status_cli.store.database.backup import copy

    with Ledger.open(database):  # which refuses what is no database of ours
        return copy(database, target)
