"""Finds incidents in judged minutes: their times, routes and status codes. Pure functions."""

from flask_status_cli.incidents.description import describe
from flask_status_cli.incidents.episodes.detector import Episode
from flask_status_cli.incidents.episodes.grouping import group
from flask_status_cli.incidents.episodes.joining import join
from flask_status_cli.incidents.episodes.search import (
    episodes_by_route,
    find,
    new_of_the_site,
    put_together,
)
from flask_status_cli.incidents.incident_ids import Named, name
from flask_status_cli.incidents.judged_minutes import SITE, Judged, Known, Source, Who

__all__ = [
    "SITE",
    "Episode",
    "Judged",
    "Known",
    "Named",
    "Source",
    "Who",
    "describe",
    "episodes_by_route",
    "find",
    "group",
    "join",
    "name",
    "new_of_the_site",
    "put_together",
]
