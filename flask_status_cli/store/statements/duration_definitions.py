"""The statements of an ingest about durations; see `definitions`."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, Select, Table, bindparam, func, select

from flask_status_cli.store.schema.tables import (
    day_duration,
    hour_duration,
)
from flask_status_cli.store.statements.builders import putting
from flask_status_cli.store.statements.definitions import moved, moving, nth_from


def _long(table: Table) -> Select[Any]:
    """Return the query that finds the rows of a range of time with more than `most` bytes."""
    time: Column[int] = table.columns[0]
    return select(*table.columns).where(
        time.between(bindparam("first"), bindparam("last")),
        func.length(table.c.buckets) > bindparam("most"),
    )


OLDEST_DURATION_HOUR: Final = select(func.min(hour_duration.c.hour))
NEWEST_DURATION_HOUR: Final = select(func.max(hour_duration.c.hour))
NTH_DURATION_HOUR: Final = nth_from(hour_duration.c.hour)
MOVE_HOUR_DURATIONS: Final = moving(hour_duration)
DROP_MOVED_HOUR_DURATIONS: Final = moved(hour_duration)
LONG_HOUR_DURATIONS: Final = _long(hour_duration)
PUT_HOUR_DURATIONS: Final = putting(hour_duration)
OLDEST_DURATION_DAY: Final = select(func.min(day_duration.c.day))
NEWEST_DURATION_DAY: Final = select(func.max(day_duration.c.day))
NTH_DURATION_DAY: Final = nth_from(day_duration.c.day)
MOVE_DAY_DURATIONS: Final = moving(day_duration)
DROP_MOVED_DAY_DURATIONS: Final = moved(day_duration)
LONG_DAY_DURATIONS: Final = _long(day_duration)
PUT_DAY_DURATIONS: Final = putting(day_duration)

ADDITIVE: Final = {
    "ADD_HOUR_DURATIONS": hour_duration,
    "ADD_DAY_DURATIONS": day_duration,
}
"""The tables of durations, by the name of the statement that adds to them."""
