"""The worst paths of each crowd, with their server errors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled

if TYPE_CHECKING:
    from flask_status_cli.model import PathFailures

KEPT: Final = 50
"""At most this many paths of a crowd are stored: those with the most server errors."""

Row = tuple[int, str, int, int, int]
"""The values (route, path, status, requests, newest minute)."""

_COLUMNS: Final = ("route", "path", "status", "requests", "newest")


def add(connection: Connection, rows: Iterable[Row]) -> None:
    """Add server errors, and keep only the worst paths of each crowd."""
    added: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        added[row[0]].append(row)
    for number, new in added.items():
        kept = list(_worst([*_take(connection, number), *new]))
        connection.change_each(
            compiled.ADD_CROWD_FAILURE, [dict(zip(_COLUMNS, row, strict=True)) for row in kept]
        )


def _take(connection: Connection, number: int) -> list[Row]:
    """Delete the server errors of a crowd from the database, and return them."""
    known = [(*row,) for row in connection.rows(compiled.FAILURES_OF_CROWD, number=number)]
    connection.change(compiled.DROP_FAILURES_OF_CROWD, number=number)
    return known


def _worst(rows: Iterable[Row]) -> Iterable[Row]:
    """Yield the added-up rows of the worst paths.

    The worst paths have the most failures. Of equal ones, those that failed last are worse.
    """
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
    """Store the server errors of routes that become part of a crowd as those of paths of the crowd.

    `members` has the new route of each old one. Server errors in pruned minutes are not known by path.
    """
    routes = sorted(members)
    had = connection.rows(compiled.FAILURES_OF_ROUTES, routes=routes)
    crowds = members.keys() & connection.column(compiled.CROWDS_WITH_FAILURES)
    known = [row for number in sorted(crowds) for row in _take(connection, number)]
    add(connection, ((members[number], *rest) for number, *rest in (*had, *known)))


def take_waiting(
    connection: Connection,
    label: str,
    routes: Mapping[str, int],
    *,
    is_crowd: Callable[[int], bool],
) -> None:
    """Store the server errors of waiting paths that become part of a crowd.

    `routes` has the new route of each path.
    """
    rows = connection.rows(compiled.WAITING_FAILURES, of_label=label)
    mine = [row for row in rows if row[0] in routes and is_crowd(routes[row[0]])]
    add(connection, ((routes[rule], rule, *rest) for rule, *rest in mine))


def read(
    connection: Connection, label: str, rule: str, *, since: int | None = None
) -> tuple[PathFailures, ...]:
    """Return the stored paths of a crowd with their server errors, the worst first.

    The numbers are sums over all time. With `since`, a code of a path is left out if it last came before that
    epoch minute.
    """
    from flask_status_cli.model import PathFailures

    rows = connection.rows(
        compiled.FAILURES_OF_RULE,
        of_label=label,
        of_rule=rule,
        since=since if since is not None else -(2**62),
    )
    paths: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for path, status, requests in rows:
        paths[path][status] = requests
    order = sorted(paths, key=lambda path: (-sum(paths[path].values()), path))
    return tuple(PathFailures(path, dict(sorted(paths[path].items()))) for path in order)
