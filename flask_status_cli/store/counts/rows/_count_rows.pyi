"""The interface of `count_rows.h`, which is compiled when the package is installed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

def count_rows(
    order: list[int],
    start: int,
    most: int,
    minutes: Mapping[int, Mapping[int, int]],
    places: dict[int, int],
    routes: list[int],
    statuses: list[int],
    quarters: list[int],
    left: set[int],
    /,
) -> tuple[int, list[int]]:
    """Return the rows of minutes, value by value: minute, route, status, requests.

    They are those of `order[start:]`, until there are `most` values and a quarter ends. The first result is
    the place of the next minute in `order`.

    - `minutes[minute][code]`: a number of requests, more than 0.
    - `places`: the place of each code; its route and its status are at this place of `routes` and `statuses`.
    - `quarters`: the rows of quarters are appended here.
    - `left`: the minutes of codes without a place are added here.
    """

def copy_rows(
    order: list[int],
    start: int,
    most: int,
    minutes: Mapping[int, Mapping[int, int]],
    places: dict[int, int],
    routes: list[int],
    statuses: list[int],
    left: set[int],
    /,
) -> tuple[int, bytes, bytes]:
    """Return the rows of minutes, and those of their quarters, as texts for PostgreSQL's COPY.

    A line is a row. The rows, the first result and the arguments are those of `count_rows`, but `most` is a
    number of bytes.
    """

def duration_rows(
    sums: dict[int, Mapping[int, int]],
    records: Sequence[bytes],
    groups: dict[int, int],
    first: int,
    last: int,
    most: int,
    /,
) -> tuple[list[Any], list[Any]]:
    """Return the rows of hours and of days; see `store.counts.duration_rows.rows_of`.

    `sums` and `records` are those of `parts_of` of the durations. `most` is at most 4,000.
    """

def waiting_rows(
    label: str,
    order: list[int],
    minutes: Mapping[int, Mapping[int, int]],
    paths: Mapping[int, tuple[str, int]],
    /,
) -> list[str | int]:
    """Return the rows of the paths that wait, in these minutes, value by value.

    A row is the label, a path, a minute, a status, the requests, and an empty text for durations. Rows are
    sorted by path; those of one path are in the order of the minutes. `paths` has (path, status) of each code
    of a path that waits.
    """

def rows_by_minute(
    minutes: Mapping[int, Mapping[int, int]],
    paths: Mapping[int, tuple[str, int]],
    within: Iterable[int],
    /,
) -> dict[int, int]:
    """Return how many codes in `paths` each of the minutes `within` has, if it has any."""

def waiting_sums(
    minutes: dict[int, Mapping[int, int]], paths: Mapping[int, tuple[str, int]], /
) -> dict[tuple[int, int], int]:
    """Return the requests of the paths that wait, by minute and status. No other ones are in the result."""
