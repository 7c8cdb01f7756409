"""Changes of single routes by users: names, descriptions, hidden marks, and deletion."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, func, insert, select, true, update

from flask_status_cli.model import UNMATCHED, ForgottenRoute, Origin, Route
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.queries import durations
from flask_status_cli.store.schema.tables import (
    crowd_page,
    hidden_by_only,
    minute_count,
    page_count,
    quarter_count,
    route,
    settled,
    waiting,
)


def name(connection: Connection, of: Route, given: str | None) -> None:
    """Give a route a name that replaces the declared one, or remove that name if `given` is `None`."""
    connection.execute(update(route).where(_is(of)).values(given_name=given))


def describe(connection: Connection, of: Route, given: str | None) -> None:
    """Give a route a description that replaces the declared one, or remove it if `given` is `None`."""
    connection.execute(update(route).where(_is(of)).values(given_doc=given))


def hide(connection: Connection, routes: Iterable[Route], *, hidden: bool) -> None:
    """Mark routes as hidden, or remove the mark."""
    for each in routes:
        connection.execute(update(route).where(_is(each)).values(hidden=hidden))
        connection.execute(delete(hidden_by_only).where(_hidden(each)))


def hide_by_only(connection: Connection, routes: Iterable[Route]) -> None:
    """Mark routes as hidden by `routes only`. Routes that are hidden already are not changed."""
    for each in routes:
        shown = _is(each) & route.c.hidden.is_(False)
        if connection.execute(update(route).where(shown).values(hidden=True)).rowcount:
            connection.execute(delete(hidden_by_only).where(_hidden(each)))
            row = {"label": each.label, "rule": each.rule}
            connection.execute(insert(hidden_by_only).values(row))


def hidden_by_only_of(connection: Connection) -> frozenset[tuple[str, str]]:
    """Return (label, rule) of each route that `routes only` has hidden."""
    rows = connection.execute(select(hidden_by_only.c.label, hidden_by_only.c.rule))
    return frozenset((row.label, row.rule) for row in rows)


def forget(connection: Connection, of: Route) -> ForgottenRoute:
    """Delete all counts of a route, and the route unless it is declared; return what was deleted.

    Waiting rows of the path are deleted, too, and with `<unmatched>` those of all paths. A declared route
    loses the user's name and description, and keeps its hidden mark.
    """
    known = connection.execute(select(route).where(_is(of))).one_or_none()
    mine = (waiting.c.label == of.label) & (
        true() if of.rule == UNMATCHED else waiting.c.rule == of.rule
    )
    requests = connection.scalar(select(func.sum(waiting.c.requests)).where(mine)) or 0
    connection.execute(delete(waiting).where(mine))
    episodes = (settled.c.label == of.label) & (settled.c.rule == of.rule)
    connection.execute(delete(settled).where(episodes))
    if known is None:
        return ForgottenRoute(of, requests)
    counted = select(func.sum(quarter_count.c.requests)).where(quarter_count.c.route == known.id)
    requests += connection.scalar(counted) or 0
    for table in (minute_count, quarter_count, *durations.TIERS, crowd_page, page_count):
        connection.execute(delete(table).where(table.c.route == known.id))
    stays = known.origin != Origin.DISCOVERED.value and not known.retired
    if stays:
        blank = {"given_name": None, "given_doc": None}
        connection.execute(update(route).where(route.c.id == known.id).values(blank))
    else:
        connection.execute(delete(route).where(route.c.id == known.id))
    return ForgottenRoute(of, requests, stays=stays)


def _hidden(one: Route) -> ColumnElement[bool]:
    return (hidden_by_only.c.label == one.label) & (hidden_by_only.c.rule == one.rule)


def _is(one: Route) -> ColumnElement[bool]:
    return (route.c.label == one.label) & (route.c.rule == one.rule)
