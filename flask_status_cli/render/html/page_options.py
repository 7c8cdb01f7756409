"""The owner's choices for the page: title, logo, color, footer, number of rows."""

from __future__ import annotations

from flask_status_cli.frozen import frozen
from flask_status_cli.render.html.accent_color import Accent

MAX_ROUTES = 500
"""The default number of routes with rows of their own. The others are summed up in one row."""

STALE_AFTER = 15
"""The default number of minutes after which a page says how old it is."""


@frozen
class PageOptions:
    """The choices for one page. Markup in texts has no effect.

    - `logo`: the `data:` URL of an image.
    - `links`: texts and URLs for the footer.
    - `robots`: the directives for search engines.
    - `stale_after`: the age in minutes from which on a page says how old it is.
    - `feed`: the URL of an Atom feed. `url`: the URL of the published page.
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
