"""`flask-status routes show`: shows one route in detail."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from flask_status_cli.cli.commands.routes.options import label_option, rule_argument
from flask_status_cli.cli.options import (
    NOW,
    ZONE,
    clock,
    database,
    database_option,
    lang_option,
    policy,
    settings,
    words_of,
    zone,
)


@click.command(short_help="Show one route in detail.")
@rule_argument
@click.option(
    "--days",
    type=click.IntRange(1, 3660),
    metavar="N",
    help="The number of calendar days, including today.  [default: 30]",
)
@click.option("--timezone", metavar="ZONE", help=ZONE)
@click.option(
    "--now",
    metavar="INSTANT",
    help=NOW,
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@label_option
@lang_option
@database_option
def show(*, rule: str, as_json: bool, label: str | None, lang: str | None, **options: Any) -> None:
    """Show one route in detail: its days, the hours of bad days, its status codes and its incidents.

    RULE is the rule of the route, or its name. The route may be hidden.
    """
    from flask_status_cli.pipeline.report import ReportOptions
    from flask_status_cli.pipeline.routes.list_and_edit import show_route

    words = words_of(lang, medium="json" if as_json else None)
    known = settings()
    choices = ReportOptions(
        database=database(),
        zone=zone(options["timezone"], option="--timezone"),
        days=options["days"] or known.days,
        now=options["now"],
        policy=policy(None),
        stale_after=known.stale_after,
    )
    listed, summary = show_route(rule, choices, label=label, clock=clock)
    if as_json:
        from flask_status_cli.render.json.route_json import render

        click.echo(render(listed, summary), nl=False)
    else:
        from flask_status_cli.render.terminal import write_route

        write_route(listed, summary, sys.stdout, environment=os.environ, words=words)
