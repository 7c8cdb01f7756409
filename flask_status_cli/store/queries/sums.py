"""Queries that add up requests by route and status code, for a period of time."""

from __future__ import annotations

from sqlalchemy import Column, Select, Table, func, select

from flask_status_cli.model import UNMATCHED
from flask_status_cli.store.schema.tables import route, waiting


def of_routes(table: Table, start: int, end: int) -> Select[int, int, int]:
    """Add up the requests of a table in the times [start, end)."""
    time: Column[int] = table.columns[0]
    key = (table.c.route, table.c.status)
    return select(*key, func.sum(table.c.requests)).where(time >= start, time < end).group_by(*key)


def of_waiting(start: int, end: int) -> Select[int, int, int]:
    """Add up the table `waiting` under the `<unmatched>` of each label."""
    unmatched = (route.c.label == waiting.c.label) & (route.c.rule == UNMATCHED)
    return (
        select(route.c.id, waiting.c.status, func.sum(waiting.c.requests))
        .join_from(waiting, route, unmatched)
        .where(waiting.c.minute >= start, waiting.c.minute < end)
        .group_by(route.c.id, waiting.c.status)
    )
