"""The pages of crowds with server errors: all their requests by minute, beside the crowd's own counts.

A page is kept apart from its first server error on. `first` is the minute of it, and nothing before it is
kept. `since` is the newest minute that the crowd had before: what the page had until then may have been
counted for the crowd without its name, so only what comes later tells how the page is. All rows are part of
the crowd's rows in `minute_count`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from sqlalchemy import Connection, FromClause, case, delete, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from flask_status_cli.model import MinuteCounts, Origin
from flask_status_cli.store.counts import upsert
from flask_status_cli.store.queries.failing_minutes import one_of
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.schema.tables import (
    crowd_page,
    incident,
    minute_count,
    page_count,
    route,
    waiting,
)

KEPT: Final = 50
"""So many pages of a crowd are kept apart."""

ROWS: Final = 100_000
"""So many rows of a crowd's pages are kept, unless fewer than `ALWAYS` pages would be left."""

ALWAYS: Final = 10

RECENT: Final = 24 * 60
"""A page that failed in so many minutes before the newest failure of its crowd stays before others."""

Row = tuple[int, str, int, int, int]
"""Route, path, minute, status, requests."""

Page = tuple[int, str]
"""Route and path."""


def newest_of(connection: Connection, numbers: Iterable[int]) -> dict[int, int]:
    """Find the newest minute that some routes have requests in so far, 0 where there is none."""
    found: dict[int, int] = {}
    for number in numbers:
        mine = select(route.c.id).where(or_(route.c.id == number, route.c.merged_into == number))
        newest = (
            select(minute_count.c.minute)
            .where((minute_count.c.route + 0).in_(mine))
            .order_by(minute_count.c.minute.desc())
        )
        found[number] = connection.scalar(newest.limit(1)) or 0
    return found


def add(
    connection: Connection,
    book: RouteBook,
    batch: MinuteCounts,
    *,
    places: Mapping[int, tuple[int, int]],
    newest: Mapping[int, int],
) -> None:
    """Keep what a batch holds of pages with server errors, these and those that are kept already.

    `newest` are the crowds with server errors in the batch, with their newest minute before it.
    """
    known = book.pages()
    wanted = {number: set(known.get(number, ())) for number in {*known, *newest}}
    if not wanted:
        return
    for code, (number, status) in places.items():
        if 500 <= status <= 599 and number in newest:
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
    _store(connection, book, rows, since=newest)


def _store(
    connection: Connection, book: RouteBook, rows: Sequence[Row], *, since: Mapping[int, int]
) -> None:
    """Add rows of pages; what lies before the first server error of a page is left out."""
    known = book.pages()
    first: dict[Page, int] = {}
    for number, path, minute, status, _ in rows:
        if 500 <= status <= 599:
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
    upsert.upsert(connection, page_count, sorted(kept))
    for number in {number for number, _ in changed}:
        _bound(connection, book, number)


def _note(connection: Connection, pages: Sequence[tuple[int, str, int, int]]) -> None:
    """Keep pages apart (route, path, first, since), or note that they failed earlier than was known.

    Successes before the first error known so far were not kept, so what came until then tells nothing.
    """
    statement = insert(crowd_page)
    earlier = {
        "first": statement.excluded.first,
        "since": func.max(crowd_page.c.since, crowd_page.c.first),
    }
    noting = statement.on_conflict_do_update(
        index_elements=list(crowd_page.primary_key), set_=earlier
    )
    names = [column.name for column in crowd_page.columns]
    if pages:
        connection.execute(noting, [dict(zip(names, page, strict=True)) for page in pages])


def take_members(connection: Connection, book: RouteBook, members: Mapping[int, int]) -> None:
    """Keep apart what routes with server errors have had that become part of a crowd.

    Pages of crowds that become part of another crowd go with them. A route with an incident that was told is
    left out: the incident is frozen.
    """
    for old in book.pages().keys() & members.keys():
        for table in (crowd_page, page_count):
            mine = table.c.route == old
            moved = update(table).where(mine).values(route=members[old])
            connection.execute(moved.prefix_with("OR IGNORE"))
            connection.execute(delete(table).where(mine))
    frozen = exists().where(incident.c.label == route.c.label, incident.c.rule == route.c.rule)
    failed = (
        select(minute_count.c.route)
        .join_from(minute_count, route, route.c.id == minute_count.c.route)
        .where(minute_count.c.status >= 500, minute_count.c.status <= 599)
        .where(minute_count.c.route.in_(members), route.c.crowd.is_(False), ~frozen)
    )
    numbers = sorted({*connection.scalars(failed.distinct())})
    columns = (minute_count.c.minute, minute_count.c.status, minute_count.c.requests)
    had = connection.execute(
        select(route.c.id, route.c.rule, *columns)
        .join_from(minute_count, route, route.c.id == minute_count.c.route)
        .where((minute_count.c.route + 0).in_(numbers))
    ).all()
    book.pages_changed()
    _store(connection, book, [(members[row[0]], *row[1:]) for row in had], since={})


def take_waiting(
    connection: Connection, book: RouteBook, label: str, routes: Mapping[str, int]
) -> None:
    """Keep apart what waiting paths with server errors have had that become part of a crowd."""
    mine = waiting.c.label == label
    failed = select(waiting.c.rule).where(mine, waiting.c.status.between(500, 599)).distinct()
    paths = [path for path in connection.scalars(failed) if path in routes]
    rows: list[Row] = []
    for path in paths:
        number = routes[path]
        if book.is_crowd(number):
            columns = (waiting.c.minute, waiting.c.status, waiting.c.requests)
            had = connection.execute(select(*columns).where(mine, waiting.c.rule == path))
            rows += [(number, path, *row) for row in had]
    _store(connection, book, rows, since={})


