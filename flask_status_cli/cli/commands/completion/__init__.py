"""Shell completion: the scripts, the routes and labels of the database, and file names."""

from flask_status_cli.cli.commands.completion.command import completion

__all__ = ["completion"]
