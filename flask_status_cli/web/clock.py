"""The clock and the time zone of this machine."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def clock() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


def zone(name: str | None) -> ZoneInfo:
    """Return the time zone with this name, else that of the system, else UTC.

    Raises `KeyError` or `ValueError` if there is no zone with this name.
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
