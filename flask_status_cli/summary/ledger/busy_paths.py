"""Finds the paths in `<unmatched>` that have many requests, and gives routes to those that redirect.

`/` of many sites only redirects, so it never answers. It may have most of the requests, and a report without
it would not say what the site does. Paths with other codes get no row, because any scanner makes those. A
hint names the busiest of them: a file that every page asks for is missing, for example.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final, Protocol

from flask_status_cli.frozen import frozen
from flask_status_cli.model import UNMATCHED, Origin, PathFailures, Route
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.summary.ledger.named_paths import NamedLedger
from flask_status_cli.summary.ledger.protocol import Ledger

LEAST_REQUESTS: Final = 20
"""A busy path has at least this many requests."""

LEAST_MINUTES: Final = 10
"""A busy path has requests in at least this many minutes. A scanner often asks for a path only once."""

LEAST_PART: Final = 100
"""A busy path has at least one in this many of all requests."""

MOST: Final = 20
"""At most this many paths are busy."""


class UnansweredPaths(Protocol):
    """What a database knows of the paths that never answered."""

    def busiest_unanswered(
        self, start: int, end: int, *, least: tuple[int, int], most: int
    ) -> Sequence[tuple[str, str, int, int]]:
        """List (label, path, status, requests) of the busiest paths in the minutes [start, end).

        Each has at least so many requests, in at least so many minutes: `least` has both.
        """

    def unanswered(self, paths: Iterable[RouteKey]) -> Iterable[tuple[str, str, int, int, int]]:
        """Yield (label, path, minute, status, requests) of some paths."""

    def waiting_durations(
        self, paths: Iterable[RouteKey], start: int, end: int
    ) -> Iterable[tuple[str, str, int, int]]:
        """Yield (label, path, bucket, requests) of some paths, between two epoch hours."""


@frozen
class BusyPaths:
    """The busy paths: those that get a route, and the others, which a hint names, the busiest first."""

    named: tuple[RouteKey, ...] = ()
    others: tuple[PathFailures, ...] = ()


def busy_paths(
    paths: UnansweredPaths,
    known: Mapping[int, Route],
    requests: Mapping[int, int],
    *,
    minutes: tuple[int, int],
    one: RouteKey | None = None,
) -> BusyPaths:
    """Return the busy paths of a report.

    `requests` has the number of requests of each route id in these `minutes`. Paths that have a route already
    are left out. The `one` path that is wanted gets a route even if it is not busy.
    """
    keys = {(route.label, route.rule) for route in known.values()}
    if one is not None:
        wanted = one not in keys and any(True for _ in paths.unanswered([one]))
        return BusyPaths((one,) if wanted else ())
    least = max(LEAST_REQUESTS, -(-sum(requests.values()) // LEAST_PART))
    if sum(n for number, n in requests.items() if known[number].rule == UNMATCHED) < least:
        return BusyPaths()
    named, others = [], []
    rows = paths.busiest_unanswered(*minutes, least=(least, LEAST_MINUTES), most=MOST)
    for key, of_path in groupby(rows, key=lambda row: row[:2]):
        statuses = {status: n for _, _, status, n in of_path}
        redirects = sum(n for status, n in statuses.items() if 300 <= status < 400)
        if key in keys:
            continue
        if 2 * redirects >= sum(statuses.values()):
            named.append(key)
        else:
            others.append(PathFailures(key[1], statuses))
    return BusyPaths(tuple(named), tuple(others))


def with_paths(ledger: Ledger, paths: UnansweredPaths, named: Sequence[RouteKey]) -> Ledger:
    """Return a ledger in which these paths are routes."""

    def durations(start: int, end: int) -> Iterable[tuple[str, str, int, int]]:
        return paths.waiting_durations(named, start, end)

    return NamedLedger(
        ledger, named, paths.unanswered(named), durations=durations, origin=Origin.UNANSWERED
    )
