"""Which clock pruning goes by: one that jumped far ahead is believed only after days of runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

JUMP = timedelta(days=35)
"""A clock that is further than this from the last believed one has jumped."""

DAYS_UNTIL_BELIEVED = 7
"""On so many days there must have been a run on the other side of a jump, a day apart at least."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Belief:
    """What the runs so far say of the clock.

    `believed` is the clock of the last run that is believed. `doubted` is that of the last run on the other
    side of a jump, `None` where there is none; `counted` is when the last of its `days` was counted.
    """

    believed: datetime
    doubted: datetime | None = None
    counted: datetime | None = None
    days: int = 0

    @property
    def ahead(self) -> bool:
        """Whether the last run's clock was far ahead, and is not believed yet."""
        return self.doubted is not None and self.doubted > self.believed

    def after_run(self, now: datetime) -> Belief:
        """Return what is believed after a run that ended at `now` by its clock."""
        if _near(now, self.believed):
            return Belief(now)
        if self.doubted is None or self.counted is None or not _near(now, self.doubted):
            return replace(self, doubted=now, counted=now, days=0)
        if not self.counted <= now < self.counted + _DAY:
            days = self.days + (now > self.counted)
            if days >= DAYS_UNTIL_BELIEVED:
                return Belief(now)
            return replace(self, doubted=now, counted=now, days=days)
        return replace(self, doubted=now)

    def for_pruning(self, now: datetime) -> datetime:
        """Return the instant that pruning counts back from: `now`, unless the clock jumped far ahead."""
        return now if now <= self.believed + JUMP else self.believed


def _near(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= JUMP
