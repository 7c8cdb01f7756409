"""The clock and the time zone of this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask_status_cli.errors import ConfigError


def clock() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


def zone(name: str | None) -> ZoneInfo:
    """Return the time zone with this name. `None` means that of the system, or else UTC.

    Raises `ConfigError` if there is no time zone with this name.
    """
    if name is not None:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            hint = "try for example Europe/Berlin or UTC"
            raise ConfigError("timezone", f"{name!r} is not a time zone", hint) from None
    from flask_status_cli.system_zone import system_zone

    try:
        return system_zone()
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
