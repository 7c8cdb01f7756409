"""Changes one route by its exact rule, for the API. Names and globs do not select it."""

from __future__ import annotations

from flask_status_cli.errors import RouteError
from flask_status_cli.frozen import frozen
from flask_status_cli.model import OTHER, UNMATCHED, ListedRoute, Route
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.settings import PolicySettings
from flask_status_cli.model.times import Clock
from flask_status_cli.pipeline.routes.list_and_edit import forget_routes
from flask_status_cli.pipeline.routes.route_selection import by_rule
from flask_status_cli.render.escape import printable
from flask_status_cli.store import Ledger, Store

WAIT = 2.0
"""The number of seconds to wait while another program locks the database."""


@frozen
class RouteChange:
    """A change of one route. `None` leaves a property unchanged, an empty text removes it.

    `rule` is the rule of the route. `label` is needed if several apps have a route with this rule.
    """

    rule: str
    label: str | None = None
    name: str | None = None
    doc: str | None = None
    hidden: bool | None = None


def change_route(database: Database, change: RouteChange, *, clock: Clock) -> ListedRoute:
    """Change a route, and return it after the change. Raises `RouteError` and `DatabaseError`."""
    with Store.open(database, create=False, clock=clock, busy_timeout=WAIT) as store:
        route = Ledger.read(database, lambda ledger: _find(ledger, change.rule, change.label))
        if change.name is not None:
            store.name(route, change.name or None)
        if change.doc is not None:
            store.describe(route, change.doc or None)
        if change.hidden is not None:
            store.hide([route] if change.hidden else (), shown=() if change.hidden else [route])

    def work(ledger: Ledger) -> ListedRoute:
        after = by_rule(list(ledger.routes().values()), route.rule, route.label)
        (listed,) = ledger.listed_routes({after})
        return listed

    return Ledger.read(database, work)


def remove_route(
    database: Database, rule: str, *, label: str | None, purge: PolicySettings | None, clock: Clock
) -> int:
    """Hide a route, and return how many requests it had. Raises `RouteError` and `DatabaseError`.

    If `purge` is given, its counts are deleted, too. `purge` is the policy by which incidents are found,
    because announced ones stay.
    """

    def work(ledger: Ledger) -> ListedRoute:
        (listed,) = ledger.listed_routes({_find(ledger, rule, label)})
        return listed

    listed = Ledger.read(database, work)
    route = listed.route
    with Store.open(database, create=False, clock=clock, busy_timeout=WAIT) as store:
        store.hide([route])
    if purge is not None:
        forget_routes(
            database, [rule], label=route.label, agree=lambda _: True, policy=purge, clock=clock
        )
    return listed.requests


def _find(ledger: Ledger, rule: str, label: str | None) -> Route:
    if rule in (UNMATCHED, OTHER):
        raise RouteError(printable(rule), "stands for many paths and is not a route")
    return by_rule(list(ledger.routes().values()), rule, label)
