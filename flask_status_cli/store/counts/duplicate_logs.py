"""Decides whether two logs have the same requests, such as the logs of nginx and gunicorn for one app.

A *cell* is the number of requests of one minute, route and status. In two logs of the same requests, nearly
all cells are equal. In logs of two servers that share the traffic of an app, at most half of the cells with
few requests are equal. Regular requests prove nothing, because a probe each minute makes equal cells in any
two logs. So routes whose requests repeat after a fixed time are left out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final, TypeAlias

from flask_status_cli.frozen import frozen
from flask_status_cli.model import MinuteCounts
from flask_status_cli.store.batch import BatchRefused
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled

Series: TypeAlias = Mapping[int, int]
"""The numbers of requests of one route and status, by epoch minute."""

Cells: TypeAlias = Mapping[tuple[int, int], Series]
"""The series of each (route, status)."""

ENOUGH_CELLS: Final = 40
"""Fewer cells than this prove nothing."""

ENOUGH_MINUTES: Final = 10
"""Cells of fewer minutes than this prove nothing."""

ALIKE: Final = 4, 5
"""If at least this share of the cells is equal (4 of 5), the requests are the same."""

LEAST_CELLS: Final = 32
"""A log with fewer cells than this is never the same: of `ENOUGH_CELLS`, this many must be equal.

A cell is equal only if both logs have requests in it.
"""

SHARED: Final = 1, 2
"""Two logs are compared only if one of them shares the routes and statuses of half of its requests."""

FEW: Final = 5
"""If there are enough cells with at most this many requests, only these are compared.

