"""Which counts are deleted, which were deleted, and what is remembered of the time before."""

from __future__ import annotations

from dataclasses import dataclass

KEPT_AROUND = 10
"""So many minutes before and after an incident are kept with it."""

KEPT_BEFORE = 30
"""Minutes before the start of the search for incidents that are kept, because a window may begin in them."""

KEPT_BETWEEN = 30
"""If two episodes of a route are no farther apart than this, the minutes between them are kept, too."""


@dataclass(frozen=True, slots=True)
class SettledEpisode:
    """A closed episode, found while all its minutes were kept. It is not searched for again.

    `start` and `last` are its first and last failing epoch minute, `bad` is a bad minute, `decided` is the
    minute that ended it, and `recovered` says whether successes ended it. The rule `*` means the site.
    """

    label: str
    rule: str
    start: int
    last: int
    bad: int
    decided: int
    recovered: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """The closed episodes from before the epoch minute `since`. Later episodes are searched for."""

    since: int
    episodes: tuple[SettledEpisode, ...]


@dataclass(frozen=True, slots=True)
class Pruning:
    """What may be deleted: minutes before `minutes`, except those of episodes; quarters before `quarters`.

    Both are epoch minutes at which a quarter of an hour begins. `settled` are the episodes to remember.
    """

    minutes: int
    quarters: int | None
    settled: Settled


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted: rows of minutes and of quarters, and requests that waited for an answer.

    `minutes` is the epoch minute from which on all minutes are kept, `None` if there are no counts. `done` is
    false if the time ran out; then the next run continues.
    """

    minutes: int | None
    minute_rows: int = 0
    quarter_rows: int = 0
    poured: int = 0
    done: bool = True
