"""Finds incidents in judged minutes: their times, routes and status codes. Pure functions."""

from flask_status_cli.incidents.description import describe_incident
from flask_status_cli.incidents.episodes.detector import Episode
from flask_status_cli.incidents.episodes.ended_with_site import end_with_site, find_episodes
from flask_status_cli.incidents.episodes.grouping import group_episodes
from flask_status_cli.incidents.episodes.joining import join_episodes
from flask_status_cli.incidents.episodes.search import (
    episodes_by_route,
    joined_episodes,
    unexplained_site_episodes,
)
from flask_status_cli.incidents.incident_ids import IdentifiedIncident, identify
from flask_status_cli.incidents.judged_minutes import (
    SITE,
    JudgedMinute,
    MinuteSource,
    PartlyReadMinute,
    RouteOrSite,
    SignsOfWork,
)

__all__ = [
    "SITE",
    "Episode",
    "IdentifiedIncident",
    "JudgedMinute",
    "MinuteSource",
    "PartlyReadMinute",
    "RouteOrSite",
    "SignsOfWork",
    "describe_incident",
    "end_with_site",
    "episodes_by_route",
    "find_episodes",
    "group_episodes",
    "identify",
    "join_episodes",
    "joined_episodes",
    "unexplained_site_episodes",
]
