"""The folding of a report's rows: where there are too many, routes that differ in one segment are one row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, TypeAlias

from flask_status_cli.model import Origin, Route
from flask_status_cli.routes.discovered.crowds import Crowds, Limits

Key: TypeAlias = tuple[str, str]
"""Label and rule of a route."""

SHOWN: Final = Limits(slugs=10, words=20, root=200)
"""So many slug-like segments, other words, and words directly under `/` are still shown one by one."""


def folded(
    routes: Iterable[Route],
    *,
    more_than: int = 0,
    pinned: Collection[Key] = (),
    keep: Collection[str] = (),
) -> dict[Key, str]:
    """Return the rule under which each route is shown, by its label and rule.

    Where a label has more routes than `more_than`, the segments below a crowded parent become `<slug>` or
    `<str>`, as those of a crowd do that is stored. Routes that are declared, named, described or `pinned`
    keep their row, and so do those that the globs `keep` name. The order of `routes` is no matter.
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
    routes: Collection[Route], more_than: int, pinned: Collection[Key], keep: Collection[str]
) -> dict[str, str]:
    rules = sorted(route.rule for route in routes)
    if len(rules) <= more_than:
        return {rule: rule for rule in rules}
    pins = [route.rule for route in routes if _keeps_its_row(route, pinned)]
    crowds = Crowds(pins=pins, keep=keep, limits=SHOWN)
    for rule in rules:
        crowds.add(rule)
    return {rule: crowds.fold(rule) for rule in rules}


def _keeps_its_row(route: Route, pinned: Collection[Key]) -> bool:
    declared = route.origin is not Origin.DISCOVERED
    return declared or bool(route.name or route.doc) or (route.label, route.rule) in pinned
