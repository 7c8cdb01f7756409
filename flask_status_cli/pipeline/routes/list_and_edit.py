"""Lists and edits the routes of a database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from flask_status_cli import judgement, summary
from flask_status_cli.model import (
    UNMATCHED,
    ForgottenRoute,
    ListedRoute,
    Origin,
    PathFailures,
    Route,
    StatusSummary,
    instant_of,
)
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.settings import PolicySettings
from flask_status_cli.model.times import Clock
from flask_status_cli.pipeline.ingest.writing.freeze_incidents import freezing
from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.pipeline.report import ReportOptions, summarize
from flask_status_cli.pipeline.routes.declare import remove_rules
from flask_status_cli.pipeline.routes.paths_behind import paths_behind
from flask_status_cli.pipeline.routes.route_selection import select_routes
from flask_status_cli.store import Ledger, Store

WAIT = 10.0
"""The number of seconds to wait while another program locks the database."""

Agree = Callable[[Sequence[ListedRoute]], bool]
"""Takes the routes to delete, and returns whether the user agrees."""


def list_routes(
    database: Database, wanted: Sequence[str] = (), *, label: str | None = None, globs: bool = True
) -> tuple[ListedRoute, ...]:
    """Return the routes of a database, sorted by label and rule, with `<unmatched>` last.

    `wanted` selects routes by rules, names and globs, `label` those of one app. Raises `RouteError` if an
    item of `wanted` selects no route.
    """

    def work(ledger: Ledger) -> tuple[ListedRoute, ...]:
        known = [each for each in ledger.routes().values() if label in (None, each.label)]
        chosen = set(select_routes(known, wanted, globs=globs) if wanted else known)
        return tuple(sorted(ledger.listed_routes(chosen), key=_by_rule))

    return Ledger.read(database, work)


def show_route(
    wanted: str, options: ReportOptions, *, label: str | None, clock: Clock
) -> tuple[ListedRoute, StatusSummary]:
    """Return one route as `routes list` shows it, and a report with only this route and its incidents.

    `wanted` is a rule or a name. Raises `RouteError` if there is no such route.
    """

    def work(ledger: Ledger) -> tuple[ListedRoute, tuple[PathFailures, ...]]:
        found = _listed(ledger, wanted, options, label=label, clock=clock)
        return found, paths_behind(ledger, found.route.label, found.route.rule)

    listed, behind = Ledger.read(options.database, work)
    key = (listed.route.label, listed.route.rule)
    report = summarize(replace(options, one=key, details=True), clock=clock)
    (detail,) = report.details
    concerning = tuple(
        each
        for each in report.incidents
        if any((route.label, route.rule) == key for route in each.routes)
    )
    details = (replace(detail, paths=behind),)
    return listed, replace(report, incidents=concerning, details=details)


def _listed(
    ledger: Ledger, wanted: str, options: ReportOptions, *, label: str | None, clock: Clock
) -> ListedRoute:
    """Return the route that `wanted` selects. It may be a path that never answered, or a page that fails."""
    now = summary.resolve_now(options.now, ledger, clock, zone=options.zone)
    named = summary.with_failing(ledger, judgement.policy(options.policy), now=now)
    known = [each for each in named.routes().values() if label in (None, each.label)]
    waiting = (label or "", wanted)
    if any(True for _ in ledger.unanswered([waiting])) and waiting not in {
        (each.label, each.rule) for each in known
    }:
        route = Route(*waiting, origin=Origin.FAILING)
    else:
        (route,) = select_routes(known, [wanted], globs=False)
    if route.origin is not Origin.FAILING:
        return ledger.listed_routes({route})[0]
    key = (route.label, route.rule)
    until = summary.newest_allowed(now)
    had = ledger.pages([key], until=until) if route.part_of else ledger.unanswered([key])
    first, last = (instant_of(edge(row[2] for row in had)) for edge in (min, max))
    return ListedRoute(route, first, last, sum(row[4] for row in had))


def name_route(
    database: Database, wanted: str, given: str, *, label: str | None, clock: Clock
) -> Route:
    """Give a route a name. An empty name removes the given one. Return the route after the change.

    Raises `RouteError`.
    """
    with Store.open(database, create=False, clock=clock) as store:
        route = _one(database, wanted, label)
        store.name(route, given or None)
        return _one(database, route.rule, route.label)


def describe_route(
    database: Database, wanted: str, given: str, *, label: str | None, clock: Clock
) -> Route:
    """Give a route a description. An empty one removes it. Return the route after the change.

    Raises `RouteError`.
    """
    with Store.open(database, create=False, clock=clock) as store:
        route = _one(database, wanted, label)
        store.describe(route, given or None)
        return _one(database, route.rule, route.label)


def hide_routes(
    database: Database, wanted: Sequence[str], *, hidden: bool, label: str | None, clock: Clock
) -> list[Route]:
    """Hide routes, or show them again. Return the routes that changed. Raises `RouteError`."""
    with Store.open(database, create=False, clock=clock) as store:
        found = select_routes(_known(database, label), wanted)
        changed = [each for each in found if each.hidden != hidden]
        store.hide(changed if hidden else (), shown=() if hidden else changed)
    return changed


def show_only(
    database: Database, wanted: Sequence[str] | None, *, label: str | None, clock: Clock
) -> tuple[int, int]:
    """Show some routes, and hide all others. `None` shows the routes again that this function has hidden.

    Return how many routes are shown now, and how many are hidden. If a label is given, routes of other apps
    are not changed. Raises `RouteError`.
    """
    with Store.open(database, create=False, clock=clock) as store:
        known = _known(database, label)
        if wanted is None:
            store.show_again(known)
        else:
            shown = select_routes(known, wanted)
            store.show_only(shown, [each for each in known if each not in shown])
        hidden = sum(each.hidden for each in _known(database, label))
    return len(known) - hidden, hidden


def forget_routes(  # noqa: PLR0913 - what is deleted, where, and by which policy its incidents were found
    database: Database,
    wanted: Sequence[str],
    *,
    label: str | None,
    agree: Agree,
    policy: PolicySettings,
    clock: Clock,
) -> list[ForgottenRoute]:
    """Delete routes with all their counts if `agree` returns true for them. Return what was deleted.

    Announced incidents stay as they were announced. Raises `RouteError`.
    """
    with Store.open(database, create=False, clock=clock) as store:
        store.freezing = freezing(policy, clock)
        listed = list_routes(database, wanted, label=label)
        if not agree(listed):
            return []
        rules: dict[str, set[str]] = {}
        for each in listed:
            rules.setdefault(each.route.label, set()).add(each.route.rule)
        with Writer(database, wait=WAIT, clock=clock) as writer:
            for of, forgotten in rules.items():
                remove_rules(writer, of, forgotten)
        return store.forget([each.route for each in listed])


def _known(database: Database, label: str | None) -> list[Route]:
    routes = Ledger.read(database, Ledger.routes)
    return [each for each in routes.values() if label in (None, each.label)]


def _one(database: Database, wanted: str, label: str | None) -> Route:
    (route,) = select_routes(_known(database, label), [wanted], globs=False)
    return route


def _by_rule(listed: ListedRoute) -> tuple[bool, str, str]:
    return listed.route.rule == UNMATCHED, listed.route.label, listed.route.rule
