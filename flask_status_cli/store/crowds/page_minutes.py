"""The requests of single pages of crowds, by minute. Only pages that had server errors are stored.

A page is stored separately from the minute of its first server error on, `first`. When that error was stored,
`since` was the newest minute with requests of the crowd. Requests of the page up to `since` may have been
counted for the crowd without the page's path. So only later requests show the state of the page. All rows are
also part of the crowd's rows in `minute_count`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from flask_status_cli.frozen import frozen
from flask_status_cli.model import MinuteCounts
from flask_status_cli.model.log.entries import SERVER_ERRORS
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.statements import compiled

KEPT: Final = 50
"""At most this many pages of a crowd are stored separately."""

ROWS: Final = 100_000
"""At most this many rows of a crowd's pages are stored, unless fewer than `ALWAYS` pages would be left."""

ALWAYS: Final = 10
"""This many pages of a crowd are stored, however many rows they have."""

RECENT: Final = 24 * 60
"""A page has failed recently if its last failure is at most this many minutes before the crowd's last one."""

Row = tuple[int, str, int, int, int]
"""The values (route, path, minute, status, requests)."""

Page = tuple[int, str]
"""The values (route, path)."""


def newest_of(connection: Connection, numbers: Iterable[int]) -> dict[int, int]:
    """Return the newest minute with requests of each of some routes, 0 for a route without requests."""
    found: dict[int, int] = {}
    for number in numbers:
        found[number] = connection.value(compiled.NEWEST_OF_ROUTE, number=number) or 0
    return found


def add(
    book: RouteBook,
    batch: MinuteCounts,
    *,
    places: Mapping[int, tuple[int, int]],
    newest: Mapping[int, int],
) -> None:
    """Store the requests of a batch to pages that have server errors, or had them before.

    `newest` has the crowds with server errors in the batch, each with its newest minute before the batch.
    """
    known = book.pages()
    wanted = {number: set(known.get(number, ())) for number in {*known, *newest}}
    if not wanted:
        return
    for code, (number, status) in places.items():
        if status in SERVER_ERRORS and number in newest:
            wanted[number].add(batch.keys[code][0])
    codes = {
        code: (number, batch.keys[code][0], status)
        for code, (number, status) in places.items()
        if number in wanted and batch.keys[code][0] in wanted[number]
    }
    rows = [
        (*codes[code][:2], minute, codes[code][2], cells[code])
        for minute, cells in batch.minutes.items()
        for code in codes.keys() & cells.keys()
    ]
    _store(book, rows, since=newest)


def _store(book: RouteBook, rows: Sequence[Row], *, since: Mapping[int, int]) -> None:
    """Add rows of pages, except those before the first server error of a page.

    `since` is the newest minute of a crowd before these rows, 0 if it is not in the mapping.
    """
    connection, known = book.connection, book.pages()
    first: dict[Page, int] = {}
    for number, path, minute, status, _ in rows:
        if status in SERVER_ERRORS:
            first[number, path] = min(minute, first.get((number, path), minute))
    changed: dict[Page, int] = {}
    for (number, path), minute in first.items():
        before = known.get(number, {}).get(path)
        if before is None or minute < before:
            changed[number, path] = minute
    _note(connection, [(*page, minute, since.get(page[0], 0)) for page, minute in changed.items()])
    if changed:
        book.pages_changed()
    start = book.pages()
    kept = [row for row in rows if row[2] >= start[row[0]][row[1]]]
    connection.add(compiled.ADD_PAGE_COUNTS, list(chain.from_iterable(sorted(kept))))
    for number in {number for number, _ in changed}:
        _bound(book, number)


def _note(connection: Connection, pages: Sequence[tuple[int, str, int, int]]) -> None:
    """Begin to store pages (route, path, first, since), or record that a page failed earlier than known.

    Successes before the first failure known so far were not stored. So the state of the page is known only
    since that failure.
    """
    names = ("route", "path", "first", "since")
    connection.change_each(
        compiled.NOTE_PAGE, [dict(zip(names, page, strict=True)) for page in pages]
    )


