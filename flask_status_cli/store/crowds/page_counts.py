"""Reads the requests of the pages of crowds that are stored separately; see `page_minutes`."""

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
    """List the failures of the stored pages up to `until`: (label, path, crowd, minute, failures)."""
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
    """Return the last minute in which a page had one of these codes, by (label, path)."""
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
    """Yield (label, path, minute, status, requests) of some pages. Minutes after `until` are included."""
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
    """Return the number of requests of a page, in some minutes, that had one of these codes."""
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
    """Select the rows that show the state of a page, joined with the page's crowd.

    They are the rows since `crowd_page.since`. If that lies in the future, it came from a wrong clock, and
    all rows are selected.
    """
    this = (crowd_page.c.route == page_count.c.route) & (crowd_page.c.path == page_count.c.path)
    is_shown = or_(page_count.c.minute >= crowd_page.c.since, crowd_page.c.since > until)
    discovered = route.c.crowd.is_(True) & (route.c.origin == Origin.DISCOVERED.value)
    mine = (route.c.id == page_count.c.route) & route.c.merged_into.is_(None) & discovered
    return page_count.join(crowd_page, this & is_shown).join(route, mine)
