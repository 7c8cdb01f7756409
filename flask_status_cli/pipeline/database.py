"""Checks and copies a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask_status_cli.errors import DatabaseError, HostError
from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.store import Ledger, Store

Clock = Callable[[], datetime]


def check(database: Database) -> tuple[str, ...]:
    """Return what is wrong with a database, a sentence each; raises `DatabaseError` if it is not one."""
    with Ledger.open(database, damaged=True) as ledger:
        return ledger.problems()


def size(database: Database) -> int:
    """Return the size of a database in bytes, 0 if there is none yet."""
    if isinstance(database, DatabaseUrl):
        with Ledger.open(database) as ledger:
            return ledger.size()
    return database.stat().st_size if database.exists() else 0


def hosts(database: Database) -> tuple[Host, ...]:
    """Return the hosts that ingest into a database, by name."""
    with Ledger.open(database) as ledger:
        return ledger.hosts()


def rename_host(database: Database, old: str, new: str, *, clock: Clock) -> None:
    """Give a host another name; raises `HostError` if there is none, or one of the new name."""
    with Store.open(database, create=False, clock=clock) as store:
        known = _known_hosts(database, old)
        if new in known or not new:
            raise HostError(new, "is the name of another host", "see flask-status db hosts list")
        store.rename_host(old, new)


def retire_host(database: Database, name: str, *, clock: Clock) -> None:
    """Retire a host until it runs again; raises `HostError` if there is none."""
    with Store.open(database, create=False, clock=clock) as store:
        _known_hosts(database, name)
        store.retire_host(name)


def _known_hosts(database: Database, name: str) -> set[str]:
    known = {host.name for host in hosts(database)}
    if name not in known:
        raise HostError(name, "no such host", "see flask-status db hosts list")
    return known


def copy_to(database: Database, target: Database, *, host: str, clock: Clock) -> int:
    """Copy a database into an empty one of any engine; return how many rows it has.

    Logs of no host become those of `host`.
    """
    from flask_status_cli.store.database.copy_rows import copy_rows

    return copy_rows(database, target, host=host, clock=clock)


def back_up(database: Database, target: Path) -> int:
    """Copy a database, whole or not at all; return the size of the copy in bytes."""
    if isinstance(database, DatabaseUrl):
        what = "a PostgreSQL database is backed up by the server's own tools"
        hint = f"pg_dump -n {database.schema} -Fc -f FILE URL"
        raise DatabaseError(str(database), what, hint)
    from flask_status_cli.store.database.backup import copy

    with Ledger.open(database):  # which refuses what is no database of ours
        return copy(database, target)
