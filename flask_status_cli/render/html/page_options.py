"""What the owner chooses of the page: its name and logo, its colour, its footer, how much it lists."""

from __future__ import annotations

from dataclasses import dataclass

from flask_status_cli.render.html.accent_colour import Accent

MAX_ROUTES = 500
"""How many routes a page lists unless told otherwise; the others are added up in one row."""

STALE_AFTER = 15
"""After so many minutes a page says how old it is, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class PageOptions:
    """The choices of one page; texts are shown as text, whatever is in them.

    `logo` is a `data:` address of an image, `links` are texts and addresses for the footer; `robots` is
    what search engines are told; `stale_after` are minutes; `feed` is the address of an Atom
    feed, `url` where the page is published.
    """

    title: str = ""
    logo: str = ""
    accent: Accent | None = None
    footer: str = ""
    links: tuple[tuple[str, str], ...] = ()
    robots: str = "noindex,nofollow"
    max_routes: int = MAX_ROUTES
    stale_after: int = STALE_AFTER
    feed: str = ""
    url: str = ""
