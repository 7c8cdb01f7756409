"""Changes in a database that no log makes: rules, names, hidden routes, notes, maintenance, deploys."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from flask_status_cli.model import (
        Declaration,
        Forgotten,
        Frozen,
        IncidentAnchor,
        IncidentNote,
        Maintenance,
        Route,
        RuleSource,
        UrlMap,
    )
    from flask_status_cli.model.deploys import Deploy
    from flask_status_cli.store.database.connection import Connection
    from flask_status_cli.store.routes.reattribution import Place
    from flask_status_cli.store.routes.route_book import RouteBook

Placing: TypeAlias = "Callable[[tuple[UrlMap, ...]], Place]"


class _NotMeant(Exception):  # noqa: N818 - it reports no error
    """Ends a transaction without storing it."""


class Edits(ABC):
    """The changes of a `Store` that no log makes, each in a transaction of its own.

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

    @abstractmethod
    def _freeze(self, label: str, moved: Mapping[str, str]) -> Frozen:
        """Return what happens to announced incidents of rules, each with the rule it is merged into."""

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

    def mark_deploy(self, asked: Deploy) -> tuple[Deploy, bool, tuple[Deploy, ...]]:
        """Store a deploy; return it with its number, whether it is new, and the oldest that had to go.

        If it would be the oldest itself, nothing is stored, and it is among those that had to go.
        """
        from flask_status_cli.store import deploys

        with suppress(_NotMeant), self._writing() as connection:
            stored, is_new = deploys.mark(connection, asked)
            gone = deploys.drop_oldest(connection)
            if stored in gone:
                raise _NotMeant
        return stored, is_new, gone

    def remove_deploy(self, number: int) -> bool:
        """Remove the deploy with this number; return whether there was one."""
        from flask_status_cli.store import deploys

        with self._writing() as connection:
            return deploys.remove(connection, number)

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
        """Delete all counts of some routes, and the routes that are not declared; all or nothing.

        Their announced incidents stay as they were announced.
        """
        from flask_status_cli.store.incidents import frozen_incidents
        from flask_status_cli.store.routes import route_edits

        self.follow()
        rules: dict[str, dict[str, str]] = {}
        for each in routes:
            rules.setdefault(each.label, {})[each.rule] = ""
        with self._writing() as connection:
            self._book.forget()
            for label, forgotten in rules.items():
                if frozen_incidents.told(connection, label, forgotten):
                    frozen_incidents.write(connection, self._freeze(label, forgotten))
            return [route_edits.forget(connection, each) for each in routes]

    def declare(
        self,
        label: str,
        source: RuleSource,
        url_map: UrlMap | None,
        *,
        placing: Placing,
        dry_run: bool = False,
    ) -> Declaration:
        """Replace the rules of a source, `None` for none, and move what was counted; all or nothing.

        `placing(maps)` returns a function that finds the declared rule of a discovered one. In a `dry_run`
        nothing is stored, and what would be done is returned.
        """
        if dry_run:
            return self._declare_for_nothing(label, source, url_map, placing=placing)
        self.follow()
        with self._writing() as connection:
            return self._declared(connection, label, source, url_map, placing=placing)

    def _declared(
        self,
        connection: Connection,
        label: str,
        source: RuleSource,
        url_map: UrlMap | None,
        *,
        placing: Placing,
    ) -> Declaration:
        from flask_status_cli.store.crowds import late_requests
        from flask_status_cli.store.routes import declarations, declared_routes, reattribution

        were = reattribution.discovered(connection, label)
        hid = declarations.hidden(declarations.read(connection, label))
        changed = declarations.write(connection, label, source, url_map)
        done = declared_routes.make_routes(connection, label, hid=hid)
        maps = tuple(declarations.read(connection, label).values())
        crowds = set(late_requests.crowd_rules(connection, label))
        done = reattribution.move(connection, label, placing(maps), done, were=were)
        if changed:
            late_requests.note(connection, label, sorted(crowds & done.unclear.keys()))
        self._book.forget()
        return done

    def _declare_for_nothing(
        self, label: str, source: RuleSource, url_map: UrlMap | None, *, placing: Placing
    ) -> Declaration:
        """Declare in a transaction of its own that is rolled back."""
        with suppress(_NotMeant), self._writing() as connection:
            done = self._declared(connection, label, source, url_map, placing=placing)
            raise _NotMeant
        return replace(done, undone=True)
