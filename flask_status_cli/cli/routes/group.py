"""The group `flask-status routes` and its commands."""

from __future__ import annotations

import click

from flask_status_cli.cli.routes.listing import list_


@click.group()
def routes() -> None:
    """Look after the routes: what they are called, and which are shown."""


routes.add_command(list_)
