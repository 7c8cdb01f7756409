"""The HTML status page: one file without others, with the same numbers as the terminal.

`render` returns the page as text. `PageOptions` are the choices of the owner. `accent` and `logo` check a
color and an image of the owner.
"""

from flask_status_cli.render.html.accent_color import accent
from flask_status_cli.render.html.logo import logo
from flask_status_cli.render.html.page import render
from flask_status_cli.render.html.page_options import MAX_ROUTES, PageOptions

__all__ = ["MAX_ROUTES", "PageOptions", "accent", "logo", "render"]
