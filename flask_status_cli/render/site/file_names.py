"""The names of files of the site, and names of routes that are safe in file names and ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

from flask_status_cli.model import RouteSummary
from flask_status_cli.model.log.entries import RouteKey

BADGES = "badges"
"""The directory of the routes' badges."""

NAME_LENGTH = 40
"""The longest part of a rule in a name, before its digest."""


def digest(*parts: str, length: int = 12) -> str:
    """Return hexadecimal digits that identify these texts."""
    return sha256("|".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:length]


def key(route: RouteSummary) -> RouteKey:
    """Return the texts that identify a route."""
    return route.label, route.rule


def file_names(routes: Iterable[RouteSummary]) -> Mapping[RouteKey, str]:
    """Return a safe and readable name for each route: `users-int-id-1c9f0a2b`. All names are different."""
    found: dict[RouteKey, str] = {}
    taken: set[str] = set()
    for route in routes:
        words = re.sub(r"[^a-z0-9]+", "-", f"{route.label}-{route.rule}".lower()).strip("-")
        stem = words[:NAME_LENGTH].strip("-") or "root"
        names = (f"{stem}-{digest(*key(route), length=length)}" for length in range(8, 65))
        found[key(route)] = next(name for name in names if name not in taken)
        taken.add(found[key(route)])
    return found
