"""What of the counts may go, what went, and what is remembered of the time before."""

from __future__ import annotations

from dataclasses import dataclass

KEPT_AROUND = 10
"""So many minutes before and after an incident are kept with it."""

KEPT_BEFORE = 30
"""So many minutes are kept before the time since when incidents are looked for: a window begins there."""

KEPT_BETWEEN = 30
"""Two episodes of a route that are no farther apart are one incident: the minutes between them are kept."""


@dataclass(frozen=True, slots=True)
class SettledEpisode:
    """A stretch of failing that was found while all its minutes were kept: it is not looked for anew.

    `start` and `last` are its first and last failing epoch minute, `bad` a bad one, `decided` the one that
    ended it, `recovered` whether by successes. The site has the rule `*`.
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
    """What is known of failing before the epoch minute `since`; it is looked for only after that."""

    since: int
    episodes: tuple[SettledEpisode, ...]


@dataclass(frozen=True, slots=True)
class Pruning:
    """What may go: minutes before `minutes`, but for those of episodes; quarters before `quarters`, if any.

    Both are epoch minutes at which a quarter of an hour begins; `settled` is what holds from then on.
    """

    minutes: int
    quarters: int | None
    settled: Settled


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went: rows of minutes and of quarters, and requests that no longer wait for an answer.

    `minutes` is the epoch minute from which on all minutes are kept, `None` where there are no counts;
    `done` is false where time ran out, and the next run goes on.
    """

    minutes: int | None
    minute_rows: int = 0
    quarter_rows: int = 0
    poured: int = 0
    done: bool = True
