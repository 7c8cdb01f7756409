"""`flask-status routes forget`: deletes routes and their counts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from flask_status_cli.cli.commands.routes.options import label_option, rules_argument
from flask_status_cli.cli.options import clock, database, database_option, policy

if TYPE_CHECKING:
    from flask_status_cli.model import ListedRoute


@click.command(short_help="Delete routes with all their counts.")
@rules_argument
@click.option("--yes", is_flag=True, help="Delete without asking.")
@label_option
@database_option
def forget(*, rules: tuple[str, ...], yes: bool, label: str | None) -> None:
    """Delete routes and all their counts forever.

    RULE is a rule, a name, or a pattern of rules such as '/api/*'. The command asks before it deletes. If a
    deleted route is requested again, it appears again. To keep a route out of reports, use "hide". Incidents
    that were announced or have a note stay in the list of incidents.
    """
    from flask_status_cli.pipeline.routes.list_and_edit import forget_routes
    from flask_status_cli.render.commands.routes import forgotten

    if not yes and not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on; --yes deletes without asking")
    agree = _yes if yes else _asked
    done = forget_routes(
        database(), rules, label=label, agree=agree, policy=policy(None), clock=clock
    )
    for each in done:
        click.echo(forgotten(each), err=True)
    if not done:
        click.echo("nothing was deleted", err=True)


def _yes(_: Sequence[ListedRoute]) -> bool:
    return True


def _asked(listed: Sequence[ListedRoute]) -> bool:
    from flask_status_cli.render.commands.routes import to_forget

    for line in to_forget(listed):
        click.echo(line, err=True)
    return click.confirm("Delete all of this forever?", err=True)
