"""The route book: the routes and crowds of a database in memory, updated when other writers change them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, TypeAlias

from flask_status_cli.model import OTHER, UNMATCHED, Origin
from flask_status_cli.routes.discovered.crowds import Crowds, holds_crowd
from flask_status_cli.store.crowds import late_requests
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.statements import compiled

PSEUDO = (UNMATCHED, OTHER)
"""The rules that are not paths. They have the requests of many paths."""

WaitingSum: TypeAlias = tuple[int, str, int, int]
"""(minute, label, status, requests) of all waiting paths together."""

NOTHING_KNOWN: Final = {
    "name": "",
    "doc": "",
    "origin": Origin.DISCOVERED.value,
    "hidden": False,
    "endpoint": "",
    "group": "",
    "methods": (),
    "retired": False,
    "crowd": False,
}
"""The columns of a route that was only discovered."""


class RouteBook:
    """The routes of a database by (label, rule), and their crowds. A `Store` has one.

    Use it only within a writing transaction, after `refresh`. Rules that match one of the globs `keep` never
    become part of a crowd.

    - `connection`: the connection to the database.
    - `waiting`: the requests of all waiting paths that are stored, added up; `None` if they are not known.
    - `highest`: the highest number of a route.
    - `state`: a number that changes unless routes were only added: then the rules that had a route have it
      still.
    """

    def __init__(self, connection: Connection, *, keep: Collection[str] = ()) -> None:
        self.connection = connection
        self._keep = tuple(keep)
        self._numbers: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._own: defaultdict[str, set[str]] = defaultdict(set)
        self._pins: defaultdict[str, list[str]] = defaultdict(list)
        self._crowd_routes: set[int] = set()
        self._crowds: dict[str, Crowds] = {}
        self._pages: dict[int, dict[str, int]] | None = None
        self._version: tuple[int, int] | None = None
        self.waiting: list[WaitingSum] | None = None
        self.highest = 0
        self.state = 0

    @property
    def answering(self) -> int:
        """The number of paths that answered and have a route of their own."""
        return sum(map(len, self._own.values()))

    def refresh(self) -> None:
        """Read the routes again if another process has changed routes or crowds, or after `forget`.

        If it has only added routes, read those.
        """
        both = (
            self.connection.routes_version(),
            key_values.read(self.connection, NumberName.CROWDS),
        )
        if both == self._version:
            for row in self.connection.new_routes(self.highest):
                self._remember(row)
                self._crowds.pop(row[1], None)
                self.state += 1
            return
        self.state += 1
        self._crowds, self._crowd_routes, self.highest = {}, set(), 0
        self._numbers.clear()
        self._own.clear()
        self._pins.clear()
        self._pages = self.waiting = None
        for row in self.connection.rows(compiled.ROUTES):
            self._remember(row)
        self._version = both

    def _remember(self, row: tuple[Any, ...]) -> None:
        number, label, rule, origin, crowd, *said = row
        self._numbers[label][rule] = number
        self.highest = max(number, self.highest)
        discovered = origin == Origin.DISCOVERED.value
        if discovered and rule not in PSEUDO:
            self._own[label].add(rule)
            if crowd:
                self._crowd_routes.add(number)
        if not discovered or any(said):
            self._pins[label].append(rule)

    def forget(self) -> None:
        """Let `refresh` read everything again, because the transaction was rolled back."""
        self._version = self.waiting = None

    def crowds_changed(self) -> None:
        """Record that crowds have formed, so that other processes read them again."""
        self.state += 1
        key_values.add(self.connection, NumberName.CROWDS, 1)
        if self._version is not None:
            self._version = (self._version[0], key_values.read(self.connection, NumberName.CROWDS))

    def labels(self) -> list[str]:
        """List the labels with discovered routes."""
        return sorted(label for label, rules in self._own.items() if rules)

    @property
    def all_labels(self) -> Collection[str]:
        """All labels that have a route."""
        return {label for label, numbers in self._numbers.items() if numbers}

    def own(self, label: str) -> Collection[str]:
        """Return the discovered rules of a label."""
        return self._own[label]

    def crowds(self, label: str) -> Crowds:
        """Return the crowds of a label. All its discovered rules are added to them."""
        found = self._crowds.get(label)
        if found is None:
            if self._keep:
                late_requests.note_keep(self.connection, label, self._keep)
            rows = self.connection.rows(compiled.CROWDS, of_label=label)
            known = [(parent, kind) for parent, kind in rows]
            found = self._crowds[label] = Crowds(known, pins=self._pins[label], keep=self._keep)
            for rule in sorted(self._own[label]):
                found.add(rule)
        return found

    def known_crowds(self, label: str) -> Crowds | None:
        """Return the crowds of a label if they are in memory, `None` if they must be read."""
        return None if self._version is None else self._crowds.get(label)

    def is_crowd(self, number: int) -> bool:
        """Return whether a route is a crowd that is not declared."""
        return number in self._crowd_routes

    def pages(self) -> Mapping[int, Mapping[str, int]]:
        """Return the pages of crowds that are stored: the minute of their first error, by route and path."""
        if self._pages is None:
            self._pages = {}
            for number, path, first in self.connection.rows(compiled.CROWD_PAGES):
                self._pages.setdefault(number, {})[path] = first
        return self._pages

    def pages_changed(self) -> None:
        """Let `pages` read the pages again when it is next called."""
        self._pages = None

    def numbers(self, label: str) -> Mapping[str, int]:
        """Return the number of each route of a label, by its rule."""
        return self._numbers[label]

    def find(self, label: str, rule: str) -> int | None:
        """Return the number of a route, `None` if there is no such route."""
        return self._numbers[label].get(rule)

    def gather(self, label: str, pseudo: str) -> int:
        """Return the number of `<unmatched>` or `<other>` of a label. The route is made if it is missing."""
        number = self.find(label, pseudo)
        if number is None:
            self._insert(label, [pseudo])
        return self._numbers[label][pseudo]

    def add(self, label: str, rules: Iterable[str]) -> int:
        """Make routes for rules that have none; return how many are new."""
        numbers = self._numbers[label]
        new = sorted({rule for rule in rules if rule not in numbers})
        self._insert(label, new)
        self._own[label].update(new)
        self._crowd_routes.update(numbers[rule] for rule in new if holds_crowd(rule))
        return len(new)

    def drop(self, label: str, rules: Iterable[str]) -> None:
        """Remove rules whose routes were merged into others."""
        self.state += 1
        for rule in rules:
            del self._numbers[label][rule]
            self._own[label].discard(rule)

    def _insert(self, label: str, rules: Collection[str]) -> None:
        rows = (
            {**NOTHING_KNOWN, "label": label, "rule": rule, "crowd": holds_crowd(rule)}
            for rule in rules
        )
        made = self.connection.insert(compiled.ADD_ROUTE, rows)
        self._numbers[label].update(zip(rules, made, strict=True))
        self.highest = max(self.highest, *made) if made else self.highest
