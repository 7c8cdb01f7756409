"""`flask-status db`: what the database holds."""

from __future__ import annotations

import click

from flask_status_cli.cli.options import database, database_option


@click.group()
def db() -> None:
    """Look after the database."""


@db.command(short_help="Show sizes, span, logs read, and the last runs.")
@database_option
def info() -> None:
    """Show sizes, span, logs read, last runs, and what could not be attributed."""
    from flask_status_cli.pipeline.report import database_info
    from flask_status_cli.render.database import lines

    for line in lines(database_info(database())):
        click.echo(line)
