"""Finds the group of each route in a report: its blueprint, or its first segment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flask_status_cli.model import OTHER, UNMATCHED, GroupBy, Route
from flask_status_cli.model.log.entries import RouteKey

ROOT = "/"
"""The group of routes whose first segment no other route has."""


def group_of_routes(routes: Iterable[Route], by: GroupBy) -> dict[RouteKey, str]:
    """Return the name of the group of each route, by (label, rule). Some routes belong to no group.

    By blueprint, a route without a blueprint belongs to no group. By prefix, routes of one label with the
    same first segment are a group, and routes that share theirs with no other route are the group `/`.
    `<unmatched>` and `<other>` belong to no group.
    """
    real = [route for route in routes if route.rule not in {UNMATCHED, OTHER}]
    if by is GroupBy.BLUEPRINT:
        return {(route.label, route.rule): route.group for route in real if route.group}
    if by is GroupBy.PREFIX:
        return _by_prefix(real)
    return {}


def _by_prefix(routes: list[Route]) -> dict[RouteKey, str]:
    first = {(route.label, route.rule): _first_segment(route.rule) for route in routes}
    shared = Counter((label, segment) for (label, _), segment in first.items())
    return {
        (label, rule): segment if shared[label, segment] > 1 else ROOT
        for (label, rule), segment in first.items()
    }


def _first_segment(rule: str) -> str:
    """Return the first segment of a rule with its slash, `/` if the segment is a variable or empty."""
    segment = rule.removeprefix("/").partition("/")[0]
    return ROOT if "<" in segment else f"/{segment}"
