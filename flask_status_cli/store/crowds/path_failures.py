"""The server errors of crowds by the path that had them: the worst paths of each, for naming."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from flask_status_cli.model import PathFailures
from flask_status_cli.store.schema.tables import crowd_failure, minute_count, route, waiting

KEPT: Final = 50
"""So many paths of a crowd are kept: those with the most server errors."""

Row = tuple[int, str, int, int, int]
"""Route, path, status, requests, and the newest minute of them."""

_COLUMNS = tuple(crowd_failure.columns)


def add(connection: Connection, rows: Iterable[Row]) -> None:
    """Add server errors; of each crowd the worst paths stay."""
    added: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        added[row[0]].append(row)
    for number, new in added.items():
        mine = crowd_failure.c.route == number
        known = connection.execute(select(*_COLUMNS).where(mine)).all()
        kept = list(_worst([*map(tuple, known), *new]))
        connection.execute(delete(crowd_failure).where(mine))
        names = [column.name for column in _COLUMNS]
        connection.execute(insert(crowd_failure), [dict(zip(names, r, strict=True)) for r in kept])


def _worst(rows: Iterable[Row]) -> Iterable[Row]:
    """Yield the rows of the worst paths: most failures first, then the newest, then by path."""
    sums: Counter[tuple[int, str, int]] = Counter()
    newest: dict[tuple[int, str, int], int] = {}
    by_path: Counter[str] = Counter()
    last: dict[str, int] = {}
    for number, path, status, requests, minute in rows:
        key = (number, path, status)
        sums[key] += requests
        newest[key] = max(minute, newest.get(key, minute))
        by_path[path] += requests
        last[path] = max(minute, last.get(path, minute))
    order = sorted(by_path, key=lambda path: (-by_path[path], -last[path], path))
    kept = set(order[:KEPT])
    for key, requests in sorted(sums.items()):
        if key[1] in kept:
            yield (*key, requests, newest[key])


def take_members(connection: Connection, members: Mapping[int, int]) -> None:
    """Keep the server errors that routes have had so far for the crowd they become part of.

    Of the minutes before all are kept nothing is known by path.
    """
    failed = (minute_count.c.status >= 500, minute_count.c.status <= 599)
    key = (minute_count.c.route, route.c.rule, minute_count.c.status)
    rows = connection.execute(
        select(*key, func.sum(minute_count.c.requests), func.max(minute_count.c.minute))
        .join_from(minute_count, route, route.c.id == minute_count.c.route)
        .where(*failed, minute_count.c.route.in_(members), route.c.crowd.is_(False))
        .group_by(*key)
    ).all()
    mine = crowd_failure.c.route.in_(members)
    known = connection.execute(select(*_COLUMNS).where(mine)).all()
    connection.execute(delete(crowd_failure).where(mine))
    add(connection, ((members[number], *rest) for number, *rest in (*rows, *known)))


def take_waiting(
    connection: Connection,
    label: str,
    routes: Mapping[str, int],
    *,
    is_crowd: Callable[[int], bool],
) -> None:
    """Keep the server errors of waiting paths that become part of a crowd, rule → route."""
    rows = connection.execute(
        select(
            waiting.c.rule,
            waiting.c.status,
            func.sum(waiting.c.requests),
            func.max(waiting.c.minute),
        )
        .where(waiting.c.label == label, waiting.c.status.between(500, 599))
        .group_by(waiting.c.rule, waiting.c.status)
    ).all()
    mine = [row for row in rows if row[0] in routes and is_crowd(routes[row[0]])]
    add(connection, ((routes[rule], rule, *rest) for rule, *rest in mine))


def read(
    connection: Connection, label: str, rule: str, *, since: int | None = None
) -> tuple[PathFailures, ...]:
    """Return the paths of a crowd with server errors, the worst first.

    With `since`, an epoch minute, codes that did not come then or later are left out; figures are of all
    time.
    """
    rows = connection.execute(
        select(crowd_failure.c.path, crowd_failure.c.status, crowd_failure.c.requests)
        .join_from(crowd_failure, route, route.c.id == crowd_failure.c.route)
        .where(route.c.label == label, route.c.rule == rule)
        .where(crowd_failure.c.newest >= (since if since is not None else -(2**62)))
    )
    paths: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for path, status, requests in rows:
        paths[path][status] = requests
    order = sorted(paths, key=lambda path: (-sum(paths[path].values()), path))
    return tuple(PathFailures(path, dict(sorted(paths[path].items()))) for path in order)
