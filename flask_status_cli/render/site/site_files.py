"""All files of a site, by their path in the directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask_status_cli.model import UNMATCHED, StatusSummary
from flask_status_cli.render.html import PageOptions, render
from flask_status_cli.render.json import report_json
from flask_status_cli.render.site.badge import route_badge, site_badge
from flask_status_cli.render.site.feed import feed
from flask_status_cli.render.site.file_names import BADGES, file_names, key
from flask_status_cli.render.site.statuspage import Site, status_json, summary_json
from flask_status_cli.render.text.words import Words

PAGE = "index.html"
FEED = "feed.atom"

API = "api/v2"
"""The directory in which clients of Statuspage look for data."""


def files(
    summary: StatusSummary, words: Words, options: PageOptions, *, url: str
) -> Mapping[str, bytes]:
    """Return the files of the site by path, the page last. `url` is the address of the site, or empty.

    The same summary, words, options and address give the same bytes.
    """
    site = Site(options.title or words.say("title"), url)
    badge = site_badge(summary, words, title=site.title)
    api = {"summary.json": summary_json(summary, site), "status.json": status_json(summary, site)}
    texts = {
        "status.json": report_json.render(summary),
        "summary.json": api["summary.json"],
        **{f"{API}/{name}": text for name, text in api.items()},
        FEED: feed(summary, words, title=site.title, url=url),
        "badge.json": badge.endpoint(),
        "badge.svg": badge.svg(),
        **_badges(summary, words, most=options.max_routes),
        PAGE: render(summary, words, replace(options, feed=FEED)),
    }
    return {name: text.encode() for name, text in texts.items()}


def _badges(summary: StatusSummary, words: Words, *, most: int) -> Mapping[str, str]:
    """Return a badge for each route that the page lists."""
    routes = [route for route in summary.routes if route.rule != UNMATCHED][:most]
    names = file_names(routes)
    return {
        f"{BADGES}/{names[key(route)]}.svg": route_badge(route, summary, words).svg()
        for route in routes
    }
