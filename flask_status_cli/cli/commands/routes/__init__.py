"""`flask-status routes`: the routes of a database, one module a command."""

from flask_status_cli.cli.commands.routes.group import routes

__all__ = ["routes"]
