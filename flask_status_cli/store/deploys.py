"""The deploys that users have marked. They change no counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from flask_status_cli.model.deploys import MOST_DEPLOYS, Deploy
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.tables import deploy


def read(connection: Connection) -> tuple[Deploy, ...]:
    """List the deploys by time, oldest first; those of one minute in the order in which they were marked."""
    rows = connection.execute(select(deploy).order_by(deploy.c.at, deploy.c.id)).mappings()
    return tuple(Deploy(**row) for row in rows)


def mark(connection: Connection, wanted: Deploy) -> tuple[Deploy, bool]:
    """Store a deploy; return it with its number, and whether it is new.

    A deploy with the same label, version and minute is not new. If a note is given, it replaces the old one.
    """
    same = (
        (deploy.c.label == wanted.label)
        & (deploy.c.version == wanted.version)
        & (deploy.c.at == wanted.at)
    )
    found = connection.execute(select(deploy).where(same)).mappings().first()
    if found is not None:
        note = wanted.note or found["note"]
        connection.execute(update(deploy).where(deploy.c.id == found["id"]).values(note=note))
        return Deploy(**{**found, "note": note}), False
    values = {name: getattr(wanted, name) for name in Deploy.__dataclass_fields__ if name != "id"}
    made = insert(deploy).values(values).returning(deploy.c.id)
    return Deploy(connection.execute(made).scalar_one(), **values), True


def drop_oldest(connection: Connection) -> tuple[Deploy, ...]:
    """Remove the oldest deploys if there are more than `MOST_DEPLOYS`; return the removed ones."""
    surplus = read(connection)[:-MOST_DEPLOYS]
    for each in surplus:
        remove(connection, each.id)
    return surplus


def remove(connection: Connection, number: int) -> bool:
    """Remove the deploy with this number; return whether there was one."""
    gone = connection.execute(delete(deploy).where(deploy.c.id == number))
    return bool(gone.rowcount)


def delete_before(connection: Connection, instant: datetime) -> None:
    """Remove the deploys before an instant. The counts before it were deleted, too."""
    connection.execute(delete(deploy).where(deploy.c.at < instant))
