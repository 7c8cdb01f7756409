"""`flask-status routes name` and `describe`: what a route is called."""

from __future__ import annotations

import click

from flask_status_cli.cli.commands.routes.options import label_option, rule_argument
from flask_status_cli.cli.options import clock, database, database_option


@click.command(short_help="Give a route a name.")
@rule_argument
@click.argument("name")
@label_option
@database_option
def name(*, rule: str, name: str, label: str | None) -> None:
    """Call the route RULE by NAME in every report.

    RULE is the route's rule, or the name it has now. NAME outlasts what the app says; an empty one takes it
    back.
    """
    from flask_status_cli.pipeline.routes.list_and_edit import name_route

    name_route(database(), rule, name, label=label, clock=clock)


@click.command(short_help="Give a route a description.")
@rule_argument
@click.argument("text")
@label_option
@database_option
def describe(*, rule: str, text: str, label: str | None) -> None:
    """Describe the route RULE by TEXT, shown on the page.

    RULE is the route's rule, or its name. TEXT outlasts what the app says; an empty one takes it back.
    """
    from flask_status_cli.pipeline.routes.list_and_edit import describe_route

    describe_route(database(), rule, text, label=label, clock=clock)
