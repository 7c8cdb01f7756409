"""Decides whether two logs have the same requests, such as nginx's and gunicorn's of one app.

Requests are compared by minute, route and status. In two logs of the same requests nearly all such cells are
equal. If servers share the traffic of an app, at most half of the cells with few requests are equal, however
evenly they share. Requests that come regularly prove nothing, because a probe each minute makes equal cells
in any two logs. So routes whose requests repeat after the same time are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from flask_status_cli.model import MinuteCounts
from flask_status_cli.store.batch import BatchRefused
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled

Series: TypeAlias = Mapping[int, int]
"""Requests by epoch minute, of one route and status."""

Cells: TypeAlias = Mapping[tuple[int, int], Series]
"""Requests by (route, status), then by minute."""

ENOUGH_CELLS: Final = 40
"""Fewer cells than this are no evidence, whatever they contain."""

ENOUGH_MINUTES: Final = 10
"""Cells of fewer minutes than this are no evidence."""

ALIKE: Final = 4, 5
"""If at least this share of the cells is equal, the requests are the same."""

SHARED: Final = 1, 2
"""At least this share of the requests of one log must belong to routes and statuses that the other has, too.
"""

FEW: Final = 5
"""Cells with at most this many requests matter most, because an even share makes them unequal."""

LONGEST_PERIOD: Final = 60
"""Requests that come again after this many minutes or fewer are expected in any log."""

WINDOW: Final = 60
"""This many minutes with requests are compared at the beginning, in the middle and at the end of a batch."""

MOST_ROWS: Final = 5_000
"""At most this many rows are compared, which takes about a hundredth of a second."""

ONE_IN: Final = 5
"""A route is predictable if at most one in this many of its minutes differs from a period before."""

PERIODS: Final = 3
"""A route must have requests in at least this many minutes to be called predictable."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike a new log is to the counts: of `cells` compared over `minutes`, this many are `equal`.

    `more` is the number of its requests with routes and statuses that are not known, and `missing` the number
    of known requests that it does not have.
    """

    cells: int = 0
    equal: int = 0
    minutes: int = 0
    more: int = 0
    missing: int = 0

    @property
    def same(self) -> bool:
        """Whether they have the same requests."""
        enough = self.cells >= ENOUGH_CELLS and self.minutes >= ENOUGH_MINUTES
        return enough and _at_least(ALIKE, self.equal, self.cells)

    @property
    def unlike(self) -> bool:
        """Whether they differ so much that nothing more need be compared."""
        return self.cells >= ENOUGH_CELLS and self.equal * 2 < self.cells

    def __add__(self, other: Likeness) -> Likeness:
        """Return the likeness over two periods together."""
        return Likeness(
            self.cells + other.cells,
            self.equal + other.equal,
            self.minutes + other.minutes,
            self.more + other.more,
            self.missing + other.missing,
        )


class CountedTwice(BatchRefused):
    """A batch has requests that were counted before, under the same label. Nothing was stored.

    `likeness` is how alike they are, `first` the first epoch minute of the batch.
    """

    def __init__(self, likeness: Likeness, first: int) -> None:
        super().__init__(likeness, first)
        self.likeness = likeness
        self.first = first


def tells(batch: MinuteCounts) -> bool:
    """Return whether a batch has requests in enough minutes to be compared."""
    return len(batch.minutes) >= ENOUGH_MINUTES


def refuse_known(
    connection: Connection, batch: MinuteCounts, places: Mapping[int, tuple[int, int]]
) -> None:
    """Raise `CountedTwice` if the requests of a batch were counted before.

    `places` are as in `counts.add`.
    """
    if not tells(batch):
        return
    minutes = _counted_too(connection, sorted(batch.minutes), batch.label)
    found = Likeness()
    for window in _windows(minutes):
        new: defaultdict[tuple[int, int], dict[int, int]] = defaultdict(dict)
        for minute in window:
            for code, requests in batch.minutes[minute].items():
                if code in places:
                    series = new[places[code]]
                    series[minute] = series.get(minute, 0) + requests
        found += likeness(new, _known(connection, batch.label, window[0], window[-1]))
        if found.unlike:
            return
    if found.same:
        raise CountedTwice(found, minutes[0])


def _counted_too(connection: Connection, minutes: Sequence[int], label: str) -> Sequence[int]:
    """Return those of some minutes that lie between the first and the last with counts of the label."""
    within = {"first": minutes[0], "last": minutes[-1], "of_label": label}
    first = connection.value(compiled.FIRST_MINUTE, **within)
    if first is None:
        return ()
    last = connection.value(compiled.LAST_MINUTE, **within)
    return [each for each in minutes if first <= each <= (last or first)]


def _windows(minutes: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the minutes that are compared, a stretch of time each."""
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


def likeness(new: Cells, known: Cells) -> Likeness:
    """Compare two logs over the time in which both have requests."""
    first, last = _common(new, known)
    new, known = _within(new, first, last), _within(known, first, last)
    shared = new.keys() & known.keys()
    more, missing = (_requests(each, each.keys() - shared) for each in (new, known))
    if not (_mostly(new, more) or _mostly(known, missing)):
        return Likeness()
    told = [key for key in shared if not _predictable(known[key], last)]
    cells = [cell for key in told for cell in _compared(new[key], known[key])]
    few = [cell for cell in cells if max(cell[1:]) <= FEW]
    cells = few if len(few) >= ENOUGH_CELLS else cells
    minutes = {minute for minute, _, _ in cells}
    equal = sum(one == other for _, one, other in cells)
    return Likeness(len(cells), equal, len(minutes), more, missing)


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
    """Return whether enough of the requests are of routes and statuses that the other log has too."""
    every = _requests(cells, cells)
    return _at_least(SHARED, every - alone, every) and every > alone


def _predictable(series: Series, last: int) -> bool:
    """Return whether requests come again and again after the same time."""
    return any(_comes_again(series, period, last) for period in range(1, LONGEST_PERIOD + 1))


def _comes_again(series: Series, period: int, last: int) -> bool:
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
    """Return whether a part is at least this share of the whole, given as numerator and denominator."""
    numerator, denominator = share
    return part * denominator >= whole * numerator
