"""Deploys: the versions that went live, with the requests before and after each."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from enum import Enum
from typing import TYPE_CHECKING, Final

from flask_status_cli.frozen import frozen

if TYPE_CHECKING:
    from flask_status_cli.model.counts import Counts
    from flask_status_cli.model.incident.incidents import Incident

MOST_DEPLOYS: Final = 5000
"""The number of deploys that are kept. Beyond it, each new deploy replaces the oldest one."""

LONGEST_VERSION: Final = 100
"""The longest version, in characters."""

LONGEST_NOTE: Final = 500
"""The longest note, in characters."""

LONGEST_LABEL: Final = 200
"""The longest label, in characters."""

NEAR: Final = timedelta(minutes=15)
"""An incident names a deploy if it begins at most this long after the deploy."""


@frozen
class Deploy:
    """A version that went live at `at`, a whole minute in UTC.

    A deploy with a `label` concerns the routes with this label. A deploy without one concerns all routes.
    """

    id: int
    version: str
    at: datetime
    label: str = ""
    note: str = ""

    def concerns(self, label: str) -> bool:
        """Return whether the deploy concerns the routes with this label."""
        return self.label in ("", label)


class ComparisonLimit(Enum):
    """What limits the two periods that are compared: before and after a deploy. Both have the same length.

    - `DAY`: the longest length, a day.
    - `NEXT_DEPLOY`: the period after the deploy ends at the next deploy.
    - `PREVIOUS_DEPLOY`: the period before the deploy begins at the previous deploy.
    - `FIRST_ENTRY`: the period before the deploy begins at the first entry.
    - `SO_FAR`: the period after the deploy is not over.
    """

    DAY = "day"
    NEXT_DEPLOY = "next_deploy"
    PREVIOUS_DEPLOY = "previous_deploy"
    FIRST_ENTRY = "first_entry"
    SO_FAR = "so_far"


@frozen
class DeploySide:
    """The requests of the period before or after a deploy, from `start` to `end` (exclusive).

    `availability` is floored text, `None` if there is nothing to judge. `server_errors` is the number of
    requests with a 5xx.
    """

    start: datetime
    end: datetime
    counts: Counts
    availability: str | None
    server_errors: int


@frozen
class DeployComparison:
    """The requests before and after a deploy, in two periods that are both `minutes` long."""

    minutes: int
    extent: ComparisonLimit
    before: DeploySide
    after: DeploySide


@frozen
class DeploySummary:
    """A deploy in a report.

    - `to_come`: whether the deploy is later than the report.
    - `comparison`: `None` if the deploy is to come, if no log was read after it yet, or if it is not among
      the latest `COMPARED` deploys of the report.
    - `incidents`: the ids of the incidents that began shortly after the deploy, without false alarms.
    """

    deploy: Deploy
    to_come: bool
    comparison: DeployComparison | None
    incidents: tuple[str, ...] = ()


@frozen
class ShownDeploy:
    """One deploy as `deploy show` prints it, as of `generated_at`. Times are shown in `zone`."""

    generated_at: datetime
    zone: tzinfo
    timezone: str
    summary: DeploySummary
    incidents: tuple[Incident, ...]
