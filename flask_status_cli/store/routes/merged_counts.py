"""Moves the counts of merged routes, some rows at a time.

A merged route is redirected in one statement. From then on readers count its requests for the other route.
Its rows are moved in small transactions, and the route is deleted last. After a kill the figures are right,
because the routes show what is still to be moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled
from flask_status_cli.store.statements.prepared import Prepared

ROWS_AT_ONCE: Final = 20_000
"""About this many rows are read in one transaction, so that others need not wait long."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A table of counts, and the statements that move its rows.

    It is counted by `time`, by route, and by `kind`.
    """

    name: str
    time: str
    kind: str
    oldest: Prepared
    newest: Prepared
    nth: Prepared
    move: Prepared
    drop: Prepared


TIERS: Final = (
    Tier(
        "minute_count",
        "minute",
        "status",
        oldest=compiled.OLDEST_MINUTE,
        newest=compiled.NEWEST_MINUTE,
        nth=compiled.NTH_MINUTE,
        move=compiled.MOVE_MINUTES,
        drop=compiled.DROP_MOVED_MINUTES,
    ),
    Tier(
        "quarter_count",
        "quarter",
        "status",
        oldest=compiled.OLDEST_QUARTER,
        newest=compiled.NEWEST_QUARTER_OF_ALL,
        nth=compiled.NTH_QUARTER,
        move=compiled.MOVE_QUARTERS,
        drop=compiled.DROP_MOVED_QUARTERS,
    ),
    Tier(
        "hour_duration",
        "hour",
        "bucket",
        oldest=compiled.OLDEST_DURATION_HOUR,
        newest=compiled.NEWEST_DURATION_HOUR,
        nth=compiled.NTH_DURATION_HOUR,
        move=compiled.MOVE_HOUR_DURATIONS,
        drop=compiled.DROP_MOVED_HOUR_DURATIONS,
    ),
    Tier(
        "day_duration",
        "day",
        "bucket",
        oldest=compiled.OLDEST_DURATION_DAY,
        newest=compiled.NEWEST_DURATION_DAY,
        nth=compiled.NTH_DURATION_DAY,
        move=compiled.MOVE_DAY_DURATIONS,
        drop=compiled.DROP_MOVED_DAY_DURATIONS,
    ),
)


def pending(connection: Connection) -> bool:
    """Return whether there is a route left that was merged into another."""
    return connection.value(compiled.MERGED) is not None


def spans(connection: Connection, tier: Tier) -> Iterator[tuple[int, int]]:
    """Yield the ranges [start, end) of a table one after the other, each with some rows."""
    start = connection.value(tier.oldest)
    while start is not None:
        last = connection.value(tier.nth, first=start, many=ROWS_AT_ONCE)
        if last is None:
            newest = connection.value(tier.newest)
            if newest is not None and newest >= start:
                yield start, newest + 1
            return
        yield start, last + 1
        start = last + 1


def move(connection: Connection, tier: Tier, start: int, end: int) -> None:
    """Move the rows of [start, end) to the routes that their routes were merged into."""
    connection.change(tier.move, first=start, end=end)
    connection.change(tier.drop, first=start, end=end)


def finish(connection: Connection) -> None:
    """Delete the routes whose rows have all been moved."""
    connection.change(compiled.DROP_MERGED)


def move_all(connection: Connection) -> None:
    """Move all in the transaction that is open: for an engine whose readers wait for no writer."""
    if not pending(connection):
        return
    for tier in TIERS:
        for start, end in list(spans(connection, tier)):
            move(connection, tier, start, end)
    finish(connection)


def redirect_reader(connection: Connection) -> None:
    """Let a reader count the requests of merged routes for those they were merged into.

    Temporary views replace the tables. If nothing is merged, there are no views.
    """
    if connection.moves_at_once or not pending(connection):
        return
    for tier in TIERS:
        connection.run(
            f"CREATE TEMP VIEW IF NOT EXISTS {tier.name} AS SELECT c.{tier.time} AS {tier.time}, "  # noqa: S608 - names of our own tables
            f"coalesce(r.merged_into, c.route) AS route, c.{tier.kind} AS {tier.kind}, "
            "c.requests AS requests "
            f"FROM main.{tier.name} AS c LEFT JOIN main.route AS r ON r.id = c.route"
        )
