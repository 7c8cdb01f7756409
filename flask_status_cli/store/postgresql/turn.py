"""A writer's turn: the time in which no other connection writes.

So the facts of the database are read only once in a turn. Routes in memory are read again only if another
writer has changed some since the last turn. New routes are read by themselves, once a turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from flask_status_cli.store.postgresql.statements import ROUTE_TABLES, changes_routes
from flask_status_cli.store.statements import compiled

if TYPE_CHECKING:
    import psycopg
    import sqlalchemy

    from flask_status_cli.store.statements.prepared import Prepared

ROUTE_CHANGES: Final = "route_changes"
"""The row of `fact` that counts the transactions that changed `ROUTE_TABLES`, not only by new routes."""

READ_FACTS: Final = b"SELECT name, value FROM fact"

COUNT_CHANGE: Final = b"""
    INSERT INTO fact (name, value) VALUES ('route_changes', 1)
    ON CONFLICT (name) DO UPDATE SET value = fact.value + 1
"""


Foreseen: TypeAlias = "tuple[Prepared, Mapping[str, Any], psycopg.Cursor[Any]]"
"""A query that was sent when the transaction began, its values, and the cursor of its result."""


class WriteTurn:
    """The state of one connection's turns: the current turn, and what is remembered from the last one.

    `changes_routes` says that this turn has changed routes. `others_changes` grows when others have.
    `knows_routes` says that new routes were read in this turn.
    """

    def __init__(self) -> None:
        self.changes_routes = False
        self.knows_routes = False
        self.others_changes = 0
        self._facts: dict[str, int] | None = None
        self._foreseen: list[Foreseen] = []
        self._changes = 0

    @property
    def knows_facts(self) -> bool:
        """Whether the facts of the database were read in this turn."""
        return self._facts is not None

    def begin(self, facts: Iterable[tuple[str, int]], foreseen: Iterable[Foreseen] = ()) -> None:
        """Begin a turn. `facts` are those of the database, `foreseen` the queries that were sent already."""
        self._facts = dict(facts)
        self._foreseen = list(foreseen)
        changes = self._facts.get(ROUTE_CHANGES, 0)
        if changes != self._changes:
            self._changes = changes
            self.others_changes += 1

    def end(self, *, committed: bool = False) -> None:
        """End the turn. `committed` says whether its changes were stored."""
        if committed and self.changes_routes:
            self._changes += 1
        self._facts = None
        self._foreseen = []
        self.changes_routes = False
        self.knows_routes = False

    def read_again(self, facts: Iterable[tuple[str, int]]) -> None:
        """Replace the known facts by the stored ones, after a part of the transaction was rolled back."""
        self._facts = dict(facts)

    def answer(self, prepared: Prepared, values: Mapping[str, Any]) -> list[tuple[Any, ...]] | None:
        """Return the rows of a statement if they are known in this turn, `None` if a query is needed."""
        if prepared is compiled.FACT and self._facts is not None:
            of = values["of"]
            return [(self._facts[of],)] if of in self._facts else []
        for place, (asked, by, found) in enumerate(self._foreseen):
            if asked is prepared and by == values:
                del self._foreseen[place]
                return found.fetchall()
        return None

    def note(self, prepared: Prepared, name: str = "", value: int = 0) -> None:
        """Record what a prepared statement changes. For `PUT_FACT`, `name` and `value` are the new fact."""
        if changes_routes(prepared):
            self.changes_routes = True
        elif prepared is compiled.PUT_FACT and self._facts is not None:
            self._facts[name] = value

    def note_other(self, statement: sqlalchemy.Executable) -> None:
        """Record what a statement of SQLAlchemy's changes."""
        if getattr(statement, "is_dml", False):
            table = getattr(getattr(statement, "table", None), "name", "")
            self.changes_routes |= table in ROUTE_TABLES
            if table == "fact":
                self._facts = None
