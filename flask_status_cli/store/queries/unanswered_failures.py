"""The requests of waiting paths: their failures, and the worst of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import ColumnElement, case, func, select

from flask_status_cli.model import PathFailures
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.queries.failing_minutes import SERVER_ERRORS, TIMES_AT_ONCE, one_of
from flask_status_cli.store.schema.tables import minute_count, waiting

NOT_FOUND: Final = 404


def failed(
    connection: Connection, codes: Collection[int], *, until: int
) -> list[tuple[str, str, int, int]]:
    """List the failures of waiting paths up to the minute `until`: (label, path, minute, failures)."""
    key = (waiting.c.label, waiting.c.rule, waiting.c.minute)
    rows = (
        select(*key, func.sum(waiting.c.requests))
        .where(waiting.c.minute <= until, one_of(waiting.c.status, codes))
        .group_by(*key)
        .order_by(*key)
    )
    return [(label, rule, minute, n) for label, rule, minute, n in connection.execute(rows)]


def of_paths(
    connection: Connection, paths: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str, int, int, int]]:
    """Yield (label, path, minute, status, requests) of some waiting paths, given as (label, path)."""
    for label, rule in paths:
        rows = (
            select(waiting.c.minute, waiting.c.status, waiting.c.requests)
            .where(waiting.c.label == label, waiting.c.rule == rule)
            .order_by(waiting.c.minute, waiting.c.status)
        )
        for minute, status, requests in connection.execute(rows):
            yield label, rule, minute, status, requests


def failed_in(
    connection: Connection, codes: Collection[int], minutes: Sequence[int], routes: Collection[int]
) -> dict[int, int]:
    """Return the number of requests of some routes, in some minutes, with one of these server errors."""
    sums: dict[int, int] = {}
    for start in range(0, len(minutes), TIMES_AT_ONCE):
        rows = (
            select(minute_count.c.minute, func.sum(minute_count.c.requests))
            .where(minute_count.c.status >= SERVER_ERRORS, one_of(minute_count.c.status, codes))
            .where(minute_count.c.minute.in_(minutes[start : start + TIMES_AT_ONCE]))
            .where((minute_count.c.route + 0).in_(sorted(routes)))
            .group_by(minute_count.c.minute)
        )
        sums.update((minute, requests) for minute, requests in connection.execute(rows))
    return sums


def worst(
    connection: Connection, label: str, minutes: tuple[int, int], *, most: int, busy: int
) -> list[PathFailures]:
    """List the worst waiting paths of a label between two epoch minutes, with all their status codes.

    They are the `most` paths with the most server errors, then the `most` paths with the most 404s, then the
    `busy` paths with the most requests.
    """
    inside = (
        waiting.c.label == label,
        waiting.c.minute >= minutes[0],
        waiting.c.minute < minutes[1],
    )
    errors = _sum(waiting.c.status >= SERVER_ERRORS)
    missing = _sum(waiting.c.status == NOT_FOUND)
    every = func.sum(waiting.c.requests)
    chosen: dict[str, None] = {}
    for first, second, n in (
        (errors, missing, most),
        (missing, errors, most),
        (every, errors, busy),
    ):
        rows = (
            select(waiting.c.rule)
            .where(*inside)
            .group_by(waiting.c.rule)
            .having(first > 0)
            .order_by(first.desc(), second.desc(), waiting.c.rule)
            .limit(n)
        )
        chosen.update(dict.fromkeys(connection.scalars(rows)))
    codes = (
        select(waiting.c.rule, waiting.c.status, func.sum(waiting.c.requests))
        .where(*inside, waiting.c.rule.in_(list(chosen)))
        .group_by(waiting.c.rule, waiting.c.status)
        .order_by(waiting.c.rule, waiting.c.status)
    )
    found: dict[str, dict[int, int]] = {rule: {} for rule in chosen}
    for rule, status, requests in connection.execute(codes):
        found[rule][status] = requests
    return [PathFailures(rule, statuses) for rule, statuses in found.items()]


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, waiting.c.requests), else_=0))
