"""Completion: the scripts for the shells, what they ask for, and the routes of the database among it."""

from flask_status_cli.cli.commands.completion.command import completion

__all__ = ["completion"]
