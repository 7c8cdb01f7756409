"""`flask-status maintenance`: time that counts neither for nor against anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from flask_status_cli.cli.commands.completion import route_values as completion
from flask_status_cli.cli.options import clock, database, database_option, zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flask_status_cli.model import Maintenance

_timezone = click.option(
    "--timezone", metavar="ZONE", help="Zone of instants without offset.  [default: the system's]"
)


@click.group()
def maintenance() -> None:
    """Look after maintenance: time in which nothing is judged.

    Requests in it are counted, and neither failures nor successes; no incident comes of them. It holds at
    once in every report, for the past too.
    """


@maintenance.command(short_help="Add a window, in the past or to come.")
@click.option("--from", "start", metavar="INSTANT", help="When it begins.  [default: now]")
@click.option("--to", "end", metavar="INSTANT", help="When it ends.")
@click.option("--for", "length", metavar="LENGTH", help="How long it is: 90m, 2h, 1d.")
@click.option(
    "--route",
    "rules",
    multiple=True,
    metavar="PATTERN",
    shell_complete=completion.rules,
    help="Only routes whose rule matches this glob.  [default: all]",
)
@click.option("--note", default="", metavar="TEXT", help="What is done.")
@_timezone
@database_option
def add(*, timezone: str | None, **options: Any) -> None:
    """Add a window of maintenance.

    It is snapped outwards to whole quarters of an hour, since a report counts by quarters.
    """
    from flask_status_cli.pipeline.maintenance import MaintenanceOptions, add_maintenance
    from flask_status_cli.render.escape import encodable

    if (options["end"] is None) == (options["length"] is None):
        raise click.UsageError("say when it ends: --to INSTANT or --for LENGTH")
    times = zone(timezone, option="--timezone")
    options["note"] = encodable(options["note"])
    added = add_maintenance(MaintenanceOptions(database(), times, **options), clock=clock)
    snapped = " (snapped to whole quarters of an hour)" if added.snapped else ""
    click.echo(f"added maintenance {_line(added.window, times)}{snapped}", err=True)
    for pattern in added.unmatched:
        click.echo(f"no route matches {pattern!a} so far", err=True)


@maintenance.command("list", short_help="List the windows.")
@click.option("--json", "as_json", is_flag=True, help="As they stand in a report's JSON.")
@_timezone
@database_option
def list_(*, as_json: bool, timezone: str | None) -> None:
    """List the windows, the one that begins first before the others."""
    from flask_status_cli.pipeline.maintenance import list_maintenance

    windows = list_maintenance(database())
    if as_json:
        from flask_status_cli.render.json.report_json import maintenance_windows

        click.echo(maintenance_windows(windows), nl=False)
        return
    times = zone(timezone, option="--timezone")
    for window in windows:
        click.echo(_line(window, times))


@maintenance.command(short_help="Remove a window.")
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**31))
@database_option
def remove(*, number: int) -> None:
    """Remove the window ID, as `list` numbers it: its time is judged again."""
    from flask_status_cli.pipeline.maintenance import remove_maintenance

    remove_maintenance(database(), number, clock=clock)
    click.echo(f"removed maintenance {number}", err=True)


def _line(window: Maintenance, zone: ZoneInfo) -> str:
    """Return a window in a line: `3: 2026-11-23 10:00 UTC to 2026-11-23 12:00 UTC, /api/*: new disk`."""
    from flask_status_cli.render.escape import printable
    from flask_status_cli.render.text.words import instant

    rules = ", ".join(printable(rule) for rule in window.rules) or "all routes"
    note = f": {printable(window.note, 1000)}" if window.note else ""
    return (
        f"{window.id}: {instant(window.start, zone)} to {instant(window.end, zone)}, {rules}{note}"
    )
