"""Prunes counts: old minutes except those of incidents, and old quarters if retention is configured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select

from flask_status_cli.model import MINUTES_PER_QUARTER, instant_of
from flask_status_cli.model.pruning import KEPT_AROUND, KEPT_BETWEEN, ClosedEpisode, Pruning
from flask_status_cli.store import deploys
from flask_status_cli.store.counts import lifetime_counts, waiting_paths
from flask_status_cli.store.crowds import page_minutes
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.incidents import closed_episodes
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.schema.encoding import microseconds
from flask_status_cli.store.schema.tables import input_, minute_count, quarter_count, stream, unread

AT_ONCE: Final = 1440
"""At most this many minutes are deleted in one transaction, so that others need not wait long."""


def begin(book: RouteBook, pruning: Pruning) -> int:
    """Store the closed episodes, and count old waiting rows as `<unmatched>`; return their requests.

    If there are no minutes to delete, no episodes are stored, because an archive that is read later may add
    incidents.
    """
    connection = book.connection
    oldest = connection.scalar(select(func.min(minute_count.c.minute)))
    if oldest is not None and oldest < pruning.minutes:
        closed_episodes.write(connection, pruning.closed)
        kept_from = max(pruning.minutes, key_values.read(connection, NumberName.MINUTES_FROM))
        key_values.put(connection, NumberName.MINUTES_FROM, kept_from)
    book.refresh()
    return waiting_paths.give_up_before(book, pruning.minutes)


def minute_ranges(connection: Connection, pruning: Pruning) -> Iterator[tuple[int, int]]:
    """Yield the ranges [start, end) of minutes to delete, each of at most a day, oldest first."""
    minute = minute_count.c.minute
    first = connection.scalar(select(func.min(minute)))
    if first is None:
        return
    for start, end in _between(_kept(pruning), first, pruning.minutes):
        at, step = start, select(func.min(minute)).where(minute < end)
        while (found := connection.scalar(step.where(minute >= at))) is not None:
            at = min(found + AT_ONCE, end)
            yield found, at


def delete_minutes(connection: Connection, start: int, end: int) -> int:
    """Delete the minutes [start, end); return the number of deleted rows."""
    minute = minute_count.c.minute
    page_minutes.delete_minutes(connection, start, end)
    return connection.execute(delete(minute_count).where(minute >= start, minute < end)).rowcount


def finish(connection: Connection, pruning: Pruning, *, now: datetime) -> int:
    """Delete old quarters; return the number of deleted rows.

    The numbers of unread lines, the logs and the deploys of that time are deleted, too. Without
    `pruning.quarters`, only pages of crowds without server errors are deleted.
    """
    key_values.put(connection, NumberName.PRUNED_AT, microseconds(now))
    page_minutes.drop_healthy(connection)
    if pruning.quarters is None:
        return 0
    quarter = pruning.quarters // MINUTES_PER_QUARTER
    if connection.scalar(
        select(func.min(quarter_count.c.quarter)).where(quarter_count.c.quarter < quarter)
    ):
        key_values.put(connection, NumberName.QUARTERS_FROM, quarter)
    connection.execute(delete(unread).where(unread.c.quarter < quarter))
    lifetime_counts.keep(connection, quarter)
    _delete_streams(connection, pruning.quarters)
    deploys.delete_before(connection, instant_of(quarter * MINUTES_PER_QUARTER))
    return connection.execute(
        delete(quarter_count).where(quarter_count.c.quarter < quarter)
    ).rowcount


def _delete_streams(connection: Connection, before: int) -> None:
    """Delete the logs that were last read before a minute, unless the file at some path still is that log."""
    at_paths = select(input_.c.stream).where(input_.c.stream.is_not(None))
    connection.execute(
        delete(stream).where(
            stream.c.updated_at < instant_of(before),
            (stream.c.newest < before) | stream.c.newest.is_(None),
            stream.c.id.not_in(at_paths),
        )
    )


def _kept(pruning: Pruning) -> Iterator[tuple[int, int]]:
    """Yield the ranges [start, end) of minutes that are kept, by start. They may overlap."""
    episodes = pruning.closed.episodes
    for start, end in sorted([*map(_around, episodes), *_gaps(episodes)]):
        if pruning.quarters is None:
            yield start, end
        elif end > pruning.quarters:
            yield max(start, pruning.quarters), end


def _gaps(episodes: Iterable[ClosedEpisode]) -> Iterator[tuple[int, int]]:
    """Yield the minutes between two episodes of a route that are so close that they may be one incident."""
    before: dict[tuple[str, str], int] = {}
    for each in sorted(episodes, key=lambda episode: episode.start):
        last = before.get((each.label, each.rule))
        if last is not None and each.start - last <= KEPT_BETWEEN:
            yield last, each.start
        before[each.label, each.rule] = each.last


def _around(episode: ClosedEpisode) -> tuple[int, int]:
    return episode.start - KEPT_AROUND, episode.last + 1 + KEPT_AROUND


def _between(kept: Iterable[tuple[int, int]], first: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of [first, end) that are in none of the kept ranges."""
    at = first
    for start, beyond in kept:
        if at < min(start, end):
            yield at, min(start, end)
        at = max(at, beyond)
        if at >= end:
            return
    if at < end:
        yield at, end
