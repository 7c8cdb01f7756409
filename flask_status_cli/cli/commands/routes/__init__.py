"""`flask-status routes`: the commands on routes, one module each."""

from flask_status_cli.cli.commands.routes.group import routes

__all__ = ["routes"]
