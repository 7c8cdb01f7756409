"""Joins routes that differ in one segment to one row of a report, if there are too many routes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from flask_status_cli.model import Origin, Route
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.routes.discovered.crowds import CrowdLimits, Crowds

SHOWN: Final = CrowdLimits(slugs=10, words=20, root=200)
"""How many segments of a parent have rows of their own."""


def folded_rules(
    routes: Iterable[Route],
    *,
    more_than: int = 0,
    pinned: Collection[RouteKey] = (),
    keep: Collection[str] = (),
) -> dict[RouteKey, str]:
    """Return the rule of the row in which each route is shown, by (label, rule).

    If a label has more routes than `more_than`, segments below a parent with too many of them become `<slug>`
    or `<str>`, as in a stored crowd. These routes keep their own row: declared, named, described and `pinned`
    ones, and those that match one of the globs `keep`. The order of `routes` does not matter.
    """
    labels: dict[str, list[Route]] = {}
    for route in routes:
        labels.setdefault(route.label, []).append(route)
    return {
        (label, rule): shown
        for label, those in labels.items()
        for rule, shown in _of_label(those, more_than, pinned, keep).items()
    }


def _of_label(
    routes: Collection[Route], more_than: int, pinned: Collection[RouteKey], keep: Collection[str]
) -> dict[str, str]:
    rules = sorted(route.rule for route in routes)
    if len(rules) <= more_than:
        return {rule: rule for rule in rules}
    pins = [route.rule for route in routes if _keeps_its_row(route, pinned)]
    crowds = Crowds(pins=pins, keep=keep, limits=SHOWN)
    for rule in rules:
        crowds.add(rule)
    return {rule: crowds.fold(rule) for rule in rules}


def _keeps_its_row(route: Route, pinned: Collection[RouteKey]) -> bool:
    declared = route.origin is not Origin.DISCOVERED
    return declared or bool(route.name or route.doc) or (route.label, route.rule) in pinned
