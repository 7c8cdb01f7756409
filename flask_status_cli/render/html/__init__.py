"""The HTML status page: one self-contained file, the same numbers as the terminal.

`render` is the whole interface; it makes the page as text, and the caller writes it. `PageOptions` are the
owner's choices, which `accent` and `logo` make from what a person wrote.
"""

from flask_status_cli.render.html.accent import accent
from flask_status_cli.render.html.logo import logo
from flask_status_cli.render.html.options import MAX_ROUTES, PageOptions
from flask_status_cli.render.html.page import render

__all__ = ["MAX_ROUTES", "PageOptions", "accent", "logo", "render"]
