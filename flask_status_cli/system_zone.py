"""The time zone of the system.

It is nearly always said in one of two places that are quick to read: the variable `TZ`, or the link
`/etc/localtime`. Only where they do not say it, tzlocal looks: to import it, and what it looks through, takes
11 ms.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from flask_status_cli.unnamed_zone import UnnamedZone

OTHER_PLACES: Final = (
    "var/db/zoneinfo", "etc/sysconfig/clock", "etc/conf.d/clock", "system/bin/getprop",
)  # fmt: skip
"""Where one of these is, tzlocal has to compare what it says."""

_FOLDER: Final = "/zoneinfo/"
_LOCALTIME: Final = Path("/etc/localtime")


def system_zone() -> ZoneInfo:
    """Return the time zone of the system, UTC if it has none.

    Raises `KeyError`, `ValueError` or `OSError` if its places name no zone, or different ones.
    """
    name = zone_name(os.environ.get("TZ"), Path("/"))
    if name is not None:
        try:
            return UnnamedZone(name)
        except (KeyError, ValueError, OSError):
            pass  # tzlocal says what is wrong with it
    import tzlocal

    with warnings.catch_warnings():  # of a system that has no zone at all: it is UTC then
        warnings.simplefilter("ignore")
        return _as_system_zone(tzlocal.get_localzone())


def _as_system_zone(zone: ZoneInfo) -> ZoneInfo:
    """Return a zone that tzlocal found as an `UnnamedZone`. A zone that is only a file is read again."""
    path = Path(os.environ.get("TZ", "").removeprefix(":"))
    try:
        if path.is_absolute() or zone.key == "local":
            with (path if path.is_absolute() else _LOCALTIME).open("rb") as file:
                return UnnamedZone.from_file(file, key=zone.key)
        return UnnamedZone(zone.key)
    except (AttributeError, KeyError, ValueError, OSError):
        return zone


def zone_name(variable: str | None, root: Path) -> str | None:
    """Return the name of the zone, given `TZ` and the root of the file system; `None` if it is not plain."""
    if variable:
        name = variable.removeprefix(":")
        return name if name and not name.startswith("/") else None
    link = root / "etc/localtime"
    if any((root / place).exists() for place in OTHER_PLACES) or not link.is_symlink():
        return None
    _, _, name = os.path.realpath(link).partition(_FOLDER)
    try:
        written = (root / "etc/timezone").read_text("ascii")
    except FileNotFoundError:
        return name or None
    except (OSError, ValueError):
        return None
    return name if name and written.strip() == name else None
