"""Finds the paths in `<unmatched>` that have many requests. A report names them in a line.

They have no row, because any scanner makes redirects and 404s. But such a path may be `/`, which redirects to
the login page, or a script that every page asks for, and that is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final, Protocol

from flask_status_cli.model import UNMATCHED, PathFailures, Route
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


def busy_paths(
    paths: UnansweredPaths,
    known: Mapping[int, Route],
    requests: Mapping[int, int],
    *,
    minutes: tuple[int, int],
) -> tuple[PathFailures, ...]:
    """Return the busy paths of a report, the busiest first.

    `requests` has the number of requests of each route id in these `minutes`. Paths that have a row of their
    own are left out.
    """
    keys = {(route.label, route.rule) for route in known.values()}
    least = max(LEAST_REQUESTS, -(-sum(requests.values()) // LEAST_PART))
    if sum(n for number, n in requests.items() if known[number].rule == UNMATCHED) < least:
        return ()
    rows = paths.busiest_unanswered(*minutes, least=(least, LEAST_MINUTES), most=MOST)
    by_path = groupby(rows, key=lambda row: row[:2])
    found = ((key, {status: n for _, _, status, n in of_path}) for key, of_path in by_path)
    return tuple(PathFailures(key[1], statuses) for key, statuses in found if key not in keys)


def with_path(ledger: Ledger, paths: UnansweredPaths, wanted: RouteKey) -> Ledger:
    """Return a ledger in which this path is a route. It is the ledger itself if the path has one already."""
    keys = {(route.label, route.rule) for route in ledger.routes().values()}
    if wanted in keys or not any(True for _ in paths.unanswered([wanted])):
        return ledger

    def durations(start: int, end: int) -> Iterable[tuple[str, str, int, int]]:
        return paths.waiting_durations([wanted], start, end)

    return NamedLedger(ledger, [wanted], paths.unanswered([wanted]), durations=durations)
