"""Frozen incidents: incidents of routes that became part of a crowd later, as they were announced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled

if TYPE_CHECKING:
    from flask_status_cli.model import FrozenIncident, IncidentsToFreeze
    from flask_status_cli.store.reader import Ledger

Freezing: TypeAlias = "Callable[[Ledger, str, Mapping[str, str]], IncidentsToFreeze]"
"""A function that returns what becomes of announced incidents when rules are merged.

It is given the database, a label, and the new rule of each old one.
"""

Freeze: TypeAlias = "Callable[[str, Mapping[str, str]], IncidentsToFreeze]"
"""The same function for one database: it is given a label, and the new rule of each old one."""


def any_announced(connection: Connection, label: str, rules: Mapping[str, str]) -> bool:
    """Return whether an incident of one of these rules was announced."""
    return not rules.keys().isdisjoint(connection.column(compiled.INCIDENT_RULES, of_label=label))


def write(connection: Connection, found: IncidentsToFreeze) -> None:
    """Store the frozen incidents, and the new anchors of the other incidents."""
    import json

    from flask_status_cli.model import FrozenIncident

    for each in found.incidents:
        values = {name: getattr(each, name) for name in FrozenIncident.__dataclass_fields__}
        values["statuses"] = json.dumps({str(code): n for code, n in each.statuses.items()})
        values["worst"] = json.dumps(each.worst)
        connection.change(compiled.ADD_FROZEN, **values)
    for anchor in found.anchors:
        place = {"label": anchor.label, "rule": anchor.rule, "minute": anchor.minute}
        connection.change(compiled.MOVE_ANCHOR, of_id=anchor.id, **place)


def read(connection: Connection) -> tuple[FrozenIncident, ...]:
    """List the frozen incidents, sorted by when they began."""
    from flask_status_cli.model import FrozenIncident

    names = list(FrozenIncident.__dataclass_fields__)
    rows = connection.rows(compiled.FROZEN)
    return tuple(_incident(dict(zip(names, row, strict=True))) for row in rows)


def _incident(values: dict[str, object]) -> FrozenIncident:
    import json

    from flask_status_cli.model import FrozenIncident

    statuses = json.loads(str(values["statuses"]))
    values["statuses"] = {int(code): n for code, n in statuses.items()}
    values["worst"] = tuple(json.loads(str(values["worst"])))
    return FrozenIncident(**values)  # type: ignore[arg-type]  # as the schema has them
