"""The tables of notes on incidents, anchors of incidents, and maintenance windows."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import sqlite

from flask_status_cli.model import IncidentAnchor, IncidentNote, Maintenance
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.tables import incident, incident_note, maintenance


def anchors(connection: Connection) -> tuple[IncidentAnchor, ...]:
    """List the anchors of incidents in the order in which they were stored."""
    rows = connection.execute(
        select(incident.c.id, incident.c.label, incident.c.rule, incident.c.minute).order_by(
            incident.c.number
        )
    )
    return tuple(IncidentAnchor(*row) for row in rows)


def anchor(connection: Connection, new: IncidentAnchor) -> None:
    """Store the anchor of an incident, unless the id has one already."""
    statement = sqlite.insert(incident).values(
        id=new.id, label=new.label, rule=new.rule, minute=new.minute
    )
    connection.execute(statement.on_conflict_do_nothing(index_elements=[incident.c.id]))


def notes(connection: Connection) -> Mapping[str, IncidentNote]:
    """Return the notes of incidents, by id."""
    rows = connection.execute(select(incident_note))
    return {id_: IncidentNote(*rest) for id_, *rest in rows}


def put_note(connection: Connection, id_: str, note: IncidentNote) -> None:
    """Store the note of the incident with this id. It replaces an earlier note."""
    values = {name: getattr(note, name) for name in IncidentNote.__dataclass_fields__}
    statement = sqlite.insert(incident_note).values(id=id_, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[incident_note.c.id], set_=values)
    )


def maintenance_windows(connection: Connection) -> tuple[Maintenance, ...]:
    """List the maintenance windows, sorted by when they begin."""
    rows = connection.execute(
        select(maintenance).order_by(maintenance.c.start, maintenance.c.id)
    ).mappings()
    return tuple(Maintenance(**row) for row in rows)


def add_maintenance(connection: Connection, window: Maintenance) -> Maintenance:
    """Store a maintenance window, and return it with its number."""
    values = {
        name: getattr(window, name) for name in Maintenance.__dataclass_fields__ if name != "id"
    }
    made = insert(maintenance).values(values).returning(maintenance.c.id)
    return Maintenance(connection.execute(made).scalar_one(), **values)


def remove_maintenance(connection: Connection, number: int) -> bool:
    """Remove the maintenance window with this number; return whether there was one."""
    gone = connection.execute(delete(maintenance).where(maintenance.c.id == number))
    return bool(gone.rowcount)
