"""The clock and the time zone of this machine."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def clock() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


def zone(name: str | None) -> ZoneInfo:
    """Return the time zone of this name, else the system's; UTC where that is not clear.

    Raises `KeyError` or `ValueError` for a name that no zone has.
    """
    if name is not None:
        return ZoneInfo(name)
    import tzlocal

    try:
        with warnings.catch_warnings():  # of a system that has no zone at all: it is UTC then
            warnings.simplefilter("ignore")
            return tzlocal.get_localzone()
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