def take_members(book: RouteBook, members: Mapping[int, int]) -> None:
    """Store the requests of routes with server errors as pages, because the routes become part of a crowd.

    `members` has the new route of each old one. If an old route is a crowd itself, its pages move to the new
    crowd. A route with an announced incident is left out, because its incident is frozen.
    """
    connection = book.connection
    for old in book.pages().keys() & members.keys():
        connection.change(compiled.MOVE_PAGES, old=old, new=members[old])
        connection.change(compiled.DROP_PAGES_OF_CROWD, number=old)
        connection.change(compiled.MOVE_PAGE_COUNTS, old=old, new=members[old])
        connection.change(compiled.DROP_PAGE_COUNTS_OF_CROWD, number=old)
    failing = connection.column(compiled.UNTOLD_FAILING_ROUTES, routes=sorted(members))
    had = connection.rows(compiled.MINUTES_OF_ROUTES, routes=failing) if failing else []
    book.pages_changed()
    _store(book, [(members[row[0]], *row[1:]) for row in had], since={})


def take_waiting(book: RouteBook, label: str, routes: Mapping[str, int]) -> None:
    """Store the requests of waiting paths with server errors as pages, if the paths become part of a crowd.

    `routes` has the new route of each path.
    """
    connection = book.connection
    failed = connection.rows(compiled.WAITING_FAILURES, of_label=label)
    paths = dict.fromkeys(path for path, *_ in failed if path in routes)
    rows: list[Row] = []
    for path in paths:
        number = routes[path]
        if book.is_crowd(number):
            had = connection.rows(compiled.WAITING_OF_RULE, of_label=label, of_rule=path)
            rows += [(number, path, minute, status, n) for minute, _, status, n, _ in had]
    _store(book, rows, since={})


@frozen
class _Page:
    """The facts that decide whether a page stays stored separately.

    `rows` is the number of its rows, `failed` and `succeeded` are the last minutes with a failure and a
    success, -1 for none. `announced` says that an incident of the page was announced or has a note.
    """

    path: str
    rows: int
    failures: int
    failed: int
    succeeded: int
    announced: bool

    def most_failures(self, newest: int) -> tuple[bool, bool, int, int, str]:
        """Return the sort key: pages that still fail first, then recent failures, then most failures."""
        stale = self.failed < newest - RECENT
        return self.succeeded > self.failed, stale, -self.failures, -self.failed, self.path


def _bound(book: RouteBook, number: int) -> None:
    """Stop storing pages of a crowd separately if there are too many.

    Pages with an announced incident stay first. Of the others, half of those that stay have the most
    failures, and half failed last.
    """
    pages = _pages(book.connection, number)
    newest = max((page.failed for page in pages), default=0)
    by_failures = sorted(pages, key=lambda page: page.most_failures(newest))
    by_time = sorted(pages, key=lambda page: (-page.failed, -page.failures, page.path))
    announced = [page for page in by_failures if page.announced]
    mixed = chain.from_iterable(zip(by_failures, by_time, strict=True))
    order = list(dict.fromkeys(chain(announced, mixed)))
    rows, gone = 0, []
    for place, page in enumerate(order):
        rows += page.rows
        if place >= KEPT or (place >= ALWAYS and rows > ROWS):
            gone.append(page.path)
    if gone:
        _drop(book.connection, [(number, path) for path in gone])
        book.pages_changed()


def _drop(connection: Connection, pages: Sequence[Page]) -> None:
    """Delete what is stored of pages. Their requests stay counted for the crowd."""
    for number, path in pages:
        connection.change(compiled.DROP_PAGE, number=number, of_path=path)
        connection.change(compiled.DROP_PAGE_COUNTS, number=number, of_path=path)


def _pages(connection: Connection, number: int) -> list[_Page]:
    announced = set(connection.column(compiled.TOLD_RULES_OF_ROUTE, number=number))
    rows = connection.rows(compiled.PAGES, number=number)
    return [
        _Page(path, many, failures, newest, answer, announced=path in announced)
        for path, many, failures, newest, answer in rows
    ]


def delete_minutes(connection: Connection, start: int, end: int) -> None:
    """Delete the rows of pages in the minutes [start, end)."""
    connection.change(compiled.DROP_PAGE_MINUTES, first=start, end=end)


def drop_healthy(connection: Connection) -> None:
    """Stop storing the pages that have no server error in the minutes that are kept."""
    pages = connection.rows(compiled.HEALTHY_PAGES)
    _drop(connection, [(number, path) for number, path in pages])
