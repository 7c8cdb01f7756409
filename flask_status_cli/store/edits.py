"""Changes that users make in a database: rules, names, hidden routes, notes, maintenance, deploys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from flask_status_cli.frozen import replace
from flask_status_cli.store.writable import Writable

if TYPE_CHECKING:
    from flask_status_cli.model import (
        Declaration,
        ForgottenRoute,
        IncidentAnchor,
        IncidentNote,
        Maintenance,
        Route,
        RuleSource,
        UrlMap,
    )
    from flask_status_cli.model.deploys import Deploy
    from flask_status_cli.store.database.connection import Connection
    from flask_status_cli.store.routes.reattribution import FindDeclared

T = TypeVar("T")

Placing: TypeAlias = "Callable[[tuple[UrlMap, ...]], FindDeclared]"


class _RollBack(Exception):  # noqa: N818 - it reports no error
    """Ends a transaction without storing it."""


class Edits(Writable):
    """The methods of a `Store` for the changes that users make. Each is one transaction.

    Modules are imported in the methods, because a run that only reads logs needs none of them.
    """

    def anchor(self, announced: IncidentAnchor) -> None:
        """Store the anchor of an announced incident, so that the incident keeps its id."""
        from flask_status_cli.store.incidents import notes

        self._write(lambda connection: notes.anchor(connection, announced))

    def write_note(self, incident: IncidentAnchor, note: IncidentNote) -> None:
        """Store the note of an incident together with the incident's anchor."""
        from flask_status_cli.store.incidents import notes

        def work(connection: Connection) -> None:
            notes.anchor(connection, incident)
            notes.put_note(connection, incident.id, note)

        self._write(work)

    def add_maintenance(self, window: Maintenance) -> Maintenance:
        """Store a maintenance window; return it with its number."""
        from flask_status_cli.store.incidents import notes

        return self._write(lambda connection: notes.add_maintenance(connection, window))

    def remove_maintenance(self, number: int) -> bool:
        """Remove the maintenance window with this number; return whether there was one."""
        from flask_status_cli.store.incidents import notes

        return self._write(lambda connection: notes.remove_maintenance(connection, number))

    def mark_deploy(self, wanted: Deploy) -> tuple[Deploy, bool, tuple[Deploy, ...]]:
        """Store a deploy; return it with its number, whether it is new, and which old deploys were removed.

        Old deploys are removed if there are too many. If the new deploy is older than all others, nothing is
        stored, and it is among the removed ones.
        """
        from flask_status_cli.store import deploys

        tried: list[tuple[Deploy, bool, tuple[Deploy, ...]]] = []

        def work(connection: Connection) -> None:
            stored, is_new = deploys.mark(connection, wanted)
            gone = deploys.drop_oldest(connection)
            tried.append((stored, is_new, gone))
            if stored in gone:
                raise _RollBack

        with suppress(_RollBack):
            self._write(work)
        return tried[-1]

    def remove_deploy(self, number: int) -> bool:
        """Remove the deploy with this number; return whether there was one."""
        from flask_status_cli.store import deploys

        return self._write(lambda connection: deploys.remove(connection, number))

    def name(self, of: Route, given: str | None) -> None:
        """Give a route a name that replaces every declared one; `None` removes it."""
        from flask_status_cli.store.routes import route_edits

        self._write(lambda connection: route_edits.name(connection, of, given))

    def describe(self, of: Route, given: str | None) -> None:
        """Give a route a description that replaces every declared one; `None` removes it."""
        from flask_status_cli.store.routes import route_edits

        self._write(lambda connection: route_edits.describe(connection, of, given))

    def hide(self, routes: Sequence[Route], shown: Sequence[Route] = ()) -> None:
        """Mark routes as hidden, and the routes `shown` as not hidden, in one transaction."""
        from flask_status_cli.store.routes import route_edits

        def work(connection: Connection) -> None:
            route_edits.hide(connection, routes, hidden=True)
            route_edits.hide(connection, shown, hidden=False)

        self._write(work)

    def show_only(self, shown: Sequence[Route], hidden: Sequence[Route]) -> None:
        """Show some routes and hide others for `routes only`, in one transaction."""
        from flask_status_cli.store.routes import route_edits

        def work(connection: Connection) -> None:
            route_edits.hide(connection, shown, hidden=False)
            route_edits.hide_by_only(connection, hidden)

        self._write(work)

    def show_again(self, known: Sequence[Route]) -> None:
        """Show all routes that `routes only` has hidden. `known` are the routes of the database."""
        from flask_status_cli.store.routes import route_edits

        def work(connection: Connection) -> None:
            hidden = route_edits.hidden_by_only_of(connection)
            again = [each for each in known if (each.label, each.rule) in hidden]
            route_edits.hide(connection, again, hidden=False)

        self._write(work)

    def adopt(self, number: int) -> None:
        """Make a stream of another host a stream of this host."""
        from flask_status_cli.store.streams import hosts

        self._write(lambda connection: hosts.adopt(connection, number))

    def rename_host(self, old: str, new: str) -> None:
        """Rename a host. No host may have the new name already."""
        from flask_status_cli.store.streams import hosts

        self._write(lambda connection: hosts.rename(connection, old, new))

    def retire_host(self, name: str) -> bool:
        """Retire a host until it runs again; return whether there is a host of this name."""
        from flask_status_cli.store.streams import hosts

        return self._write(lambda connection: hosts.retire(connection, name))

    def forget(self, routes: Sequence[Route]) -> list[ForgottenRoute]:
        """Delete all counts of some routes, and the routes themselves unless they are declared.

        It is one transaction. Announced incidents of the routes stay as they were announced.
        """
        from flask_status_cli.store.incidents import frozen_incidents
        from flask_status_cli.store.routes import route_edits

        rules: dict[str, dict[str, str]] = {}
        for each in routes:
            rules.setdefault(each.label, {})[each.rule] = ""

        def work(connection: Connection) -> list[ForgottenRoute]:
            self._book.forget()
            for label, forgotten in rules.items():
                if frozen_incidents.any_announced(connection, label, forgotten):
                    frozen_incidents.write(connection, self._freeze(label, forgotten))
            return [route_edits.forget(connection, each) for each in routes]

        self.follow()
        return self._write(work)

    def declare(
        self,
        label: str,
        source: RuleSource,
        url_map: UrlMap | None,
        *,
        placing: Placing,
        dry_run: bool = False,
    ) -> Declaration:
        """Replace the rules of a source, and move counted requests to the new rules, in one transaction.

        A `url_map` of `None` removes the rules. `placing(maps)` returns a function that finds the declared
        rule of a discovered one. In a `dry_run` nothing is stored, and what would be done is returned.
        """
        if dry_run:
            return self._declare_and_roll_back(label, source, url_map, placing=placing)
        self.follow()
        return self._write(
            lambda connection: self._declared(connection, label, source, url_map, placing=placing)
        )

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
            late_requests.add_late_requests(connection, label, sorted(crowds & done.unclear.keys()))
        self._book.forget()
        return done

    def _declare_and_roll_back(
        self, label: str, source: RuleSource, url_map: UrlMap | None, *, placing: Placing
    ) -> Declaration:
        with suppress(_RollBack), self.writing() as connection:
            done = self._declared(connection, label, source, url_map, placing=placing)
            raise _RollBack
        return replace(done, undone=True)
