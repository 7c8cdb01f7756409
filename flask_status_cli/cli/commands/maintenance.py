"""`flask-status maintenance`: adds, lists and removes maintenance windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from flask_status_cli.cli.commands.completion import route_values as completion
from flask_status_cli.cli.options import (
    TIME_ZONE,
    clock,
    database,
    database_option,
    lang_option,
    words_of,
    zone,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flask_status_cli.model import Maintenance
    from flask_status_cli.render.text.words import Words

_timezone = click.option("--timezone", metavar="ZONE", help=TIME_ZONE)


@click.group()
def maintenance() -> None:
    """Plan maintenance windows: requests in them are not judged.

    These requests are counted, but as neither successes nor failures, and they cause no incident. A window
    may be in the past. It changes all reports that are made later.
    """


@maintenance.command(short_help="Add a window, in the past or in the future.")
@click.option("--from", "start", metavar="INSTANT", help="When the window begins.  [default: now]")
@click.option("--to", "end", metavar="INSTANT", help="When the window ends.")
@click.option("--for", "length", metavar="LENGTH", help="How long the window is: 90m, 2h, 1d.")
@click.option(
    "--route",
    "rules",
    multiple=True,
    metavar="PATTERN",
    shell_complete=completion.rules,
    help="Only routes whose rule matches this pattern, such as '/api/*'. May be repeated.  [default: all]",
)
@click.option("--note", default="", metavar="TEXT", help="The reason for the maintenance.")
@_timezone
@database_option
def add(*, timezone: str | None, **options: Any) -> None:
    """Add a maintenance window.

    The window is extended to whole quarters of an hour, because requests are counted by quarters of an hour.
    """
    from flask_status_cli.pipeline.maintenance import MaintenanceOptions, add_maintenance
    from flask_status_cli.render.escape import encodable
    from flask_status_cli.render.text.words import ENGLISH

    if (options["end"] is None) == (options["length"] is None):
        raise click.UsageError("give the end: --to INSTANT or --for LENGTH")
    times = zone(timezone, option="--timezone")
    options["note"] = encodable(options["note"])
    added = add_maintenance(MaintenanceOptions(database(), times, **options), clock=clock)
    snapped = " (extended to whole quarter hours)" if added.snapped else ""
    click.echo(f"added maintenance {_line(added.window, times, ENGLISH)}{snapped}", err=True)
    for pattern in added.unmatched:
        click.echo(f"no route matches {pattern!a} so far", err=True)


@maintenance.command("list", short_help="List the windows.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as in a report.")
@_timezone
@lang_option
@database_option
def list_(*, as_json: bool, timezone: str | None, lang: str | None) -> None:
    """List the windows, sorted by when they begin."""
    from flask_status_cli.pipeline.maintenance import list_maintenance

    words = words_of(lang, medium="json" if as_json else None)
    windows = list_maintenance(database())
    if as_json:
        from flask_status_cli.render.json.report_json import maintenance_windows

        click.echo(maintenance_windows(windows), nl=False)
        return
    times = zone(timezone, option="--timezone")
    for window in windows:
        click.echo(_line(window, times, words))


@maintenance.command(short_help="Remove a window.")
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**31))
@database_option
def remove(*, number: int) -> None:
    """Remove the window ID. Reports judge the requests in it again. "list" shows the IDs."""
    from flask_status_cli.pipeline.maintenance import remove_maintenance

    remove_maintenance(database(), number, clock=clock)
    click.echo(f"removed maintenance {number}", err=True)


def _line(window: Maintenance, zone: ZoneInfo, words: Words) -> str:
    """Return a line about a window: `3: 2026-11-23 10:00 UTC to 2026-11-23 12:00 UTC, /api/*: new disk`."""
    from flask_status_cli.render.escape import printable
    from flask_status_cli.render.text.words import instant

    rules = ", ".join(map(printable, window.rules)) or words.say("maintenance.all_routes")
    start, end = instant(window.start, zone), instant(window.end, zone)
    line = words.say("maintenance.line", id=str(window.id), start=start, end=end, rules=rules)
    return f"{line}: {printable(window.note, 1000)}" if window.note else line
