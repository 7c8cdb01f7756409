"""`flask-status routes add`: declares one rule by hand."""

from __future__ import annotations

from typing import Any

import click

from flask_status_cli.cli.commands.completion.route_values import labels, rules
from flask_status_cli.cli.options import clock, database, database_option, settings


@click.command(short_help="Declare a route by hand.")
@click.argument("rule", shell_complete=rules)
@click.option("--name", default="", metavar="TEXT", help="The name of the route.")
@click.option("--doc", default="", metavar="TEXT", help="A description of the route.")
@click.option("--group", default="", metavar="TEXT", help="The group that the route belongs to.")
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="METHOD",
    help="Only requests with this method. May be repeated.",
)
@click.option("--label", metavar="NAME", shell_complete=labels, help="The label of the app.")
@database_option
def add(*, rule: str, methods: tuple[str, ...], label: str | None, **said: Any) -> None:
    """Declare the rule RULE, written as in Flask: "/users/<int:id>".

    Requests are matched as Flask would match them. The route is listed even before its first request.
    Requests that were counted before and match the rule are moved to the route. To change the route, add it
    again. To remove it, use "forget".
    """
    from flask_status_cli.model import UrlRule
    from flask_status_cli.pipeline.routes.declare import DeclareOptions, add_rule
    from flask_status_cli.render.commands.rules import added

    allowed = tuple(dict.fromkeys(method.upper() for method in methods)) or None
    declared = UrlRule(rule, methods=allowed, **said)
    options = DeclareOptions(database(), label=settings().label if label is None else label)
    done = add_rule(declared, options, clock=clock)
    for line in added(rule, done):
        click.echo(line, err=True)
