"""All requests ever counted, by route and status: the sums of kept quarters and of pruned ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert

from flask_status_cli.model import LifetimeCount
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.tables import pruned_count, quarter_count, route, waiting


def counts(connection: Connection) -> Iterator[LifetimeCount]:
    """Yield the number of all requests ever counted, for each route, then for each label; each by status.

    Requests of waiting paths are only in the sums of labels. Under `<unmatched>` they would make its number
    decrease later, because they move to a route when their path answers.
    """
    routes: Counter[tuple[str, str, int]] = Counter()
    for table_rows in (_kept(connection), _pruned(connection)):
        for label, rule, status, requests in table_rows:
            routes[label, rule, status] += requests
    labels: Counter[tuple[str, int]] = Counter()
    for (label, _rule, status), requests in routes.items():
        labels[label, status] += requests
    for label, status, requests in _waiting(connection):
        labels[label, status] += requests
    for (label, rule, status), requests in sorted(routes.items()):
        yield LifetimeCount(label, rule, status, requests)
    for (label, status), requests in sorted(labels.items()):
        yield LifetimeCount(label, None, status, requests)


def keep(connection: Connection, before: int) -> None:
    """Add the quarters before the quarter `before`, which are deleted next, to the sums of pruned ones."""
    key = (route.c.label, route.c.rule, quarter_count.c.status)
    rows = (
        select(*key, func.sum(quarter_count.c.requests))
        .join_from(quarter_count, route, route.c.id == quarter_count.c.route)
        .where(quarter_count.c.quarter < before)
        .group_by(*key)
    )
    statement = insert(pruned_count).from_select([c.name for c in pruned_count.columns], rows)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(pruned_count.primary_key),
            set_={"requests": pruned_count.c.requests + statement.excluded.requests},
        )
    )


Rows = Iterator[tuple[str, str, int, int]]


def _kept(connection: Connection) -> Rows:
    key = (quarter_count.c.route, quarter_count.c.status)
    sums = select(*key, func.sum(quarter_count.c.requests)).group_by(*key)
    names = {row.id: (row.label, row.rule) for row in connection.execute(select(route))}
    for number, status, requests in connection.execute(sums):
        if number in names:
            yield *names[number], status, requests


def _pruned(connection: Connection) -> Rows:
    for row in connection.execute(select(pruned_count)):
        yield row.label, row.rule, row.status, row.requests


def _waiting(connection: Connection) -> Iterator[tuple[str, int, int]]:
    key = (waiting.c.label, waiting.c.status)
    for row in connection.execute(select(*key, func.sum(waiting.c.requests)).group_by(*key)):
        yield row[0], row[1], row[2]
