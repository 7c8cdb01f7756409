"""`flask-status routes list`: lists the routes."""

from __future__ import annotations

import os
import sys

import click

from flask_status_cli.cli.commands.routes.options import label_option, some_rules_argument
from flask_status_cli.cli.options import database, database_option, lang_option, words_of


@click.command("list", short_help="List the routes, including hidden ones.")
@some_rules_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@label_option
@lang_option
@database_option
def list_(*, rules: tuple[str, ...], as_json: bool, label: str | None, lang: str | None) -> None:
    """List the routes: name, rule, origin, first and last request, and number of requests.

    RULE is a rule, a name, or a pattern of rules such as '/api/*'. Without RULE, all routes are listed,
    including hidden ones. Times are in UTC.
    """
    from flask_status_cli.pipeline.routes.list_and_edit import list_routes

    words = words_of(lang, medium="json" if as_json else None)
    listed = list_routes(database(), rules, label=label)
    if as_json:
        from flask_status_cli.render.commands.routes import as_json as document

        click.echo(document(listed), nl=False)
    else:
        from flask_status_cli.render.terminal import write_routes

        write_routes(listed, sys.stdout, environment=os.environ, words=words)
