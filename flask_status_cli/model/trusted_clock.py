"""The clock that pruning trusts. A clock that jumped far ahead is trusted only after several days of runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_status_cli.frozen import frozen, replace

JUMP = timedelta(days=35)
"""A clock has jumped if it is farther than this from the last trusted one."""

DAYS_UNTIL_TRUSTED = 7
"""A jump is trusted after runs on this many days, each a day apart."""

_DAY = timedelta(days=1)


@frozen
class ClockTrust:
    """What the runs so far show about the clock of the machine.

    - `trusted`: the time of the last trusted run.
    - `doubted`: the time of the last run after a jump, `None` if there was no jump.
    - `days`: the number of days with runs since the jump.
    - `counted`: when the last of these days was counted.
    """

    trusted: datetime
    doubted: datetime | None = None
    counted: datetime | None = None
    days: int = 0

    @property
    def ahead(self) -> bool:
        """Whether the clock of the last run was far ahead and is not trusted yet."""
        return self.doubted is not None and self.doubted > self.trusted

    def after_run(self, now: datetime) -> ClockTrust:
        """Return the trust after another run, which ended at `now`."""
        if _near(now, self.trusted):
            return ClockTrust(now)
        if self.doubted is None or self.counted is None or not _near(now, self.doubted):
            return replace(self, doubted=now, counted=now, days=0)
        if not self.counted <= now < self.counted + _DAY:
            days = self.days + (now > self.counted)
            if days >= DAYS_UNTIL_TRUSTED:
                return ClockTrust(now)
            return replace(self, doubted=now, counted=now, days=days)
        return replace(self, doubted=now)

    def for_pruning(self, now: datetime) -> datetime:
        """Return the instant from which pruning counts back: `now`, unless the clock jumped far ahead."""
        return now if now <= self.trusted + JUMP else self.trusted


def _near(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= JUMP
