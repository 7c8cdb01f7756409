"""`flask-status routes list`: every route, and what is known of it."""

from __future__ import annotations

import os
import sys

import click

from flask_status_cli.cli.options import database, database_option


@click.command("list", short_help="List the routes, hidden ones too.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@database_option
def list_(*, as_json: bool) -> None:
    """List every route: its name, where it comes from, when it was seen, and its requests.

    Counted is all time that is kept. Times are UTC.
    """
    from flask_status_cli.pipeline.routes import list_routes

    listed = list_routes(database())
    if as_json:
        from flask_status_cli.render.routes import as_json as document

        click.echo(document(listed), nl=False)
    else:
        from flask_status_cli.render.terminal import write_routes

        write_routes(listed, sys.stdout, environment=os.environ)
