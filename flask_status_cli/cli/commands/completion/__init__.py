"""Shell completion of commands, options, routes, labels, versions and files."""

from flask_status_cli.cli.commands.completion.command import completion

__all__ = ["completion"]
