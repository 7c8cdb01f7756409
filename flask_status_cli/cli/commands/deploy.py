"""`flask-status deploy`: marks, lists, shows and removes deploys."""

from __future__ import annotations

import click

from flask_status_cli.cli.commands.completion import deploy_values, route_values
from flask_status_cli.cli.options import (
    NOW,
    TIME_ZONE,
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

_timezone = click.option("--timezone", metavar="ZONE", help=TIME_ZONE)


@click.group()
def deploy() -> None:
    """Mark deploys, and compare the requests before and after them.

    A mark says when a version went live. If an incident begins in the 15 minutes after a deploy, reports name
    the deploy. The deploy need not be the cause. A mark does not change any figures.
    """


@deploy.command(short_help="Mark a deploy, now or at another time.")
@click.argument("version", metavar="VERSION")
@click.option("--at", metavar="INSTANT", help="When the version went live.  [default: now]")
@click.option(
    "--label",
    metavar="NAME",
    shell_complete=route_values.labels,
    help="The label of the app, if the deploy concerns only its routes.",
)
@click.option("--note", default="", metavar="TEXT", help="What the deploy changes.")
@_timezone
@database_option
def mark(
    *, version: str, at: str | None, label: str | None, note: str, timezone: str | None
) -> None:
    """Mark that VERSION went live.

    If an incident begins in the 15 minutes after a deploy, reports name the deploy. The time is stored
    without seconds. The same version in the same minute is stored once, so a script may try again.
    """
    from flask_status_cli.pipeline.deploys import MarkDeployOptions, mark_deploy
    from flask_status_cli.render.commands.deploys import line
    from flask_status_cli.render.escape import encodable, printable

    times = zone(timezone, option="--timezone")
    label = settings().label if label is None else label
    label, note = encodable(label), encodable(note)
    options = MarkDeployOptions(database(), times, encodable(version), at, label, note)
    marked = mark_deploy(options, clock=clock)
    done = "marked deploy" if marked.is_new else "marked already: deploy"
    click.echo(f"{done} {line(marked.deploy, times)}", err=True)
    for each in marked.gone:
        click.echo(f"too many deploys: removed the oldest, {line(each, times)}", err=True)
    if marked.unknown_label:
        shown = printable(marked.deploy.label)
        click.echo(f"no route has the label {shown} so far", err=True)


@deploy.command("list", short_help="List the deploys.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_timezone
@lang_option
@database_option
def list_(*, as_json: bool, timezone: str | None, lang: str | None) -> None:
    """List the deploys, the latest first."""
    from flask_status_cli.pipeline.deploys import list_deploys

    words = words_of(lang, medium="json" if as_json else None)
    deploys = list_deploys(database())
    if as_json:
        from flask_status_cli.render.json.report_json import marked_deploys

        click.echo(marked_deploys(deploys), nl=False)
        return
    from flask_status_cli.render.commands.deploys import line

    times = zone(timezone, option="--timezone")
    for each in deploys:
        click.echo(line(each, times, words))


@deploy.command(short_help="Compare the requests before and after a deploy.")
@click.argument("named", metavar="VERSION|ID", shell_complete=deploy_values.versions)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as in a report.")
@click.option("--now", metavar="INSTANT", help=NOW)
@click.option("--timezone", metavar="ZONE", help=ZONE)
@lang_option
@database_option
def show(
    *, named: str, as_json: bool, now: str | None, timezone: str | None, lang: str | None
) -> None:
    """Show the latest deploy of VERSION, or the one with this ID.

    The requests before and after it are counted over periods of the same length: up to 24 hours, and not
    beyond another deploy. Incidents that began within 15 minutes after it are named.
    """
    from flask_status_cli.pipeline.deploys import ShowDeployOptions, show_deploy

    known, words = settings(), words_of(lang, medium="json" if as_json else None)
    options = ShowDeployOptions(
        database(),
        zone(timezone, option="--timezone"),
        now,
        only=known.only,
        exclude=known.exclude,
        policy=policy(None),
        stale_after=known.stale_after,
    )
    shown = show_deploy(options, named, clock=clock)
    if as_json:
        from flask_status_cli.render.json.report_json import shown_deploy

        click.echo(shown_deploy(shown), nl=False)
        return
    from flask_status_cli.render.commands.deploys import lines

    for line in lines(shown, words):
        click.echo(line)


@deploy.command(short_help="Remove a deploy.")
@click.argument("named", metavar="VERSION|ID", shell_complete=deploy_values.versions)
@database_option
def remove(*, named: str) -> None:
    """Remove the deploy of VERSION, or the one with this ID. "list" shows both."""
    from flask_status_cli.pipeline.deploys import remove_deploy
    from flask_status_cli.render.escape import printable

    gone = remove_deploy(database(), named, clock=clock)
    click.echo(f"removed deploy {gone.id}: {printable(gone.version)}", err=True)
