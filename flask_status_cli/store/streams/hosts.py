"""The hosts that ingest into a database: when each last ran, and which are retired."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask_status_cli.model import Run, Stream
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled_hosts
from flask_status_cli.store.streams.checkpoints import stream_of

RETIRED_AFTER: Final = timedelta(hours=24)
"""If a host has not run for this long, the next run of another host retires it."""


def read(connection: Connection) -> tuple[Host, ...]:
    """List the hosts, sorted by name."""
    return tuple(Host(*row) for row in connection.rows(compiled_hosts.HOSTS))


def note_run(connection: Connection, run: Run, *, now: datetime) -> list[str]:
    """Record that this host has run, and retire the hosts that no longer run; return the names of those.

    Times are by the clock of the server. A host with a wrong clock would otherwise retire the others, and
    would itself never be silent.
    """
    if not connection.host:
        return []
    now -= connection.clock_ahead
    good_at = None if run.problems else run.finished_at - connection.clock_ahead
    connection.change(
        compiled_hosts.PUT_HOST, name=connection.host, seen_at=now, good_at=good_at, retired=False
    )
    before = now - RETIRED_AFTER
    return sorted(connection.column(compiled_hosts.RETIRE_SILENT, before=before, retired=True))


def retire(connection: Connection, name: str) -> bool:
    """Retire a host until it runs again; return whether there is a host of this name."""
    return connection.changed(compiled_hosts.RETIRE_HOST, of_name=name, retired=True) > 0


def rename(connection: Connection, old: str, new: str) -> None:
    """Rename a host, with its streams, inputs and runs. No host may have the new name already."""
    connection.change(compiled_hosts.RENAME_HOST, of_name=old, name=new)
    for statement in (
        compiled_hosts.RENAME_STREAMS,
        compiled_hosts.RENAME_INPUTS,
        compiled_hosts.RENAME_RUNS,
    ):
        connection.change(statement, of_name=old, host=new)


def of_other_hosts(connection: Connection, head: bytes) -> list[tuple[str, Stream]]:
    """Return the streams of other hosts with this first line, each with the name of its host."""
    found = connection.rows(compiled_hosts.OTHERS_STREAMS, of_head=head, of_host=connection.host)
    return [(row[-1], stream_of(row[:-1])) for row in found]


def adopt(connection: Connection, number: int) -> None:
    """Make a stream of another host a stream of this host."""
    connection.change(compiled_hosts.ADOPT_STREAM, number=number, host=connection.host)
