"""`flask-status routes`: the routes of a database, one module a command."""

from flask_status_cli.cli.routes.group import routes

__all__ = ["routes"]
