"""Lists, renames and retires the hosts that ingest into one database."""

from __future__ import annotations

from flask_status_cli.errors import HostError
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.model.times import Clock
from flask_status_cli.store import Ledger, Store


def hosts(database: Database) -> tuple[Host, ...]:
    """Return the hosts that ingest into a database, sorted by name."""
    return Ledger.read(database, Ledger.hosts)


def rename_host(database: Database, old: str, new: str, *, clock: Clock) -> None:
    """Give a host another name. Raises `HostError` if there is no host `old`, or already a host `new`."""
    with Store.open(database, create=False, clock=clock) as store:
        known = _known_hosts(database, old)
        if new in known or not new:
            raise HostError(new, "is the name of another host", "see flask-status db hosts list")
        store.rename_host(old, new)


def retire_host(database: Database, name: str, *, clock: Clock) -> None:
    """Retire a host. It is active again when it next ingests. Raises `HostError` if there is no such host."""
    with Store.open(database, create=False, clock=clock) as store:
        _known_hosts(database, name)
        store.retire_host(name)


def _known_hosts(database: Database, name: str) -> set[str]:
    known = {host.name for host in hosts(database)}
    if name not in known:
        raise HostError(name, "no such host", "see flask-status db hosts list")
    return known
