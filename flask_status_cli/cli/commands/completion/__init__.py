"""Shell completion of commands, options, routes, labels, versions and files."""

from typing import TYPE_CHECKING

from flask_status_cli.lazy import names_from

if TYPE_CHECKING:
    from flask_status_cli.cli.commands.completion.command import completion

__all__ = ["completion"]

__getattr__ = names_from(globals(), {"completion": "command"})
