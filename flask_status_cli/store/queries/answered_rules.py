"""The recent requests of each rule. They show whether a URL map belongs to the app of the log."""

from __future__ import annotations

from collections import Counter
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select

from flask_status_cli.model import MINUTES_PER_QUARTER, Origin
from flask_status_cli.model.route.url_rules import AnsweredRule
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.routes.route_book import PSEUDO
from flask_status_cli.store.schema.tables import quarter_count, route, waiting

QUARTERS_PER_DAY: Final = 96


def by_rule(connection: Connection, label: str, *, days: int) -> list[AnsweredRule]:
    """Return the number of requests of each rule of a label in its last `days` days, most first.

    Requests with 4xx are left out, because scanners cause them. `<unmatched>` and `<other>` are left out,
    too, because their paths are not stored.
    """
    newest = connection.scalar(select(func.max(quarter_count.c.quarter)))
    first = 0 if newest is None else newest - days * QUARTERS_PER_DAY
    requests: Counter[tuple[str, bool]] = Counter()
    known = (
        select(route.c.rule, route.c.origin, func.sum(quarter_count.c.requests))
        .join_from(quarter_count, route, route.c.id == quarter_count.c.route)
        .where(route.c.label == label, route.c.rule.not_in(PSEUDO))
        .where(quarter_count.c.quarter > first, _no_client_error(quarter_count.c.status))
        .group_by(route.c.id)
    )
    for rule, origin, n in connection.execute(known):
        requests[rule, origin != Origin.DISCOVERED.value] += n
    waits = (
        select(waiting.c.rule, func.sum(waiting.c.requests))
        .where(waiting.c.label == label, _no_client_error(waiting.c.status))
        .where(waiting.c.minute > first * MINUTES_PER_QUARTER)
        .group_by(waiting.c.rule)
    )
    for rule, n in connection.execute(waits):
        requests[rule, False] += n
    return [AnsweredRule(*key, n) for key, n in requests.most_common()]


def _no_client_error(status: ColumnElement[int]) -> ColumnElement[bool]:
    return or_(status < 400, status >= 500)
