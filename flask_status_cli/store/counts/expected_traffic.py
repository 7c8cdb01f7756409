"""Expected traffic: how often, since when, and in which minutes there was any."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, func, insert, select, union

from flask_status_cli.model import Expectation
from flask_status_cli.store.schema.tables import expectation, minute_count, waiting

COLUMNS = tuple(Expectation.__dataclass_fields__)


def read(connection: Connection) -> tuple[Expectation, ...]:
    """List what is expected."""
    columns = [expectation.c[name] for name in COLUMNS]
    return tuple(
        Expectation(*row)
        for row in connection.execute(select(*columns).order_by(expectation.c.rule))
    )


def write(connection: Connection, wanted: Iterable[Expectation], *, minute: int) -> None:
    """Remember what is expected from an epoch minute on; what was expected before keeps its own."""
    known = {each.rule: each for each in read(connection)}
    left = {each.rule: each for each in wanted}
    kept = {
        rule for rule, each in left.items() if rule in known and known[rule].minutes == each.minutes
    }
    connection.execute(delete(expectation).where(expectation.c.rule.not_in(sorted(kept))))
    new = [
        {"rule": each.rule, "minutes": each.minutes, "since": minute}
        for rule, each in sorted(left.items())
        if rule not in kept
    ]
    if new:
        connection.execute(insert(expectation), new)


def busy_minutes(
    connection: Connection, start: int, end: int, routes: Collection[int] | None
) -> list[int]:
    """List the epoch minutes in [start, end) with requests: of some routes, or any at all."""
    minute = minute_count.c.minute
    step = select(minute.label("minute")).where(minute >= start, minute < end)
    if routes is not None:
        step = step.where((minute_count.c.route + 0).in_(sorted(routes)))
        return sorted(set(connection.scalars(step.distinct())))
    # The minutes of a busy site are leapt over, from each to the next.
    first = select(func.min(minute).label("minute")).where(minute >= start)
    leap = first.cte("leap", recursive=True)
    following = select(func.min(minute)).where(minute > leap.c.minute).scalar_subquery()
    leap = leap.union_all(select(following).where(leap.c.minute < end))
    waits = select(waiting.c.minute).where(waiting.c.minute >= start, waiting.c.minute < end)
    rows = union(select(leap.c.minute).where(leap.c.minute < end), waits)
    return sorted(set(connection.scalars(rows)))
