"""Pruning: which counts may be deleted, which were deleted, and the closed episodes that are kept."""

from __future__ import annotations

from flask_status_cli.frozen import frozen

KEPT_AROUND = 10
"""The number of minutes before and after an incident that are kept with it."""

KEPT_BEFORE = 30
"""The number of minutes that are kept before the start of the search for incidents.

The first windows of the search (5 or 30 minutes) begin in them.
"""

KEPT_BETWEEN = 30
"""The minutes between two episodes of a route are kept if the episodes are at most so many minutes apart."""


@frozen
class ClosedEpisode:
    """A closed episode, found while all its minutes were kept. It is not searched for again.

    All minutes are epoch minutes. The rule `*` means the site.

    - `start`, `last`: the first and the last failing minute.
    - `bad`: a bad minute.
    - `decided`: the minute in which the episode was known to be over.
    - `recovered`: whether successes ended it.
    """

    label: str
    rule: str
    start: int
    last: int
    bad: int
    decided: int
    recovered: bool


@frozen
class ClosedEpisodes:
    """The closed episodes before the epoch minute `since`. Later episodes are searched for in the counts."""

    since: int
    episodes: tuple[ClosedEpisode, ...]


@frozen
class Pruning:
    """The counts that may be deleted, and the closed episodes to store before.

    - `minutes`: counts of minutes before this epoch minute may be deleted, except those of episodes.
    - `quarters`: counts of quarters of an hour before this epoch minute may be deleted; none if it is `None`.
    - `closed`: the closed episodes.

    A quarter of an hour begins at `minutes`, and one begins at `quarters`.
    """

    minutes: int
    quarters: int | None
    closed: ClosedEpisodes


@frozen
class Pruned:
    """The result of pruning.

    - `minutes`: the epoch minute from which on all minutes are kept, `None` if there are no counts.
    - `minute_rows`, `quarter_rows`: the numbers of deleted rows.
    - `poured`: the number of requests of waiting paths that were added to `<unmatched>`.
    - `done`: false if the time ran out; then the next run continues.
    """

    minutes: int | None
    minute_rows: int = 0
    quarter_rows: int = 0
    poured: int = 0
    done: bool = True
