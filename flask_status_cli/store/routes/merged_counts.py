"""Moves the counts of merged routes to the routes that they were merged into.

One statement redirects a merged route. From then on, readers count its requests for the other route. Its rows
are moved in small transactions, and the merged route is deleted at the end. If a run is killed in between,
reports are still right, and the next run moves the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from flask_status_cli.frozen import frozen
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled, compiled_durations
from flask_status_cli.store.statements.prepared import Prepared

ROWS_AT_ONCE: Final = 20_000
"""One step moves rows out of about this many."""

STEPS_AT_ONCE: Final = 5
"""One transaction makes so many steps. That takes a quarter of a second at most, while other writers wait."""


@frozen
class CountTable:
    """A table of counts, and the statements that move its rows.

    - `name`: the name of the table. Its columns are `time`, route and the `rest`.
    - `oldest`, `newest`: find the first and the last time of its rows.
    - `nth`: finds the time of the nth row from a time on.
    - `move`, `drop`: add the rows of merged routes to the other routes, then delete them.
    """

    name: str
    time: str
    rest: tuple[str, ...]
    oldest: Prepared
    newest: Prepared
    nth: Prepared
    move: Prepared
    drop: Prepared


TIERS: Final = (
    CountTable(
        "minute_count",
        "minute",
        ("status", "requests"),
        oldest=compiled.OLDEST_MINUTE,
        newest=compiled.NEWEST_MINUTE,
        nth=compiled.NTH_MINUTE,
        move=compiled.MOVE_MINUTES,
        drop=compiled.DROP_MOVED_MINUTES,
    ),
    CountTable(
        "quarter_count",
        "quarter",
        ("status", "requests"),
        oldest=compiled.OLDEST_QUARTER,
        newest=compiled.NEWEST_QUARTER_OF_ALL,
        nth=compiled.NTH_QUARTER,
        move=compiled.MOVE_QUARTERS,
        drop=compiled.DROP_MOVED_QUARTERS,
    ),
    CountTable(
        "hour_duration",
        "hour",
        ("buckets",),
        oldest=compiled_durations.OLDEST_DURATION_HOUR,
        newest=compiled_durations.NEWEST_DURATION_HOUR,
        nth=compiled_durations.NTH_DURATION_HOUR,
        move=compiled_durations.MOVE_HOUR_DURATIONS,
        drop=compiled_durations.DROP_MOVED_HOUR_DURATIONS,
    ),
    CountTable(
        "day_duration",
        "day",
        ("buckets",),
        oldest=compiled_durations.OLDEST_DURATION_DAY,
        newest=compiled_durations.NEWEST_DURATION_DAY,
        nth=compiled_durations.NTH_DURATION_DAY,
        move=compiled_durations.MOVE_DAY_DURATIONS,
        drop=compiled_durations.DROP_MOVED_DAY_DURATIONS,
    ),
)


Step: TypeAlias = tuple[CountTable, int, int]
"""A table, and the range of time in it whose rows are moved."""


def pending(connection: Connection) -> bool:
    """Return whether there are merged routes whose counts were not all moved."""
    return connection.value(compiled.MERGED) is not None


def spans(connection: Connection, tier: CountTable) -> Iterator[tuple[int, int]]:
    """Yield ranges [start, end) of time that cover a table, each with about `ROWS_AT_ONCE` rows."""
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


def move(connection: Connection, tier: CountTable, start: int, end: int) -> None:
    """Move the rows of merged routes in the times [start, end)."""
    connection.change(tier.move, first=start, end=end)
    connection.change(tier.drop, first=start, end=end)


def steps(connection: Connection) -> list[Step]:
    """Return the steps that move all counts of merged routes."""
    return [(tier, start, end) for tier in TIERS for start, end in spans(connection, tier)]


def move_some(connection: Connection, some: Sequence[Step], *, last: bool) -> None:
    """Make some steps, and delete the merged routes after the `last` ones."""
    for tier, start, end in some:
        move(connection, tier, start, end)
    if last:
        finish(connection)


def finish(connection: Connection) -> None:
    """Delete the merged routes. All their rows must have been moved."""
    connection.change(compiled.DROP_MERGED)


def move_all(connection: Connection) -> None:
    """Move all counts of merged routes in the open transaction.

    This is for PostgreSQL, where readers do not wait for a writer.
    """
    if not pending(connection):
        return
    for tier in TIERS:
        *kinds, added = tier.rest
        key = ", ".join((tier.time, "route", *kinds))
        rest = ", ".join(f"c.{name}" for name in tier.rest)
        texts = added == "buckets"
        total = f"string_agg({added}, '')" if texts else f"sum({added})"
        connection.run(
            f"WITH gone AS (DELETE FROM {tier.name} AS c USING route AS r "  # noqa: S608 - names of our own tables
            f"WHERE r.id = c.route AND r.merged_into IS NOT NULL "
            f"RETURNING c.{tier.time}, r.merged_into AS route, {rest}) "
            f"INSERT INTO {tier.name} ({key}, {added}) SELECT {key}, {total} FROM gone "
            f"GROUP BY {key} ORDER BY {key} ON CONFLICT ({key}) "
            f"DO UPDATE SET {added} = {tier.name}.{added} {'||' if texts else '+'} excluded.{added}"
        )
    finish(connection)


def redirect_reader(connection: Connection) -> None:
    """Let a reader count the requests of merged routes for the routes that they were merged into.

    Temporary views replace the tables of counts, unless no counts have to be moved.
    """
    if connection.moves_at_once or not pending(connection):
        return
    for tier in TIERS:
        rest = ", ".join(f"c.{name} AS {name}" for name in tier.rest)
        connection.run(
            f"CREATE TEMP VIEW IF NOT EXISTS {tier.name} AS SELECT c.{tier.time} AS {tier.time}, "  # noqa: S608 - names of our own tables
            f"coalesce(r.merged_into, c.route) AS route, {rest} "
            f"FROM main.{tier.name} AS c LEFT JOIN main.route AS r ON r.id = c.route"
        )
