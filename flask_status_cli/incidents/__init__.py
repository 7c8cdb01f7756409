"""Judged minutes become incidents: since when, until when, which routes, which codes; pure."""

from flask_status_cli.incidents.describe import describe
from flask_status_cli.incidents.episodes import Episode
from flask_status_cli.incidents.find import find, look, new_of_the_site, put_together
from flask_status_cli.incidents.grouping import group
from flask_status_cli.incidents.joining import join
from flask_status_cli.incidents.minutes import SITE, Judged, Known, Source, Who
from flask_status_cli.incidents.naming import Named, name

__all__ = [
    "SITE",
    "Episode",
    "Judged",
    "Known",
    "Named",
    "Source",
    "Who",
    "describe",
    "find",
    "group",
    "join",
    "look",
    "name",
    "new_of_the_site",
    "put_together",
]
