"""Selects the routes that a user names by rule, name or glob."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from flask_status_cli.errors import RouteError, RouteMissingError
from flask_status_cli.model import Route
from flask_status_cli.render.escape import printable

SEE_ALL = "flask-status routes list shows them"

_GLOB = frozenset("*?[")

_VARIABLE = re.compile(r"<(?:slug|str)\d*>")
"""Matches the segments that stand for many in a folded row."""


def select_routes(
    known: Sequence[Route], wanted: Sequence[str], *, globs: bool = True
) -> list[Route]:
    """Return the routes that the texts of `wanted` select, each route once.

    A text is first compared with rules, then with names without case, then as a glob with rules. Raises
    `RouteError` if a text selects no route, or if it selects several and is no glob.
    """
    return list(dict.fromkeys(route for text in wanted for route in _selected(known, text, globs)))


def by_rule(known: Sequence[Route], rule: str, label: str | None) -> Route:
    """Return the route with exactly this rule, and this label if one is given.

    Raises `RouteMissingError` if there is none, and `RouteError` if several labels have such a route.
    """
    mine = [route for route in known if label in (None, route.label)]
    same = [route for route in mine if route.rule == rule]
    if len(same) > 1:
        labels = " and ".join(sorted(printable(route.label or '""') for route in same))
        raise RouteError(printable(rule), f"is a route of several apps: {labels}", "give its label")
    if not same:
        raise RouteMissingError(printable(rule), "no such route", _nearest(mine, rule))
    return same[0]


def _selected(known: Sequence[Route], text: str, globs: bool) -> list[Route]:  # noqa: FBT001 - private
    same = [route for route in known if route.rule == text]
    same = same or [route for route in known if route.name.casefold() == text.casefold() != ""]
    if len(same) > 1:
        raise _ambiguous(same, text)
    if not same and globs and _GLOB & set(text):
        matching = (route for route in known if fnmatchcase(route.rule, text))
        same = sorted(matching, key=lambda route: (route.label, route.rule))
    if not same:
        raise RouteError(printable(text), "no such route", _nearest(known, text))
    return same


def _ambiguous(same: Sequence[Route], text: str) -> RouteError:
    labels = {route.label for route in same}
    if len(labels) == len(same):
        shown = " and ".join(printable(label or '""') for label in sorted(labels))
        return RouteError(
            printable(text), f"is a route of several apps: {shown}", "give its label: --label NAME"
        )
    shown = " and ".join(sorted(printable(route.rule) for route in same))
    return RouteError(printable(text), f"is the name of several routes: {shown}", "give the rule")


def _nearest(known: Sequence[Route], text: str) -> str:
    """Return a hint: the routes of a folded row, the crowd or rule of a path, or a similar rule or name."""
    folded = _folded(known, text)
    if folded > 1:
        glob = _VARIABLE.sub("*", text)
        lists = f"flask-status report --no-group --only '{printable(glob)}' lists them"
        return f"reports show {folded} routes in this row; {lists}"
    crowd = _crowd(known, text)
    if crowd is not None:
        return f"it is counted as part of {printable(crowd)}"
    for candidate in _candidates(known, text):
        return f"did you mean {printable(candidate)}?"
    return SEE_ALL


def _folded(known: Sequence[Route], text: str) -> int:
    """Return how many routes a report can fold into the row of a rule."""
    if not _VARIABLE.search(text):
        return 0
    from flask_status_cli.routes import folded_rules

    return sum(shown == text for shown in folded_rules(known).values())


def _crowd(known: Sequence[Route], text: str) -> str | None:
    """Return the rule of the crowd to which a path belongs, `None` if it belongs to none."""
    from flask_status_cli.routes import fold
    from flask_status_cli.routes.discovered.crowds import is_part

    rule = fold(text) if text.startswith("/") else ""
    return next((each.rule for each in known if each.crowd and is_part(rule, each.rule)), None)


def _candidates(known: Sequence[Route], text: str) -> Iterator[str]:
    from flask_status_cli.routes import fold

    rules = {route.rule for route in known}
    if text.startswith("/") and (folded := fold(text)) in rules:
        yield folded
    names = {route.name.casefold(): route.name for route in known if route.name}
    yield from difflib.get_close_matches(text, sorted(rules), n=1)
    yield from (names[each] for each in difflib.get_close_matches(text.casefold(), names, n=1))
