"""Reports and lists on a terminal: tables that fit the screen, made with rich.

`write` finds out what the stream can show. `render` returns the text for a given width.
"""

from flask_status_cli.render.terminal.incidents import (
    render_incidents,
    write_incident,
    write_incidents,
)
from flask_status_cli.render.terminal.report_screen import render, write
from flask_status_cli.render.terminal.route_list import write_routes
from flask_status_cli.render.terminal.route_screen import write_route
from flask_status_cli.render.terminal.screen import PIPE_WIDTH, Screen, screen_of, sentence

__all__ = [
    "PIPE_WIDTH",
    "Screen",
    "render",
    "render_incidents",
    "screen_of",
    "sentence",
    "write",
    "write_incident",
    "write_incidents",
    "write_route",
    "write_routes",
]
