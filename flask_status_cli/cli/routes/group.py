"""The group `flask-status routes` and its commands."""

from __future__ import annotations

import click

from flask_status_cli.cli.routes.adding import add
from flask_status_cli.cli.routes.declared import export, exporter, import_, sync, undo
from flask_status_cli.cli.routes.forgetting import forget
from flask_status_cli.cli.routes.hiding import hide, only, unhide
from flask_status_cli.cli.routes.listing import list_
from flask_status_cli.cli.routes.naming import describe, name
from flask_status_cli.cli.routes.showing import show


@click.group(short_help="Look after the routes: their names, and which are shown.")
def routes() -> None:
    """Look after the routes: what they are called, and which are shown."""


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
