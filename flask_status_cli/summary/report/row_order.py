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
class View:
    """How a report shows its routes.

    `show_all` shows all rows, not just the first `rows`. `group` folds the pages below a crowded parent into
    one row, except rules that match one of the globs `keep`.
    """

    rows: int = ROWS
    show_all: bool = False
    group: bool = True
    keep: tuple[str, ...] = ()


FIRST_ROWS: Final = View()

NOTABLE_FAILURES: Final = 3
"""A route that failed before is sorted above busier ones if it had at least this many failures."""

Place = tuple[int, int, int, int, bool, str, str]

_FAILS, _FAILED, _WORKS, _LAST = range(4)


def place(row: RouteSummary | GroupSummary) -> Place:
    """Return the sort key of a row.

    Rows that fail now come first, the worst state first. Rows with notable failures are next. In both groups,
    rows with more failures come first. All other rows are sorted by their requests. Equal rows are sorted by
    rule or name, by code points. `<unmatched>` comes last unless it fails now.
    """
    name = row.name if isinstance(row, GroupSummary) else row.rule
    rank = _rank(row)
    return (
        rank,
        WORST_FIRST.index(row.now) if rank == _FAILS else 0,
        -row.counts.failure if rank in {_FAILS, _FAILED} else 0,
        -row.counts.requests,
        not name,
        name,
        row.label,
    )


def in_order(rows: Iterable[RouteSummary], view: View) -> list[RouteSummary]:
    """Return the rows in order. Those that are not shown are marked.

    The first rows are shown. `<unmatched>` takes the place of the last one if it would not be shown.
    """
    ordered = sorted(rows, key=place)
    first = len(ordered) if view.show_all else view.rows
    shown = set(range(min(first, len(ordered))))
    stray = next((at for at, row in enumerate(ordered) if row.rule == UNMATCHED), None)
    if stray is not None and stray not in shown and first > 1:
        shown = shown - {first - 1} | {stray}
    if len(shown) < len(ordered):
        shown = _without_single(ordered, shown)
    return [row if at in shown else replace(row, shown=False) for at, row in enumerate(ordered)]


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


def _rank(row: RouteSummary | GroupSummary) -> int:
    if row.now in OUTAGES:
        return _FAILS
    if isinstance(row, RouteSummary) and row.rule == UNMATCHED:
        return _LAST
    below = row.condition in OUTAGES
    return _FAILED if below and row.counts.failure >= NOTABLE_FAILURES else _WORKS
