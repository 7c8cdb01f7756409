"""Decides to which route the requests of each path belong.

A path *answers* when a request of it gets a 2xx or 304. Until then it *waits*: its requests are rows of the
table `waiting`, and reports show them under `<unmatched>`.

The first `ANSWERING_BOUND` paths that answer get routes of their own, or become part of a crowd if their
parent has many pages. Later paths are not remembered, so that the table of routes cannot grow with what
clients request. When such a path answers, its requests of that batch and its waiting rows are counted as
`<other>`. In batches in which it does not answer, its requests wait.

Totals by minute and status are always exact. Attribution is exact, too, with three exceptions: the order of
paths at the bound, waiting rows that became `<unmatched>` for ever because there were too many, and requests
that became part of a crowd before a rule, a name or `keep` was given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from flask_status_cli.frozen import frozen
from flask_status_cli.model import OTHER, UNMATCHED, MinuteCounts
from flask_status_cli.model.log.entries import SERVER_ERRORS
from flask_status_cli.routes.discovered.crowds import Crowds, holds_crowd
from flask_status_cli.store import bounds
from flask_status_cli.store.counts import duplicate_logs, durations, upsert
from flask_status_cli.store.counts import waiting_paths as waiting
from flask_status_cli.store.crowds import form_crowd, page_minutes, path_failures
from flask_status_cli.store.crowds.fold_result import FoldedRoutes
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.incidents.frozen_incidents import Freeze
from flask_status_cli.store.routes.route_book import RouteBook

NO_PLACES: Final[Mapping[int, tuple[int, int]]] = MappingProxyType({})
NO_PATHS: Final[Mapping[int, tuple[str, int]]] = MappingProxyType({})
NO_ROWS: Final[Mapping[int, int]] = MappingProxyType({})
"""What is known of the codes of a batch that were not looked up yet."""


@frozen
class Attribution:
    """Where the requests of each code of a tally are counted.

    `places[code]` is (route, status) if there is a route. Otherwise `waiting[code]` is (path, status).
    """

    places: Mapping[int, tuple[int, int]]
    waiting: Mapping[int, tuple[str, int]]


@frozen
class EarlyAttribution:
    """What is known about the requests of a batch before its turn, for the routes that were known then.

    - `minutes`: the requests that it is about.
    - `codes`: the codes of the requests, sorted.
    - `routes`: the state of the routes; see `RouteBook.state`. `None` if no code was looked up.
    - `places`, `others`: the codes with a route, and those without one, as `Attribution` has them.
    - `waiting`: how many codes of `others` each minute has, if it has any.
    """

    minutes: Mapping[int, Mapping[int, int]]
    codes: Collection[int]
    routes: int | None = None
    places: Mapping[int, tuple[int, int]] = NO_PLACES
    others: Mapping[int, tuple[str, int]] = NO_PATHS
    waiting: Mapping[int, int] = NO_ROWS

    @classmethod
    def of(cls, batch: MinuteCounts, ready: EarlyAttribution | None) -> EarlyAttribution:
        """Return `ready` if it is about these requests: those that the extension counted may be left out."""
        if ready is not None and ready.minutes is batch.minutes:
            return ready
        return cls(batch.minutes, _codes(batch))

    def known_places(self, book: RouteBook) -> Mapping[int, tuple[int, int]]:
        """Return the codes that were looked up, and still have the route that was found."""
        return self.places if self.routes == book.state else NO_PLACES

    def open_codes(self, book: RouteBook) -> Collection[int]:
        """Return the codes whose routes must be looked up."""
        return self.others if self.routes == book.state else self.codes


@frozen
class StoredCounts:
    """The result of storing counts: how many routes are new, and which became part of a crowd."""

    new_routes: int = 0
    foldings: tuple[FoldedRoutes, ...] = ()

    def __add__(self, other: StoredCounts) -> StoredCounts:
        return StoredCounts(self.new_routes + other.new_routes, self.foldings + other.foldings)


NOTHING_STORED: Final = StoredCounts()
"""The result if no counts were stored."""


def answers(status: int) -> bool:
    """Return whether this status code shows that the path exists: 2xx, or 304 (RFC 9110, 15.4.5)."""
    return 200 <= status <= 299 or status == 304


def store_counts(
    book: RouteBook,
    batch: MinuteCounts,
    *,
    freeze: Freeze | None,
    unknown_only: bool = False,
    ready: EarlyAttribution | None = None,
) -> StoredCounts:
    """Add the requests of a batch: make new routes and crowds first, then add the counts.

    `freeze` returns what becomes of announced incidents of routes that become part of a crowd. With
    `unknown_only`, raise `CountedTwice` if the requests were counted before. `ready` comes from `make_ready`.
    """
    book.refresh()
    connection, label = book.connection, batch.label
    early = EarlyAttribution.of(batch, ready)
    fresh, beyond = _answer(book, batch, early.open_codes(book))
    folding = form_crowd.fold(book, label, freeze)
    fold = book.crowds(label).fold
    own = {rule: fold(rule) for rule in fresh}
    new = book.add(label, own.values()) + len(folding.made)
    found = _attribute(book, batch, early, beyond=beyond, folded=own)
    if unknown_only:
        duplicate_logs.refuse_known(connection, batch, found.places)
    failing = _failing(book, batch, found)
    newest = page_minutes.newest_of(connection, {number for number, _, _ in failing.values()})
    left = upsert.add(connection, found.places, batch.minutes)
    durations.add(connection, found.places, batch)
    formed = bool(folding.moved) or any(map(holds_crowd, own.values()))
    moved = _move_waiting(book, label, (*fresh, *beyond), beyond, everywhere=formed)
    _add_path_failures(connection, batch, failing)
    page_minutes.add(book, batch, places=found.places, newest=newest)
    if found.waiting:
        many = early.waiting if found.waiting.keys() == early.others.keys() else None
        waiting.keep(book, batch, paths=found.waiting, within=left, many=many)
    _count_other(book, batch, found, moved)
    return StoredCounts(new, (folding,) if folding.moved else ())


def _count_other(
    book: RouteBook, batch: MinuteCounts, found: Attribution, moved: Mapping[int, int]
) -> None:
    """Remember how many requests went to `<other>`: those of the batch, and the `moved` ones by route."""
    other = book.find(batch.label, OTHER)
    if other is not None:
        added = _requests_of(
            batch, {c for c, (number, _) in found.places.items() if number == other}
        )
        key_values.add(book.connection, NumberName.OTHER, added + moved.get(other, 0))


def _answer(
    book: RouteBook, batch: MinuteCounts, codes: Iterable[int]
) -> tuple[list[str], frozenset[str]]:
    """Add the paths that answer in a batch to the crowds of their label.

    Return the paths that get a route now, and those that get none because of the bound. The paths that come
    first in `batch.keys` get the free routes.
    """
    label, crowds = batch.label, book.crowds(batch.label)
    numbers = book.numbers(label)
    keys = [batch.keys[code] for code in codes]
    good = frozenset(filter(answers, {status for _, status in keys}))
    answering = dict.fromkeys(rule for rule, status in keys if status in good) if good else {}
    answering.pop(UNMATCHED, None)
    fresh: list[str] = []
    beyond: set[str] = set()
    others = book.answering - crowds.routes
    for rule in answering:
        if numbers and crowds.fold(rule) in numbers:
            continue
        if others + crowds.routes < bounds.ANSWERING_BOUND:
            crowds.add(rule)
            others += crowds.kept(rule)
            fresh.append(rule)
        else:
            beyond.add(rule)
    return fresh, frozenset(beyond)


def _attribute(
    book: RouteBook,
    batch: MinuteCounts,
    early: EarlyAttribution,
    *,
    beyond: Collection[str],
    folded: Mapping[str, str],
) -> Attribution:
    """Decide for each code of the batch where its requests are counted.

    `beyond` are paths that answer in the batch but get no route because of the bound. `folded` has paths with
    a route, each with the rule of this route.
    """
    label = batch.label
    fold = _fold(book.crowds(label))
    places, others = _places(book, batch, early.open_codes(book), fold=fold, folded=folded)
    known = early.known_places(book)
    if known:
        places = {**known, **places}
    pseudo = {UNMATCHED: UNMATCHED, **dict.fromkeys(beyond, OTHER)}
    for code in [code for code, (rule, _) in others.items() if rule in pseudo]:
        rule, status = others.pop(code)
        places[code] = (book.gather(label, pseudo[rule]), status)
    if others:
        book.gather(label, UNMATCHED)  # reports show waiting rows under it
    return Attribution(places, others)


def _fold(crowds: Crowds) -> Callable[[str], str] | None:
    return crowds.fold if crowds.formed else None


def _places(
    book: RouteBook,
    batch: MinuteCounts,
    codes: Iterable[int],
    *,
    fold: Callable[[str], str] | None,
    folded: Mapping[str, str],
) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[str, int]]]:
    """Return (route, status) of each code that has a route, and (rule, status) of each other code."""
    keys, numbers = batch.keys, book.numbers(batch.label)
    found = {} if fold is None else {rule: numbers[into] for rule, into in folded.items()}
    known = numbers if fold is None else found
    places: dict[int, tuple[int, int]] = {}
    others: dict[int, tuple[str, int]] = {}
    for code in codes:
        key = keys[code]
        rule = key[0]
        route = known.get(rule)
        if route is None and fold is not None:
            route = numbers.get(fold(rule))
            if route is not None:
                found[rule] = route
        if route is None:
            others[code] = key
        else:
            places[code] = (route, key[1])
    return places, others


def make_ready(book: RouteBook, batch: MinuteCounts) -> EarlyAttribution | None:
    """Find out about a batch what can be known without a look at the database."""
    crowds = book.known_crowds(batch.label)
    if crowds is None:
        return None
    codes, minutes = _codes(batch), batch.minutes
    places, others = _places(book, batch, codes, fold=_fold(crowds), folded={})
    many = waiting.rows_by_minute(minutes, others, within=minutes) if others else {}
    return EarlyAttribution(minutes, codes, book.state, places, others, many)


def _codes(batch: MinuteCounts) -> list[int]:
    """Return all codes of a batch, sorted."""
    return sorted(set().union(*batch.minutes.values()))


def _move_waiting(
    book: RouteBook,
    label: str,
    rules: Iterable[str],
    beyond: Collection[str],
    *,
    everywhere: bool,
) -> dict[int, int]:
    """Move the waiting requests of the paths `rules` to their routes; return the requests by route.

    With `everywhere`, all waiting paths of the label are checked for a route. Paths in `beyond` without a
    route go to `<other>`.
    """
    connection = book.connection
    if everywhere:
        rules = [*waiting.rules(connection, label), *beyond]
    fold = book.crowds(label).fold
    routes = {}
    for rule in rules:
        number = book.find(label, fold(rule))
        if number is None and rule in beyond:
            number = book.gather(label, OTHER)
        if number is not None:
            routes[rule] = number
    if everywhere:
        path_failures.take_waiting(connection, label, routes, is_crowd=book.is_crowd)
        page_minutes.take_waiting(book, label, routes)
    moved = waiting.move(connection, label, routes)
    if moved:
        book.waiting = None
    return moved


def move_all_waiting(book: RouteBook, label: str) -> None:
    """Move the waiting requests of a label to the routes that exist for their paths now."""
    _move_waiting(book, label, (), (), everywhere=True)


def _failing(
    book: RouteBook, batch: MinuteCounts, attribution: Attribution
) -> dict[int, tuple[int, str, int]]:
    """Return (route, path, status) of each code that is a server error of a crowd."""
    return {
        code: (number, batch.keys[code][0], status)
        for code, (number, status) in attribution.places.items()
        if status in SERVER_ERRORS and book.is_crowd(number)
    }


def _add_path_failures(
    connection: Connection, batch: MinuteCounts, failing: Mapping[int, tuple[int, str, int]]
) -> None:
    """Store the server errors of crowds in a batch by path. `failing` comes from `_failing`."""
    if not failing:
        return
    requests: Counter[tuple[int, str, int]] = Counter()
    newest: dict[tuple[int, str, int], int] = {}
    for minute, cells in batch.minutes.items():
        for code in failing.keys() & cells.keys():
            key = failing[code]
            requests[key] += cells[code]
            newest[key] = max(minute, newest.get(key, minute))
    path_failures.add(connection, [(*key, n, newest[key]) for key, n in requests.items()])


def _requests_of(batch: MinuteCounts, codes: set[int]) -> int:
    """Return the number of requests with these codes in a batch."""
    if not codes:
        return 0
    return sum(n for cells in batch.minutes.values() for code, n in cells.items() if code in codes)
