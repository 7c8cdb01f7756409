"""`flask-status routes hide`, `unhide` and `only`: choose which routes reports show."""

from __future__ import annotations

import click

from flask_status_cli.cli.commands.routes.options import (
    label_option,
    rules_argument,
    some_rules_argument,
)
from flask_status_cli.cli.options import clock, database, database_option


@click.command(short_help="Hide routes from reports.")
@rules_argument
@label_option
@database_option
def hide(*, rules: tuple[str, ...], label: str | None) -> None:
    """Hide routes: reports leave them out, also from the total. Their requests are still counted.

    RULE is a rule, a name, or a pattern of rules such as '/api/*'.
    """
    _mark(rules, label, hidden=True)


@click.command(short_help="Show hidden routes again.")
@rules_argument
@label_option
@database_option
def unhide(*, rules: tuple[str, ...], label: str | None) -> None:
    """Show hidden routes again, with all requests that were counted meanwhile.

    RULE is a rule, a name, or a pattern of rules such as '/api/*'.
    """
    _mark(rules, label, hidden=False)


@click.command(short_help="Show these routes, and hide all others.")
@some_rules_argument
@click.option(
    "--all", "show_all", is_flag=True, help='Show all routes again that "only" has hidden.'
)
@label_option
@database_option
def only(*, rules: tuple[str, ...], show_all: bool, label: str | None) -> None:
    """Show these routes, and hide all other routes known now.

    RULE is a rule, a name, or a pattern of rules such as '/api/*'. With --label, routes of other apps are not
    changed. Routes that are found later are shown. To hide them, too, use the key "only" in the
    configuration. --all does not show routes that "hide" has hidden.
    """
    from flask_status_cli.pipeline.routes.list_and_edit import show_only

    if show_all == bool(rules):
        raise click.UsageError("name the routes to show, or give --all")
    wanted = None if show_all else rules
    shown, hidden = show_only(database(), wanted, label=label, clock=clock)
    click.echo(f"{_routes(shown)} shown, {_routes(hidden)} hidden", err=True)


def _mark(rules: tuple[str, ...], label: str | None, *, hidden: bool) -> None:
    from flask_status_cli.pipeline.routes.list_and_edit import hide_routes
    from flask_status_cli.render.commands.routes import written

    word = "hidden" if hidden else "shown"
    changed = hide_routes(database(), rules, hidden=hidden, label=label, clock=clock)
    for route in changed:
        click.echo(f"{written(route)}: {word}", err=True)
    if not changed:
        click.echo(f"nothing to do: {word} already", err=True)


def _routes(n: int) -> str:
    return "1 route" if n == 1 else f"{n:,} routes"
