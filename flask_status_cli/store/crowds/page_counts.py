"""Reads the requests of pages of crowds that are kept separately; see `page_minutes`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import FromClause, func, or_, select

from flask_status_cli.model import Origin
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.queries.failing_minutes import TIMES_AT_ONCE, one_of
from flask_status_cli.store.schema.tables import crowd_page, page_count, route


def failed(
    connection: Connection, codes: Collection[int], *, until: int
) -> list[tuple[str, str, int, int, int]]:
    """List (label, path, crowd, minute, failures) of the pages that are kept separately, up to `until`."""
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
    """Return by label and path the minute in which a page last had one of these codes."""
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
    """Yield (label, path, minute, status, requests) of some pages, also after `until`."""
    for label, path in pages:
        rows = (
            select(page_count.c.minute, page_count.c.status, page_count.c.requests)
            .select_from(_known(until))
            .where(route.c.label == label, page_count.c.path == path)
            .order_by(page_count.c.minute, page_count.c.status)
        )
        for minute, status, requests in connection.execute(rows):
            yield label, path, minute, status, requests


def requests_in(
    connection: Connection,
    page: tuple[str, str],
    codes: Collection[int],
    minutes: Sequence[int],
    *,
    until: int,
) -> int:
    """Count the requests of a page, in some minutes, that had one of these codes."""
    label, path = page
    found = 0
    for start in range(0, len(minutes), TIMES_AT_ONCE):
        rows = (
            select(func.sum(page_count.c.requests))
            .select_from(_known(until))
            .where(route.c.label == label, page_count.c.path == path)
            .where(page_count.c.minute.in_(minutes[start : start + TIMES_AT_ONCE]))
            .where(one_of(page_count.c.status, codes))
        )
        found += connection.scalar(rows) or 0
    return found


def _known(until: int) -> FromClause:
    """Return the rows of pages that tell how these are, with their crowds.

    A crowd with an entry of the future had it from a wrong clock: then all rows tell.
    """
    this = (crowd_page.c.route == page_count.c.route) & (crowd_page.c.path == page_count.c.path)
    tells = or_(page_count.c.minute >= crowd_page.c.since, crowd_page.c.since > until)
    discovered = route.c.crowd.is_(True) & (route.c.origin == Origin.DISCOVERED.value)
    mine = (route.c.id == page_count.c.route) & route.c.merged_into.is_(None) & discovered
    return page_count.join(crowd_page, this & tells).join(route, mine)
