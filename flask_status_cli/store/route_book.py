"""The routes of a database by (label, rule), kept in step with what other processes add."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, insert, select

from flask_status_cli.model import OTHER, UNMATCHED, Origin
from flask_status_cli.store.schema import route

PSEUDO = (UNMATCHED, OTHER)
"""Rules that no path has: they gather the requests of many."""

NOTHING_KNOWN: Final = {
    "name": "",
    "doc": "",
    "origin": Origin.DISCOVERED.value,
    "hidden": False,
    "endpoint": "",
    "group": "",
    "methods": (),
    "retired": False,
}
"""What a route is that only requests have told of."""


class RouteBook:
    """Finds and adds routes; only to be asked within a writing transaction, after `refresh`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._numbers: dict[tuple[str, str], int] = {}
        self._answering = 0
        self._version: int | None = None

    @property
    def answering(self) -> int:
        """How many paths have a route of their own because they answered."""
        return self._answering

    def refresh(self) -> None:
        """Read the routes anew if another process has written since, or what was read was rolled back."""
        version = self._connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        if version == self._version:
            return
        columns = select(route.c.label, route.c.rule, route.c.id, route.c.origin)
        rows = self._connection.execute(columns).all()
        self._numbers = {(label, rule): number for label, rule, number, _ in rows}
        self._answering = sum(
            origin == Origin.DISCOVERED.value and rule not in PSEUDO for _, rule, _, origin in rows
        )
        self._version = version

    def forget(self) -> None:
        """Trust nothing that was read or added: the transaction was rolled back."""
        self._version = None

    def find(self, label: str, rule: str) -> int | None:
        """Look up the number of the route, `None` where there is none yet."""
        return self._numbers.get((label, rule))

    def gather(self, label: str, pseudo: str) -> int:
        """Look up the number of the label's `<unmatched>` or `<other>`, made when first needed."""
        number = self.find(label, pseudo)
        return self._insert(label, pseudo) if number is None else number

    def add(self, label: str, rule: str) -> int:
        """Give a path that answered a route of its own; the number."""
        self._answering += 1
        return self._insert(label, rule)

    def _insert(self, label: str, rule: str) -> int:
        statement = insert(route).values(label=label, rule=rule, **NOTHING_KNOWN)
        number: int = self._connection.execute(statement.returning(route.c.id)).scalar_one()
        self._numbers[label, rule] = number
        return number
