"""Deploys: when which version went live, and how the requests went before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

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
