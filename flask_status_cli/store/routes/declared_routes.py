"""The routes of declared rules: made, changed, retired."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from flask_status_cli.model import Declaration, Origin, RuleSource, UrlMap, UrlRule
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.routes.declarations import hidden, read
from flask_status_cli.store.routes.route_book import NOTHING_KNOWN
from flask_status_cli.store.schema.tables import hidden_by_only, quarter_count, route

NAMES_FIRST: Final = (RuleSource.HAND, RuleSource.FILE, RuleSource.APP)
"""The order in which sources are asked for the name of a rule."""


@dataclass(frozen=True, slots=True)
class Known:
    """A route of the database: its number, and what its declaration says."""

    number: int
    retired: bool
    said: Mapping[str, Any]


def _set_by_declaration(connection: Connection, label: str, rule: str) -> None:
    """Note that a declaration has set a route's hidden mark, so that `routes only --all` leaves it."""
    same = (hidden_by_only.c.label == label) & (hidden_by_only.c.rule == rule)
    connection.execute(delete(hidden_by_only).where(same))


def make_routes(connection: Connection, label: str, *, hid: frozenset[str]) -> Declaration:
    """Update the routes of a label from its maps: new ones, changed ones, and those that are gone.

    `hid` are the rules that were declared hidden before. A mark by hand is kept until that changes.
    """
    maps = read(connection, label)
    wanted, known = _wanted(maps), _known(connection, label)
    hides = hidden(maps)
    added, changed = [], []
    for rule, said in wanted.items():
        mark = {"hidden": rule in hides} if (rule in hides) != (rule in hid) else {}
        if rule not in known:
            added.append(rule)
            values = {**NOTHING_KNOWN, "label": label, "rule": rule, **said, **mark}
            connection.execute(insert(route).values(values))
        elif known[rule].retired or dict(known[rule].said) != said or mark:
            changed.append(rule)
            mine = route.c.id == known[rule].number
            values = {**said, **mark, "retired": False}
            connection.execute(update(route).where(mine).values(values))
            if mark:
                _set_by_declaration(connection, label, rule)
    gone = {
        rule: one.number
        for rule, one in known.items()
        if rule not in wanted and one.said["origin"] != Origin.DISCOVERED.value and not one.retired
    }
    _retire(connection, gone.values())
    return Declaration(len(wanted), tuple(added), tuple(changed), tuple(gone))


def _wanted(maps: Mapping[RuleSource, UrlMap]) -> dict[str, dict[str, Any]]:
    """Return what is said of every declared rule; names and descriptions by the first source that has one."""
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


def _known(connection: Connection, label: str) -> dict[str, Known]:
    said = ("name", "doc", "origin", "endpoint", "group", "methods")
    rows = connection.execute(select(route).where(route.c.label == label)).mappings()
    return {
        row["rule"]: Known(row["id"], row["retired"], {name: row[name] for name in said})
        for row in rows
    }


def _retire(connection: Connection, numbers: Collection[int]) -> None:
    """Mark routes whose rules are no longer declared; delete those that never had a request."""
    if not numbers:
        return
    mine = route.c.id.in_(numbers)
    counted = select(quarter_count.c.route).where(quarter_count.c.route.in_(numbers)).distinct()
    kept = (
        route.c.id.in_(counted) | route.c.given_name.is_not(None) | route.c.given_doc.is_not(None)
    )
    connection.execute(update(route).where(mine, kept).values(retired=True))
    connection.execute(delete(route).where(mine, ~kept))
