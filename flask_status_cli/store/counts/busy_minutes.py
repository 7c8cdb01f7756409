"""The minutes with any traffic, to compare with the expected traffic."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select, union

from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.tables import minute_count, waiting


def between(
    connection: Connection, start: int, end: int, routes: Collection[int] | None
) -> list[int]:
    """List the epoch minutes in [start, end) with requests to some routes; `None` means any route."""
    minute = minute_count.c.minute
    step = select(minute.label("minute")).where(minute >= start, minute < end)
    if routes is not None:
        step = step.where((minute_count.c.route + 0).in_(sorted(routes)))
        return sorted(set(connection.scalars(step.distinct())))
    # A loose index scan: look up the first minute, then the next later one, and so on.
    first = select(func.min(minute).label("minute")).where(minute >= start)
    leap = first.cte("leap", recursive=True)
    following = select(func.min(minute)).where(minute > leap.c.minute).scalar_subquery()
    leap = leap.union_all(select(following).where(leap.c.minute < end))
    waits = select(waiting.c.minute).where(waiting.c.minute >= start, waiting.c.minute < end)
    rows = union(select(leap.c.minute).where(leap.c.minute < end), waits)
    return sorted(set(connection.scalars(rows)))
