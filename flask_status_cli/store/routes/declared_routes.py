"""Makes, changes and retires routes so that they agree with the declared rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Declaration, Origin, RuleSource, UrlMap, UrlRule
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.routes.declarations import hidden, read
from flask_status_cli.store.routes.route_book import NOTHING_KNOWN
from flask_status_cli.store.schema.tables import hidden_by_only, quarter_count, route

NAMES_FIRST: Final = (RuleSource.HAND, RuleSource.FILE, RuleSource.APP)
"""If several sources declare a rule, its name is that of the first source in this order that has one."""


@frozen
class StoredRoute:
    """A stored route: its number, whether it is retired, and its columns that a declaration sets."""

    number: int
    retired: bool
    declared: Mapping[str, Any]


def _set_by_declaration(connection: Connection, label: str, rule: str) -> None:
    """Record that a declaration has set a route's hidden mark, so that `routes only --all` keeps it."""
    same = (hidden_by_only.c.label == label) & (hidden_by_only.c.rule == rule)
    connection.execute(delete(hidden_by_only).where(same))


def make_routes(connection: Connection, label: str, *, hid: frozenset[str]) -> Declaration:
    """Make, change and retire routes of a label so that they agree with its URL maps; return what was done.

    `hid` are the rules that were declared as hidden before. A hidden mark by the user is kept until the
    declaration of the rule's hidden mark changes.
    """
    maps = read(connection, label)
    wanted, known = _wanted(maps), _known(connection, label)
    hides = hidden(maps)
    added, changed = [], []
    for rule, declared in wanted.items():
        mark = {"hidden": rule in hides} if (rule in hides) != (rule in hid) else {}
        if rule not in known:
            added.append(rule)
            values = {**NOTHING_KNOWN, "label": label, "rule": rule, **declared, **mark}
            connection.execute(insert(route).values(values))
        elif known[rule].retired or dict(known[rule].declared) != declared or mark:
            changed.append(rule)
            mine = route.c.id == known[rule].number
            values = {**declared, **mark, "retired": False}
            connection.execute(update(route).where(mine).values(values))
            if mark:
                _set_by_declaration(connection, label, rule)
    gone = {
        rule: one.number
        for rule, one in known.items()
        if rule not in wanted
        and one.declared["origin"] != Origin.DISCOVERED.value
        and not one.retired
    }
    _retire(connection, gone.values())
    return Declaration(len(wanted), tuple(added), tuple(changed), tuple(gone))


def _wanted(maps: Mapping[RuleSource, UrlMap]) -> dict[str, dict[str, Any]]:
    """Return the columns of the route of every declared rule, by rule."""
    rules: dict[str, list[UrlRule]] = {}
    for source in NAMES_FIRST:
        for rule in maps[source].rules if source in maps else ():
            rules.setdefault(rule.rule, []).append(rule)
    app = {rule.rule for rule in maps[RuleSource.APP].rules} if RuleSource.APP in maps else set()
    return {
        rule: {
            "name": _first(one.name for one in same),
            "doc": _first(one.doc for one in same),
            "origin": (Origin.APP if rule in app else Origin.CONFIGURED).value,
            "endpoint": _first(one.endpoint for one in same),
            "group": _first(one.group for one in same),
            "methods": _methods(same),
        }
        for rule, same in rules.items()
    }


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")


def _methods(rules: Iterable[UrlRule]) -> tuple[str, ...]:
    return tuple(sorted({method for rule in rules for method in rule.methods or ()}))


def _known(connection: Connection, label: str) -> dict[str, StoredRoute]:
    columns = ("name", "doc", "origin", "endpoint", "group", "methods")
    rows = connection.execute(select(route).where(route.c.label == label)).mappings()
    return {
        row["rule"]: StoredRoute(row["id"], row["retired"], {name: row[name] for name in columns})
        for row in rows
    }


def _retire(connection: Connection, numbers: Collection[int]) -> None:
    """Mark routes as retired. Delete those without requests and without a name or text by the user."""
    if not numbers:
        return
    mine = route.c.id.in_(numbers)
    counted = select(quarter_count.c.route).where(quarter_count.c.route.in_(numbers)).distinct()
    kept = (
        route.c.id.in_(counted) | route.c.given_name.is_not(None) | route.c.given_doc.is_not(None)
    )
    connection.execute(update(route).where(mine, kept).values(retired=True))
    connection.execute(delete(route).where(mine, ~kept))
