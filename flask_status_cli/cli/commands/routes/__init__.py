"""`flask-status routes`: the commands that list, edit and declare routes."""

from flask_status_cli.cli.commands.routes.group import routes

__all__ = ["routes"]
