"""`flask-status routes name` and `describe`: name and describe a route."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flask_status_cli.cli.commands.routes.options import label_option, rule_argument
from flask_status_cli.cli.options import clock, database, database_option

if TYPE_CHECKING:
    from flask_status_cli.model import Route


@click.command(short_help="Give a route a name.")
@rule_argument
@click.argument("name")
@label_option
@database_option
def name(*, rule: str, name: str, label: str | None) -> None:
    """Give the route RULE a NAME for every report.

    RULE is the rule of the route, or its present name. NAME replaces the name from the app, also after the
    next "sync". An empty NAME restores the name from the app.
    """
    from flask_status_cli.pipeline.routes.list_and_edit import name_route

    route = name_route(database(), rule, name, label=label, clock=clock)
    _tell(route, "name", route.name, given=name)


@click.command(short_help="Give a route a description.")
@rule_argument
@click.argument("text")
@label_option
@database_option
def describe(*, rule: str, text: str, label: str | None) -> None:
    """Give the route RULE a description, which the page shows.

    RULE is the rule of the route, or its name. TEXT replaces the description from the app, also after the
    next "sync". An empty TEXT restores the description from the app.
    """
    from flask_status_cli.pipeline.routes.list_and_edit import describe_route

    route = describe_route(database(), rule, text, label=label, clock=clock)
    _tell(route, "description", route.doc, given=text)


def _tell(route: Route, what: str, value: str, *, given: str) -> None:
    """Print the present name or description of a route."""
    from flask_status_cli.render.commands.routes import written
    from flask_status_cli.render.escape import printable

    shown = f'{what} "{printable(value)}"' if value else f"no {what}"
    taken_back = "" if given else ", no longer set by hand"
    click.echo(f"{written(route)}: {shown}{taken_back}", err=True)
