"""A route with its times and its number of requests, as `routes list` shows it."""

from __future__ import annotations

from datetime import datetime

from flask_status_cli.frozen import frozen
from flask_status_cli.model.log.entries import Route


@frozen
class ListedRoute:
    """A route, with all requests that are kept.

    `first` and `last` are the minutes of its oldest and newest entry, or the quarters of an hour if minutes
    are no longer kept. Both are `None` without requests.
    """

    route: Route
    first: datetime | None
    last: datetime | None
    requests: int


@frozen
class ForgottenRoute:
    """A route whose counts were deleted, and the number of its requests.

    `stays` says that the route itself was kept, because it is declared.
    """

    route: Route
    requests: int
    stays: bool = False
