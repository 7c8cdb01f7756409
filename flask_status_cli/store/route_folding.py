"""How a `Store` makes routes part of a crowd, and moves the counts of merged routes.

Modules that most runs do not need are imported in the methods.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.database.open_database import OpenDatabase
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.writable import Writable

if TYPE_CHECKING:
    from flask_status_cli.model import IncidentsToFreeze
    from flask_status_cli.store.crowds.fold_result import FoldedRoutes
    from flask_status_cli.store.database.connection import Connection
    from flask_status_cli.store.incidents.frozen_incidents import Freezing


class RouteFolding(Writable, OpenDatabase):
    """The methods of a `Store` for routes that become part of a crowd.

    `freezing` returns what becomes of announced incidents when rules are merged.
    """

    freezing: Freezing | None = None

    def folded(self) -> bool:
        """Return whether crowds were formed from all routes, so that `fold_all` is not needed."""
        with translated(self._path):
            return bool(key_values.read(self._connection, NumberName.CROWDS))

    def fold_all(self) -> list[FoldedRoutes]:
        """Form crowds in a database that is older than crowds; return what was folded, by label."""
        from flask_status_cli.store.counts import attribution
        from flask_status_cli.store.crowds import form_crowd

        def work(connection: Connection) -> list[FoldedRoutes]:
            if key_values.read(connection, NumberName.CROWDS):
                return []
            self._book.refresh()
            labels = self._book.labels()
            folded = [form_crowd.fold(self._book, each, self._freeze) for each in labels]
            for each in folded:
                attribution.move_all_waiting(self._book, each.label)
            if not key_values.read(connection, NumberName.CROWDS):
                key_values.put(connection, NumberName.CROWDS, 1)
            return folded

        self.follow()
        return self._write(work)

    def follow(self, connection: Connection | None = None) -> None:
        """Move the counts of merged routes to the routes that they were merged into.

        Each transaction moves some of the rows. A commit in the background gives its own `connection`.
        """
        from flask_status_cli.store.routes import merged_counts

        opened = self._connection if connection is None else connection
        if opened.moves_at_once:
            return
        with translated(self._path):
            if not merged_counts.pending(opened):
                return
            left = merged_counts.steps(opened)
        done = False
        while not done:
            some, left = left[: merged_counts.STEPS_AT_ONCE], left[merged_counts.STEPS_AT_ONCE :]
            done = not left
            self._write(partial(merged_counts.move_some, some=some, last=done), connection=opened)

    def _freeze(self, label: str, moved: Mapping[str, str]) -> IncidentsToFreeze:
        from flask_status_cli.model import IncidentsToFreeze
        from flask_status_cli.store.reader import Ledger

        if self.freezing is None:
            return IncidentsToFreeze()
        return self.freezing(Ledger(self._connection, self._path), label, moved)
