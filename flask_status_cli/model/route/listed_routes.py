"""A route as it is listed: what is known of it, and what it has had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_status_cli.model.log.entries import Route


@dataclass(frozen=True, slots=True)
class ListedRoute:
    """A route, and its requests in all the time that is kept.

    `first` and `last` are the minutes of its oldest and newest entry; where minutes are no longer kept, the
    beginning of the quarter of an hour. Both are `None` without a request.
    """

    route: Route
    first: datetime | None
    last: datetime | None
    requests: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A route that was forgotten, and how many requests with it; a declared one `stays`, without counts."""

    route: Route
    requests: int
    stays: bool = False
