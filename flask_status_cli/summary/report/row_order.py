"""Sorts the rows of a report, and selects those that are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    OUTAGES,
    UNMATCHED,
    WORST_FIRST,
    GroupSummary,
    RouteSummary,
)

ROWS: Final = 40
"""The default number of rows that are shown."""


@frozen
class RowView:
    """How a report shows its routes.

    `show_all` shows all rows, not just the first `rows`. `group` folds the pages below a crowded parent into
    one row, except rules that match one of the globs `keep`.
    """

    rows: int = ROWS
    show_all: bool = False
    group: bool = True
    keep: tuple[str, ...] = ()


FIRST_ROWS: Final = RowView()

NOTABLE_FAILURES: Final = 3
"""A route that failed before is sorted above busier ones if it had at least this many failures."""

NOT_FOUND: Final = 404

FEW: Final = 20
"""A report of at most so many rows also shows those that had a single request and no failure."""

Place = tuple[int, int, int, int, int, bool, str, str]

_FAILS, _FAILED, _WORKS, _LAST = range(4)


def sort_key(row: RouteSummary | GroupSummary) -> Place:
    """Return the sort key of a row.

    Rows that fail now come first, the worst state first. Rows with notable failures are next. In both groups,
    rows with more server errors come first, then rows with more failures. All other rows are sorted by their
    requests. Equal rows are sorted by rule or name, by code points. `<unmatched>` comes last unless it fails
    now.
    """
    name = row.name if isinstance(row, GroupSummary) else row.rule
    rank = _rank(row)
    fails = rank in {_FAILS, _FAILED}
    return (
        rank,
        WORST_FIRST.index(row.now) if rank == _FAILS else 0,
        -_server_errors(row) if fails else 0,
        -row.counts.failure if fails else 0,
        -row.counts.requests,
        not name,
        name,
        row.label,
    )


def in_order(rows: Iterable[RouteSummary], view: RowView) -> list[RouteSummary]:
    """Return the rows in order. Those that are not shown are marked."""
    ordered = sorted(rows, key=sort_key)
    if view.show_all:
        return ordered
    shown = _first(ordered, view.rows)
    if len(shown) < len(ordered) or len(ordered) > FEW:
        shown = _without_single(ordered, shown)
    return [row if at in shown else replace(row, shown=False) for at, row in enumerate(ordered)]


def _first(ordered: Sequence[RouteSummary], most: int) -> set[int]:
    """Return the places of the rows to show, at most so many.

    Rows that fail now are first. Half of the others are the first of those that failed before, the other half
    are the busiest: a site with many old links would show nothing else than these. `<unmatched>` is always
    shown, unless there is only one row: that of the first label, if there are several.
    """
    if len(ordered) <= most:
        return set(range(len(ordered)))
    ranks = [_rank(row) for row in ordered]
    stray = [at for at, row in enumerate(ordered) if row.rule == UNMATCHED and most > 1][:1]
    shown = {at for at in range(most - len(stray)) if ranks[at] == _FAILS}.union(stray)
    failed = [at for at, rank in enumerate(ranks) if rank == _FAILED]
    shown.update(failed[: (most - len(shown) + 1) // 2])
    others = (at for at, rank in enumerate(ranks) if at not in shown and rank != _LAST)
    busiest = sorted(others, key=lambda at: (-ordered[at].counts.requests, at))
    return shown.union(busiest[: most - len(shown)])


def _without_single(ordered: Sequence[RouteSummary], shown: set[int]) -> set[int]:
    """Return the rows to show without those that had a single request and no failure.

    The line about the rest says more than such a row. If the remaining rows have no more than half of all
    requests, return all of `shown`.
    """
    left = {
        at
        for at in shown
        if ordered[at].counts.requests > 1
        or _rank(ordered[at]) is not _WORKS
        or ordered[at].counts.failure
    }
    had, all_ = (
        sum(ordered[at].counts.requests for at in some) for some in (left, range(len(ordered)))
    )
    return left if 2 * had > all_ else shown


def _server_errors(row: RouteSummary | GroupSummary) -> int:
    """Return how many requests of a row failed with another code than 404."""
    rows = row.members if isinstance(row, GroupSummary) else (row,)
    return sum(max(each.counts.failure - each.statuses.get(NOT_FOUND, 0), 0) for each in rows)


def _rank(row: RouteSummary | GroupSummary) -> int:
    if row.now in OUTAGES:
        return _FAILS
    if isinstance(row, RouteSummary) and row.rule == UNMATCHED:
        return _LAST
    below = row.condition in OUTAGES
    return _FAILED if below and row.counts.failure >= NOTABLE_FAILURES else _WORKS
