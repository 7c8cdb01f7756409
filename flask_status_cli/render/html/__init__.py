"""The HTML status page: one self-contained file without a script, the same numbers as the terminal.

`render` is the whole interface; it makes the page as text, and the caller writes it.
"""

from flask_status_cli.render.html.page import render
from flask_status_cli.render.html.table import MAX_ROUTES

__all__ = ["MAX_ROUTES", "render"]
