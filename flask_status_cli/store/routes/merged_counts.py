"""Counts follow the routes that were merged into others, some rows at a time.

A merged route is redirected in one statement; from then on readers count what it has under the other one.
Its rows are moved in transactions of their own, none of them large, and it is deleted at last. A kill
anywhere leaves right figures: what is still to be moved is told by the routes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled
from flask_status_cli.store.statements.prepared import Prepared

ROWS_AT_ONCE: Final = 20_000
"""About so many rows are looked at in one transaction: others wait no longer than for that."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A table of counts, and the statements that move its rows."""

    name: str
    time: str
    oldest: Prepared
    newest: Prepared
    nth: Prepared
    move: Prepared
    drop: Prepared


TIERS: Final = (
    Tier(
        "minute_count",
        "minute",
        oldest=compiled.OLDEST_MINUTE,
        newest=compiled.NEWEST_MINUTE,
        nth=compiled.NTH_MINUTE,
        move=compiled.MOVE_MINUTES,
        drop=compiled.DROP_MOVED_MINUTES,
    ),
    Tier(
        "quarter_count",
        "quarter",
        oldest=compiled.OLDEST_QUARTER,
        newest=compiled.NEWEST_QUARTER_OF_ALL,
        nth=compiled.NTH_QUARTER,
        move=compiled.MOVE_QUARTERS,
        drop=compiled.DROP_MOVED_QUARTERS,
    ),
)


def pending(connection: Connection) -> bool:
    """Return whether a route is left that was merged into another."""
    return connection.value(compiled.MERGED) is not None


def spans(connection: Connection, tier: Tier) -> Iterator[tuple[int, int]]:
    """Yield the stretches [start, end) of a tier, one after the other; each holds some rows."""
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
    """Move the rows of [start, end) to the routes that theirs were merged into."""
    connection.change(tier.move, first=start, end=end)
    connection.change(tier.drop, first=start, end=end)


def finish(connection: Connection) -> None:
    """Delete the routes whose rows have all been moved."""
    connection.change(compiled.DROP_MERGED)


def redirect_reader(connection: Connection) -> None:
    """Let a reader count what merged routes have under those they were merged into.

    Views of the reader's own stand in front of the tables; where nothing is merged there are none.
    """
    if not pending(connection):
        return
    for tier in TIERS:
        connection.driver.execute(
            f"CREATE TEMP VIEW IF NOT EXISTS {tier.name} AS SELECT c.{tier.time} AS {tier.time}, "  # noqa: S608 - names of our own tables
            "coalesce(r.merged_into, c.route) AS route, c.status AS status, c.requests AS requests "
            f"FROM main.{tier.name} AS c LEFT JOIN main.route AS r ON r.id = c.route"
        )