In such cells, servers that share the traffic have unequal numbers.
"""

LONGEST_PERIOD: Final = 60
"""Requests that repeat after at most this many minutes are regular."""

WINDOW: Final = 60
"""This many minutes with requests are compared at each of three places: beginning, middle and end."""

MOST_ROWS: Final = 5_000
"""At most this many rows are compared, which takes about a hundredth of a second."""

ONE_IN: Final = 5
"""A series is regular if at most one in this many of its minutes differs from the minute a period later."""

PERIODS: Final = 3
"""A series is regular only if at least this many of its minutes could be compared with a later one."""


@frozen
class LogComparison:
    """The result of comparing a new log with the counts.

    - `cells`: how many cells were compared.
    - `equal`: how many of them are equal.
    - `minutes`: from how many minutes the cells are.
    - `more`: how many requests of the log have a route and status that the counts do not have.
    - `missing`: how many counted requests have a route and status that the log does not have.
    """

    cells: int = 0
    equal: int = 0
    minutes: int = 0
    more: int = 0
    missing: int = 0

    @property
    def same(self) -> bool:
        """Whether the log has the same requests as the counts."""
        enough = self.cells >= ENOUGH_CELLS and self.minutes >= ENOUGH_MINUTES
        return enough and _at_least(ALIKE, self.equal, self.cells)

    @property
    def unlike(self) -> bool:
        """Whether there are enough cells and fewer than half are equal, so that no more need be compared."""
        return self.cells >= ENOUGH_CELLS and self.equal * 2 < self.cells

    def __add__(self, other: LogComparison) -> LogComparison:
        """Return the result of two comparisons together."""
        return LogComparison(
            self.cells + other.cells,
            self.equal + other.equal,
            self.minutes + other.minutes,
            self.more + other.more,
            self.missing + other.missing,
        )


class CountedTwice(BatchRefused):
    """A batch has requests that were counted before under the same label. Nothing was stored.

    `likeness` is the result of the comparison, `first` the first epoch minute that was compared.
    """

    def __init__(self, likeness: LogComparison, first: int) -> None:
        super().__init__(likeness, first)
        self.likeness = likeness
        self.first = first


def is_comparable(batch: MinuteCounts) -> bool:
    """Return whether a batch has enough cells, in enough minutes, to be the same as what was counted.

    Otherwise the comparison could have one result only, and it takes milliseconds.
    """
    cells = accumulate(map(len, batch.minutes.values()))
    return len(batch.minutes) >= ENOUGH_MINUTES and any(many >= LEAST_CELLS for many in cells)


def may_be_comparable(lines: int, minutes: int) -> bool:
    """Return whether a batch of so many lines, which are of so many minutes, may be comparable."""
    return lines >= LEAST_CELLS and minutes >= ENOUGH_MINUTES


def refuse_known(
    connection: Connection, batch: MinuteCounts, places: Mapping[int, tuple[int, int]]
) -> None:
    """Raise `CountedTwice` if the requests of a batch were counted before.

    `places` has (route, status) by code.
    """
    if not is_comparable(batch):
        return
    minutes = _counted_too(connection, sorted(batch.minutes), batch.label)
    found = LogComparison()
    for window in _windows(minutes):
        new: defaultdict[tuple[int, int], dict[int, int]] = defaultdict(dict)
        for minute in window:
            for code, requests in batch.minutes[minute].items():
                if code in places:
                    series = new[places[code]]
                    series[minute] = series.get(minute, 0) + requests
        found += compare_logs(new, _known(connection, batch.label, window[0], window[-1]))
        if found.unlike:
            return
    if found.same:
        raise CountedTwice(found, minutes[0])


def _counted_too(connection: Connection, minutes: Sequence[int], label: str) -> Sequence[int]:
    """Return those minutes that lie between the first and the last minute with counts of the label."""
    within = {"first": minutes[0], "last": minutes[-1], "of_label": label}
    first = connection.value(compiled.FIRST_MINUTE, **within)
    if first is None:
        return ()
    last = connection.value(compiled.LAST_MINUTE, **within)
    return minutes[bisect_left(minutes, first) : bisect_right(minutes, last or first)]


def _windows(minutes: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the minutes to be compared, up to `WINDOW` of them at a time."""
    if len(minutes) <= 3 * WINDOW:
        starts: tuple[int, ...] = tuple(range(0, len(minutes), WINDOW))
    else:
        starts = (0, (len(minutes) - WINDOW) // 2, len(minutes) - WINDOW)
    for start in starts:
        yield minutes[start : start + WINDOW]


def _known(connection: Connection, label: str, first: int, last: int) -> Cells:
    rows = connection.rows(compiled.CELLS, first=first, last=last, of_label=label, most=MOST_ROWS)
    found: defaultdict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for at, number, status, requests in rows:
        found[number, status][at] = requests
    return found


def compare_logs(new: Cells, known: Cells) -> LogComparison:
    """Compare two logs in the time in which both have requests."""
    first, last = _common(new, known)
    new, known = _within(new, first, last), _within(known, first, last)
    shared = new.keys() & known.keys()
    more, missing = (_requests(each, each.keys() - shared) for each in (new, known))
    if not (_mostly(new, more) or _mostly(known, missing)):
        return LogComparison()
    irregular = [key for key in shared if not is_regular(known[key], last)]
    cells = [cell for key in irregular for cell in _compared(new[key], known[key])]
    few = [cell for cell in cells if max(cell[1:]) <= FEW]
    cells = few if len(few) >= ENOUGH_CELLS else cells
    minutes = {minute for minute, _, _ in cells}
    equal = sum(one == other for _, one, other in cells)
    return LogComparison(len(cells), equal, len(minutes), more, missing)


def _common(new: Cells, known: Cells) -> tuple[int, int]:
    spans = [[m for series in cells.values() for m in series] for cells in (new, known)]
    if not all(spans):
        return 0, -1
    return max(map(min, spans)), min(map(max, spans))


def _within(cells: Cells, first: int, last: int) -> dict[tuple[int, int], dict[int, int]]:
    found = {
        key: {m: n for m, n in series.items() if first <= m <= last}
        for key, series in cells.items()
    }
    return {key: series for key, series in found.items() if series}


def _requests(cells: Cells, keys: Iterable[tuple[int, int]]) -> int:
    return sum(sum(cells[key].values()) for key in keys)


def _mostly(cells: Cells, alone: int) -> bool:
    """Return whether enough requests of a log have a route and status that the other log has, too.

    `alone` is the number of its requests with a route and status that the other log does not have.
    """
    every = _requests(cells, cells)
    return _at_least(SHARED, every - alone, every) and every > alone


def is_regular(series: Series, last: int) -> bool:
    """Return whether the requests repeat after a fixed number of minutes, up to the minute `last`."""
    return any(_repeats(series, period, last) for period in range(1, LONGEST_PERIOD + 1))


def _repeats(series: Series, period: int, last: int) -> bool:
    followed = differ = 0
    for minute, requests in series.items():
        if minute + period <= last:
            followed += 1
            differ += series.get(minute + period) != requests
            if differ * ONE_IN > len(series):
                return False
    return followed >= PERIODS and differ * ONE_IN <= followed


def _compared(one: Series, other: Series) -> Iterator[tuple[int, int, int]]:
    for minute in sorted(one.keys() | other.keys()):
        yield minute, one.get(minute, 0), other.get(minute, 0)


def _at_least(share: tuple[int, int], part: int, whole: int) -> bool:
    """Return whether a part is at least a share, given as (numerator, denominator), of the whole."""
    numerator, denominator = share
    return part * denominator >= whole * numerator
