"""Changes by hand in a database: names, hidden routes, notes, maintenance windows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_status_cli.model import Forgotten, IncidentAnchor, IncidentNote, Maintenance, Route
    from flask_status_cli.store.database.connection import Connection
    from flask_status_cli.store.routes.route_book import RouteBook


class Edits(ABC):
    """The changes by hand of a `Store`, each in a transaction of its own.

    Modules are imported in the methods, because a run that only reads logs needs none of them.
    """

    @property
    @abstractmethod
    def _book(self) -> RouteBook:
        """The routes that are known."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]:
        """Begin a transaction."""

    @abstractmethod
    def follow(self) -> None:
        """Move the counts of merged routes to those they were merged into."""

    def anchor(self, told: IncidentAnchor) -> None:
        """Store how an incident is found again, so that it keeps its id."""
        from flask_status_cli.store.incidents import notes

        with self._writing() as connection:
            notes.anchor(connection, told)

    def write_note(self, told: IncidentAnchor, note: IncidentNote) -> None:
        """Store the note of an incident, and how the incident is found again."""
        from flask_status_cli.store.incidents import notes

        with self._writing() as connection:
            notes.anchor(connection, told)
            notes.put_note(connection, told.id, note)

    def add_maintenance(self, window: Maintenance) -> Maintenance:
        """Store a window; return it with its number."""
        from flask_status_cli.store.incidents import notes

        with self._writing() as connection:
            return notes.add_maintenance(connection, window)

    def remove_maintenance(self, number: int) -> bool:
        """Remove the window with this number; return whether there was one."""
        from flask_status_cli.store.incidents import notes

        with self._writing() as connection:
            return notes.remove_maintenance(connection, number)

    def name(self, of: Route, given: str | None) -> None:
        """Give a route a name that replaces every declared one; `None` removes it."""
        from flask_status_cli.store.routes import route_edits

        with self._writing() as connection:
            route_edits.name(connection, of, given)

    def describe(self, of: Route, given: str | None) -> None:
        """Give a route a description that replaces every declared one; `None` removes it."""
        from flask_status_cli.store.routes import route_edits

        with self._writing() as connection:
            route_edits.describe(connection, of, given)

    def hide(self, routes: Sequence[Route], shown: Sequence[Route] = ()) -> None:
        """Mark routes as hidden, and others as shown, all or nothing."""
        from flask_status_cli.store.routes import route_edits

        with self._writing() as connection:
            route_edits.hide(connection, routes, hidden=True)
            route_edits.hide(connection, shown, hidden=False)

    def show_only(self, shown: Sequence[Route], hidden: Sequence[Route]) -> None:
        """Show some routes and hide others as `routes only` does, all or nothing."""
        from flask_status_cli.store.routes import route_edits

        with self._writing() as connection:
            route_edits.hide(connection, shown, hidden=False)
            route_edits.hide_by_only(connection, hidden)

    def show_again(self, known: Sequence[Route]) -> None:
        """Show those of the known routes that `routes only` has hidden."""
        from flask_status_cli.store.routes import route_edits

        with self._writing() as connection:
            hidden = route_edits.hidden_by_only_of(connection)
            again = [each for each in known if (each.label, each.rule) in hidden]
            route_edits.hide(connection, again, hidden=False)

    def forget(self, routes: Sequence[Route]) -> list[Forgotten]:
        """Delete all counts of some routes, and the routes that are not declared; all or nothing."""
        from flask_status_cli.store.routes import route_edits

        self.follow()
        with self._writing() as connection:
            self._book.forget()
            return [route_edits.forget(connection, each) for each in routes]
