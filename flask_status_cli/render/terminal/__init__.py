"""A report on a terminal: a table that fits the screen, made with rich.

`write` looks at the stream and the environment; `render` makes the text for a given width.
"""

from flask_status_cli.render.terminal.report import PIPE_WIDTH, render, write

__all__ = ["PIPE_WIDTH", "render", "write"]
