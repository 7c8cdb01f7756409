"""The group `flask-status routes` and its commands."""

from __future__ import annotations

import click

from flask_status_cli.cli.commands.routes.add import add
from flask_status_cli.cli.commands.routes.forget import forget
from flask_status_cli.cli.commands.routes.hide import hide, only, unhide
from flask_status_cli.cli.commands.routes.list_routes import list_
from flask_status_cli.cli.commands.routes.name import describe, name
from flask_status_cli.cli.commands.routes.show import show
from flask_status_cli.cli.commands.routes.sync import export, exporter, import_, sync, undo


@click.group(short_help="List, name, hide and declare routes.")
def routes() -> None:
    """List, name, hide and declare routes."""


routes.add_command(list_)
routes.add_command(show)
routes.add_command(add)
routes.add_command(name)
routes.add_command(describe)
routes.add_command(hide)
routes.add_command(unhide)
routes.add_command(only)
routes.add_command(forget)
routes.add_command(sync)
routes.add_command(export)
routes.add_command(import_)
routes.add_command(exporter)
routes.add_command(undo)
