"""Deploys: when which version went live, and how the requests went before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from flask_status_cli.model.counts import Counts
    from flask_status_cli.model.incident.incidents import Incident

MOST_DEPLOYS: Final = 5000
"""This many deploys are kept. Another one takes the place of the oldest."""

LONGEST_VERSION: Final = 100
"""The longest version, in characters."""

LONGEST_NOTE: Final = 500
"""The longest note, in characters."""

LONGEST_LABEL: Final = 200
"""The longest label, in characters."""

NEAR: Final = timedelta(minutes=15)
"""An incident that begins this long after a deploy, or sooner, names it."""


@dataclass(frozen=True, slots=True)
class Deploy:
    """A version that went live at `at`, a whole minute in UTC.

    A deploy with a `label` concerns the routes of this label. Without one it concerns all routes.
    """

    id: int
    version: str
    at: datetime
    label: str = ""
    note: str = ""

    def concerns(self, label: str) -> bool:
        """Return whether it concerns the routes of a label."""
        return self.label in ("", label)


class Extent(Enum):
    """Why the periods before and after a deploy are as long as they are.

    They have the longest length, or end at the next deploy, begin at the previous one or at the first entry,
    or the one after the deploy is not over.
    """

    DAY = "day"
    NEXT_DEPLOY = "next_deploy"
    PREVIOUS_DEPLOY = "previous_deploy"
    FIRST_ENTRY = "first_entry"
    SO_FAR = "so_far"


@dataclass(frozen=True, slots=True)
class DeploySide:
    """The requests of the period before or after a deploy, from `start` to `end` (exclusive).

    `availability` is floored text, `None` with nothing to judge. `server_errors` are the requests with a 5xx.
    """

    start: datetime
    end: datetime
    counts: Counts
    availability: str | None
    server_errors: int


@dataclass(frozen=True, slots=True)
class DeployComparison:
    """The requests before and after a deploy, over periods of the same length."""

    minutes: int
    extent: Extent
    before: DeploySide
    after: DeploySide


@dataclass(frozen=True, slots=True)
class DeploySummary:
    """A deploy in a report.

    - `to_come`: whether it is later than the report.
    - `comparison`: `None` for a deploy that is to come, after which nothing was read yet, or that is not
      among the latest `COMPARED` of the report.
    - `incidents`: the ids of the incidents that began shortly after it, without false alarms.
    """

    deploy: Deploy
    to_come: bool
    comparison: DeployComparison | None
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownDeploy:
    """One deploy outside of a report, as of `generated_at`. Times are shown in `zone`."""

    generated_at: datetime
    zone: tzinfo
    timezone: str
    summary: DeploySummary
    incidents: tuple[Incident, ...]
