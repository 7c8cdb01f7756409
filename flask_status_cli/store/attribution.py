"""Which route each path's requests belong to.

A path *answers* when it has had a 2xx or 304 in any line. The first `ANSWERING_BOUND` answering paths get
routes of their own. A path beyond the bound is not remembered, so that nothing grows with what a client
may ask for: the batches in which it answers go to `<other>` whole, with what waited of it; between them
its requests wait like those of a path that never answered. So requests per minute and status are exact
whatever the cuts, and attribution is, but for the order beyond the bound and what was poured too early.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from flask_status_cli.model import OTHER, UNMATCHED, MinuteCounts
from flask_status_cli.store import counts, facts, schema, waiting
from flask_status_cli.store.facts import Fact
from flask_status_cli.store.route_book import RouteBook


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where the codes of a batch go: `places[code]` is (route, status), `waiting[code]` (rule, status).

    `answered` are the paths without a route so far that answer in this batch, rule → route.
    """

    places: Mapping[int, tuple[int, int]]
    waiting: Mapping[int, tuple[str, int]]
    answered: Mapping[str, int]


def answers(status: int) -> bool:
    """Whether a response with this code shows that its path exists: 2xx, or 304 (RFC 9110, 15.4.5)."""
    return 200 <= status <= 299 or status == 304


def store_counts(connection: Connection, book: RouteBook, batch: MinuteCounts) -> int:
    """Add a batch's requests to the database: answers first, then waiting, then pouring; new routes."""
    book.refresh()
    known = book.answering
    codes = sorted(set().union(*batch.minutes.values()))
    attribution = attribute(book, batch, codes)
    counts.add(connection, attribution.places, batch.minutes)
    moved = waiting.claim(connection, batch.label, attribution.answered)
    if attribution.waiting:
        waiting.keep(
            connection, book, batch.label, paths=attribution.waiting, minutes=batch.minutes
        )
        waiting.pour(connection, book)
    other = book.find(batch.label, OTHER)
    if other is not None:
        added = requests_of(
            batch, {c for c, place in attribution.places.items() if place[0] == other}
        )
        facts.add(connection, Fact.OTHER, added + moved.get(other, 0))
    return book.answering - known


def attribute(book: RouteBook, batch: MinuteCounts, codes: Iterable[int]) -> Attribution:
    """Decide for every code; free routes of their own go to the paths that come first in `batch.keys`."""
    keys = {code: batch.keys[code] for code in codes}
    answered: dict[str, int] = {}
    for rule, status in keys.values():
        unknown = rule not in answered and book.find(batch.label, rule) is None
        if unknown and rule != UNMATCHED and answers(status):
            answered[rule] = _new_route(book, batch.label, rule)
    places: dict[int, tuple[int, int]] = {}
    waits: dict[int, tuple[str, int]] = {}
    for code, (rule, status) in keys.items():
        route = answered.get(rule) or book.find(batch.label, rule)
        if route is None and rule != UNMATCHED:
            waits[code] = (rule, status)
        else:
            places[code] = (route or book.gather(batch.label, UNMATCHED), status)
    if waits:
        book.gather(batch.label, UNMATCHED)  # reports show waiting rows under it
    return Attribution(places, waits, answered)


def requests_of(batch: MinuteCounts, codes: set[int]) -> int:
    """Count the requests of these codes in the batch."""
    if not codes:
        return 0
    return sum(n for cells in batch.minutes.values() for code, n in cells.items() if code in codes)


def _new_route(book: RouteBook, label: str, rule: str) -> int:
    if book.answering < schema.ANSWERING_BOUND:
        return book.add(label, rule)
    return book.gather(label, OTHER)
