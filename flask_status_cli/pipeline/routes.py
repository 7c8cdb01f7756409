"""What is asked of the routes of a database, and what is done to single ones by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from flask_status_cli.model import UNMATCHED, Forgotten, ListedRoute, Route
from flask_status_cli.pipeline.chosen import choose
from flask_status_cli.store import Ledger, Store

Clock = Callable[[], datetime]

Agree = Callable[[Sequence[ListedRoute]], bool]
"""Tells whether routes may be deleted."""


def list_routes(
    database: Path, wanted: Sequence[str] = (), *, label: str | None = None
) -> tuple[ListedRoute, ...]:
    """Return every route of a database by label and rule, `<unmatched>` behind all others.

    With `wanted` only those that these rules, names and globs mean; with `label` only those of one app.
    Raises `RouteError` for one that means nothing.
    """
    with Ledger.open(database) as ledger:
        listed = ledger.listed_routes()
    known = [each.route for each in listed if label in (None, each.route.label)]
    chosen = set(choose(known, wanted) if wanted else known)
    return tuple(sorted((each for each in listed if each.route in chosen), key=_by_rule))


def name_route(database: Path, wanted: str, given: str, *, label: str | None, clock: Clock) -> None:
    """Call a route by a name of its own, by that of its source if it is empty; raises `RouteError`."""
    with Store.open(database, create=False, clock=clock) as store:
        store.name(_one(database, wanted, label), given or None)


def describe_route(
    database: Path, wanted: str, given: str, *, label: str | None, clock: Clock
) -> None:
    """Describe a route likewise."""
    with Store.open(database, create=False, clock=clock) as store:
        store.describe(_one(database, wanted, label), given or None)


def hide_routes(
    database: Path, wanted: Sequence[str], *, hidden: bool, label: str | None, clock: Clock
) -> list[Route]:
    """Mark routes as hidden, or as shown again; return those that were not yet. Raises `RouteError`."""
    with Store.open(database, create=False, clock=clock) as store:
        found = choose(_known(database, label), wanted)
        changed = [each for each in found if each.hidden != hidden]
        store.hide(changed if hidden else (), shown=() if hidden else changed)
    return changed


def show_only(
    database: Path, wanted: Sequence[str] | None, *, label: str | None, clock: Clock
) -> tuple[int, int]:
    """Show some routes and hide all others, or show all (`None`); how many are shown now, and hidden.

    With a label the routes of others are left as they are. Raises `RouteError`.
    """
    with Store.open(database, create=False, clock=clock) as store:
        known = _known(database, label)
        shown = known if wanted is None else choose(known, wanted)
        hidden = [each for each in known if each not in shown]
        store.hide(hidden, shown=shown)
    return len(shown), len(hidden)


def forget_routes(
    database: Path, wanted: Sequence[str], *, label: str | None, agree: Agree, clock: Clock
) -> list[Forgotten]:
    """Delete routes with all their counts, if `agree` says so of them; return what was deleted.

    Raises `RouteError`.
    """
    with Store.open(database, create=False, clock=clock) as store:
        listed = list_routes(database, wanted, label=label)
        return store.forget([each.route for each in listed]) if agree(listed) else []


def _known(database: Path, label: str | None) -> list[Route]:
    with Ledger.open(database) as ledger:
        return [each for each in ledger.routes().values() if label in (None, each.label)]


def _one(database: Path, wanted: str, label: str | None) -> Route:
    (route,) = choose(_known(database, label), [wanted], globs=False)
    return route


def _by_rule(listed: ListedRoute) -> tuple[bool, str, str]:
    return listed.route.rule == UNMATCHED, listed.route.label, listed.route.rule