@dataclass(frozen=True, slots=True)
class _Page:
    """What decides whether a page stays apart: `told` says that an incident of it was told or noted."""

    path: str
    rows: int
    failures: int
    failed: int
    succeeded: int
    told: bool

    def most_failures(self, newest: int) -> tuple[bool, bool, int, int, str]:
        """Return the sort key: first what fails still, then what failed lately, then most failures."""
        stale = self.failed < newest - RECENT
        return self.succeeded > self.failed, stale, -self.failures, -self.failed, self.path


def _bound(connection: Connection, book: RouteBook, number: int) -> None:
    """Give the pages of a crowd back to it that are too many.

    Half of those that stay are those with most failures, half those that failed last; those whose incident
    was told stay before all others.
    """
    pages = _pages(connection, number)
    newest = max((page.failed for page in pages), default=0)
    by_failures = sorted(pages, key=lambda page: page.most_failures(newest))
    by_time = sorted(pages, key=lambda page: (-page.failed, -page.failures, page.path))
    told = [page for page in by_failures if page.told]
    mixed = chain.from_iterable(zip(by_failures, by_time, strict=True))
    order = list(dict.fromkeys(chain(told, mixed)))
    rows, gone = 0, []
    for place, page in enumerate(order):
        rows += page.rows
        if place >= KEPT or (place >= ALWAYS and rows > ROWS):
            gone.append(page.path)
    if gone:
        _drop(connection, [(number, path) for path in gone])
        book.pages_changed()


def _drop(connection: Connection, pages: Sequence[Page]) -> None:
    """Give pages back to their crowds."""
    for table in (crowd_page, page_count):
        statement = f"DELETE FROM {table.name} WHERE route = ? AND path = ?"  # noqa: S608 - our own names
        connection.exec_driver_sql(statement, list(pages))


def _pages(connection: Connection, number: int) -> list[_Page]:
    failed = page_count.c.status.between(500, 599)
    worked = page_count.c.status.between(200, 399)
    label = select(route.c.label).where(route.c.id == number).scalar_subquery()
    told = set(connection.scalars(select(incident.c.rule).where(incident.c.label == label)))
    rows = connection.execute(
        select(
            page_count.c.path,
            func.count(),
            func.sum(case((failed, page_count.c.requests), else_=0)),
            func.max(case((failed, page_count.c.minute), else_=-1)),
            func.max(case((worked, page_count.c.minute), else_=-1)),
        )
        .where(page_count.c.route == number)
        .group_by(page_count.c.path)
    )
    return [
        _Page(path, many, failures, newest, answer, told=path in told)
        for path, many, failures, newest, answer in rows
    ]


def delete_minutes(connection: Connection, start: int, end: int) -> None:
    """Delete the minutes [start, end)."""
    minute = page_count.c.minute
    connection.execute(delete(page_count).where(minute >= start, minute < end))


def drop_healthy(connection: Connection) -> None:
    """Give the pages back to their crowds that had no server error in the minutes that are kept."""
    failed = page_count.c.status.between(500, 599)
    mine = (page_count.c.route == crowd_page.c.route) & (page_count.c.path == crowd_page.c.path)
    healthy = ~exists().where(mine, failed)
    pages = connection.execute(select(crowd_page.c.route, crowd_page.c.path).where(healthy)).all()
    if pages:
        _drop(connection, [(number, path) for number, path in pages])


def failed(
    connection: Connection, codes: Collection[int], *, until: int
) -> list[tuple[str, str, int, int, int]]:
    """List (label, path, crowd, minute, failures) of the pages that are kept apart, up to `until`."""
    key = (route.c.label, page_count.c.path, route.c.id, page_count.c.minute)
    rows = (
        select(*key, func.sum(page_count.c.requests))
        .select_from(_known(until))
        .where(page_count.c.minute <= until, one_of(page_count.c.status, codes))
        .group_by(*key)
        .order_by(*key)
    )
    return [(*row[:3], *row[3:]) for row in connection.execute(rows)]


def answered(
    connection: Connection, codes: Collection[int], *, until: int
) -> dict[tuple[str, str], int]:
    """Return by label and path in which minute a page last answered one of these codes."""
    key = (route.c.label, page_count.c.path)
    rows = (
        select(*key, func.max(page_count.c.minute))
        .select_from(_known(until))
        .where(page_count.c.minute <= until, one_of(page_count.c.status, codes))
        .group_by(*key)
    )
    return {(label, path): minute for label, path, minute in connection.execute(rows)}


def of_pages(
    connection: Connection, pages: Iterable[tuple[str, str]], *, until: int
) -> Iterator[tuple[str, str, int, int, int]]:
    """Yield (label, path, minute, status, requests) of some pages, those after `until` too."""
    for label, path in pages:
        rows = (
            select(page_count.c.minute, page_count.c.status, page_count.c.requests)
            .select_from(_known(until))
            .where(route.c.label == label, page_count.c.path == path)
            .order_by(page_count.c.minute, page_count.c.status)
        )
        for minute, status, requests in connection.execute(rows):
            yield label, path, minute, status, requests


def _known(until: int) -> FromClause:
    """Return the rows of pages that tell how these are, with their crowds.

    A crowd with an entry of the future had it from a wrong clock: then all rows tell.
    """
    this = (crowd_page.c.route == page_count.c.route) & (crowd_page.c.path == page_count.c.path)
    tells = or_(page_count.c.minute >= crowd_page.c.since, crowd_page.c.since > until)
    discovered = route.c.crowd.is_(True) & (route.c.origin == Origin.DISCOVERED.value)
    mine = (route.c.id == page_count.c.route) & route.c.merged_into.is_(None) & discovered
    return page_count.join(crowd_page, this & tells).join(route, mine)
