"""`flask-status routes add`: a rule is declared by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from flask_status_cli.cli.commands.completion.route_values import labels, rules
from flask_status_cli.cli.options import clock, database, database_option, settings


@click.command(short_help="Declare a route by hand.")
@click.argument("rule", shell_complete=rules)
@click.option("--name", default="", metavar="TEXT", help="What it is called.")
@click.option("--doc", default="", metavar="TEXT", help="What it is for.")
@click.option("--group", default="", metavar="TEXT", help="The group it belongs to.")
@click.option(
    "--method", "methods", multiple=True, metavar="METHOD", help="Only this one; repeat for more."
)
@click.option("--label", metavar="NAME", shell_complete=labels, help="The app's label.")
@database_option
def add(*, rule: str, methods: tuple[str, ...], label: str | None, **said: Any) -> None:
    """Declare the rule RULE, in Flask's syntax: "/users/<int:id>".

    It is matched as Flask would, listed before its first request, and gets what was counted for it. Added
    again it is changed; "forget" takes it back.
    """
    from flask_status_cli.model import UrlRule
    from flask_status_cli.pipeline.routes.declare import DeclareOptions, add_rule
    from flask_status_cli.render.commands.rules import lines

    allowed = tuple(dict.fromkeys(method.upper() for method in methods)) or None
    declared = UrlRule(rule, methods=allowed, **said)
    options = DeclareOptions(database(), label=settings().label if label is None else label)
    done = add_rule(declared, options, clock=clock)
    for line in lines(replace(done, foreign={}, unknown=0)):  # of other routes nothing was asked
        click.echo(line, err=True)
