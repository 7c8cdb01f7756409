"""Makes routes part of a crowd: they are redirected at once, and their counts are moved later.

This is done in the transaction of a batch. The lock lets only one writer form crowds at a time.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_status_cli.store.crowds import page_minutes, path_failures
from flask_status_cli.store.crowds.fold_result import FoldedRoutes
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.incidents import frozen_incidents
from flask_status_cli.store.incidents.frozen_incidents import Freeze
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.statements import compiled


def fold(book: RouteBook, label: str, freeze: Freeze | None) -> FoldedRoutes:
    """Redirect all routes of a label that belong to a crowd to the route of the crowd.

    `freeze` returns what becomes of their announced incidents.
    """
    connection, crowds = book.connection, book.crowds(label)
    moved = {rule: into for rule in book.own(label) if (into := crowds.fold(rule)) != rule}
    if not _remember(connection, label, crowds.crowds()) and not moved:
        return FoldedRoutes(label)
    book.crowds_changed()
    made = tuple(into for into in sorted({*moved.values()}) if book.find(label, into) is None)
    book.add(label, made)
    numbers = {_number(book, label, old): _number(book, label, new) for old, new in moved.items()}
    marked = connection.column(compiled.HIDDEN_RULES, of_label=label)
    hidden = sorted({*marked} & moved.keys())
    announced = frozen_incidents.any_announced(connection, label, moved)
    kept = freeze(label, moved) if freeze and announced else None
    path_failures.take_members(connection, numbers)
    page_minutes.take_members(book, numbers)
    _redirect(connection, numbers)
    _hand_on(connection, label, moved)
    if kept is not None:
        frozen_incidents.write(connection, kept)
    book.drop(label, moved)
    return FoldedRoutes(label, moved, made, tuple(hidden))


def _number(book: RouteBook, label: str, rule: str) -> int:
    number = book.find(label, rule)
    assert number is not None, rule  # noqa: S101 - both were found or made just now
    return number


def _remember(connection: Connection, label: str, found: frozenset[tuple[str, str]]) -> bool:
    """Store the crowds of a label, each as (parent, kind of segment); return whether any is new."""
    known = {(parent, kind) for parent, kind in connection.rows(compiled.CROWDS, of_label=label)}
    for parent, kind in known - found:  # the parent became part of a crowd, and with it this crowd
        connection.change(compiled.DROP_CROWD, of_label=label, of_parent=parent, of_kind=kind)
    new = [
        {"label": label, "parent": parent, "kind": kind} for parent, kind in sorted(found - known)
    ]
    connection.change_each(compiled.ADD_CROWD, new)
    return bool(new)


def _redirect(connection: Connection, numbers: Mapping[int, int]) -> None:
    rows = [{"old": old, "new": new} for old, new in numbers.items()]
    connection.change_each(compiled.REDIRECT, rows)


def _hand_on(connection: Connection, label: str, moved: Mapping[str, str]) -> None:
    """Assign announced incidents to the crowd's rule, and delete the closed episodes of the merged rules."""
    for rule in moved.keys() & connection.column(compiled.INCIDENT_RULES, of_label=label):
        connection.change(compiled.MOVE_INCIDENT, of_label=label, old=rule, new=moved[rule])
    for rule in moved.keys() & connection.column(compiled.SETTLED_RULES, of_label=label):
        connection.change(compiled.DROP_SETTLED, of_label=label, of_rule=rule)
