"""The type of a time zone that is used because the user named none."""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo


class UnnamedZone(ZoneInfo):
    """The time zone of the system. The user named no other one."""


def unless_named(zone: tzinfo, other: tzinfo) -> tzinfo:
    """Return `zone` if the user named it, else `other`.

    `other` is the zone of a server that writes times without an offset.
    """
    return other if isinstance(zone, UnnamedZone) else zone
