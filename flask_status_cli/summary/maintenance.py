"""Applies maintenance windows: finds the minutes in which a route is not judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from flask_status_cli import routes
from flask_status_cli.frozen import frozen
from flask_status_cli.model import Incident, Maintenance, Route, minute_of


@frozen
class MaintenanceMinutes:
    """The epoch minutes in which a route is in maintenance.

    They are ranges (start, end) in order. The end is not included, and ranges do not touch.
    """

    spans: tuple[tuple[int, int], ...] = ()

    def holds(self, minute: int) -> bool:
        """Return whether a minute is in one of the ranges."""
        return any(start <= minute < end for start, end in self.spans)


def excused_minutes(
    windows: Iterable[Maintenance], known: Mapping[int, Route]
) -> dict[int, MaintenanceMinutes]:
    """Return the excused minutes of each route with maintenance, by its id.

    The globs of a window match the rule of a route, the rule of its crowd, or the rule as which it is shown.
    """
    windows = tuple(windows)
    if not windows:
        return {}
    found = {
        number: _joined(each for each in windows if covers(each, rules))
        for number, rules in _rules(known).items()
    }
    return {number: MaintenanceMinutes(spans) for number, spans in found.items() if spans}


def matching_no_route(window: Maintenance, known: Mapping[int, Route]) -> tuple[str, ...]:
    """Return the globs of a window that no route matches."""
    rules = {rule for each in _rules(known).values() for rule in each}
    return tuple(p for p in window.rules if not any(fnmatchcase(rule, p) for rule in rules))


def _rules(known: Mapping[int, Route]) -> dict[int, set[str]]:
    """Return the rules that a glob may match, by route id.

    They are the route's own rule, that of its crowd, and the one as which it is shown.
    """
    shown = routes.folded_rules(route for route in known.values() if not route.hidden)
    return {
        number: {
            route.rule,
            route.part_of or route.rule,
            shown.get((route.label, route.rule), route.rule),
        }
        for number, route in known.items()
    }


def covers(window: Maintenance, rules: Iterable[str]) -> bool:
    """Return whether a window applies to a route with these rules."""
    if not window.rules:
        return True
    return any(fnmatchcase(rule, pattern) for rule in rules for pattern in window.rules)


def concerns(window: Maintenance, shown: Iterable[Route]) -> bool:
    """Return whether a window applies to all routes or to any of those shown."""
    return not window.rules or any(covers(window, (route.rule,)) for route in shown)


def excuses(windows: Iterable[Maintenance], incident: Incident) -> bool:
    """Return whether each route of an incident is covered by one of these windows."""
    windows = tuple(windows)
    return bool(windows) and all(
        any(covers(each, (route.rule,)) for each in windows) for route in incident.routes
    )


def _joined(windows: Iterable[Maintenance]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted((minute_of(each.start), minute_of(each.end)) for each in windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
