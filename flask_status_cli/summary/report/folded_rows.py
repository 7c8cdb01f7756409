"""Folds routes into common rows if a report has more routes than it shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from flask_status_cli import judgement, routes
from flask_status_cli.model import OUTAGES, Policy, Route, RouteSummary
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.summary.report.row_order import RowView
from flask_status_cli.summary.report.traffic import RouteSelection, Traffic, shown_as


def as_rows(  # noqa: PLR0913 - the routes, which of them, and what decides how they are shown
    traffic: Mapping[int, Traffic],
    known: Mapping[int, Route],
    selection: RouteSelection,
    view: RowView,
    *,
    policy: Policy,
    opened: Collection[RouteKey] = (),
) -> dict[int, Route]:
    """Return the route as which each selected route id is shown.

    A route keeps a row of its own if it failed in the last hour, if it is in an open incident (`opened`), or
    if its policy differs from that of the common row. A page of a crowd has a row of its own only while it is
    in an open incident, or if it is the only route that is selected.
    """
    left = selected(traffic, known, selection, opened)
    if not view.group:
        return left
    failing = frozenset(opened) | frozenset(_failing(policy, traffic, known))
    rules = routes.folded_rules(left.values(), more_than=view.rows, pinned=failing, keep=view.keep)
    own = {(route.label, route.rule): route for route in left.values()}

    def row(route: Route) -> Route:
        rule = rules[route.label, route.rule]
        if not _alike(policy, route.rule, rule):
            return route
        return own.get((route.label, rule), Route(route.label, rule))

    return {number: row(route) for number, route in left.items()}


def with_busiest(
    rows: Iterable[RouteSummary],
    numbers: Mapping[int, Route],
    known: Mapping[int, Route],
    traffic: Mapping[int, Traffic],
) -> list[RouteSummary]:
    """Return the rows. Each that several routes were folded into has their number and the busiest of them.

    `numbers` has the route as which each route id is shown, `known` the stored route.
    """
    folded: defaultdict[RouteKey, list[tuple[int, str]]] = defaultdict(list)
    for number, shown in numbers.items():
        route = known[number]
        if route.rule != shown.rule and not route.part_of:
            requests = traffic[number].requests
            folded[shown.label, shown.rule].append((-requests, route.rule))
    return [
        replace(row, joined=len(behind), busiest=min(behind)[1])
        if len(behind := folded.get((row.label, row.rule), ())) > 1
        else row
        for row in rows
    ]


def selected(
    numbers: Iterable[int],
    known: Mapping[int, Route],
    selection: RouteSelection,
    opened: Collection[RouteKey],
) -> dict[int, Route]:
    """Return the selected routes of some route ids. Pages without a row of their own become their crowd."""
    return shown_as(numbers, _with_crowds(known, opened, one=selection.one), selection)


def _with_crowds(
    known: Mapping[int, Route], opened: Collection[RouteKey], *, one: RouteKey | None
) -> Mapping[int, Route]:
    """Return the routes by id. Each page that has no row of its own is replaced by its crowd."""
    crowds = {(route.label, route.rule): route for route in known.values() if route.crowd}

    def row(route: Route) -> Route:
        key = (route.label, route.rule)
        own = not route.part_of or key in opened or key == one
        return route if own else crowds[route.label, route.part_of]

    return {number: row(route) for number, route in known.items()}


def _failing(
    policy: Policy, traffic: Mapping[int, Traffic], known: Mapping[int, Route]
) -> Iterable[RouteKey]:
    for number, each in traffic.items():
        route = known[number]
        counts = judgement.judge(each.now, policy, rule=route.rule)
        if judgement.condition(counts, policy, rule=route.rule) in OUTAGES:
            yield route.label, route.rule


def _alike(policy: Policy, rule: str, shown: str) -> bool:
    return judgement.of_route(policy, rule) == judgement.of_route(policy, shown)
