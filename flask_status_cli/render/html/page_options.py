"""The owner's choices for the page: title, logo, color, footer, number of rows."""

from __future__ import annotations

from flask_status_cli.frozen import frozen
from flask_status_cli.render.html.accent_color import Accent

MAX_ROUTES = 500
"""The default number of routes with rows of their own. The others are summed up in one row."""

STALE_AFTER = 15
"""After this many minutes a page says how old it is, unless set otherwise."""


@frozen
class PageOptions:
    """The choices for one page. Texts are shown as text, whatever is in them.

    - `logo`: the `data:` URL of an image.
    - `links`: texts and URLs for the footer.
    - `robots`: what search engines are told.
    - `stale_after`: in minutes.
    - `feed`: the URL of an Atom feed. `url`: that of the published page.
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
