"""`flask-status counts`: prints the raw counts."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from flask_status_cli.cli.options import database, database_option

if TYPE_CHECKING:
    from flask_status_cli.model import Stretch


@click.command(short_help="Print the raw counts: requests by time, route and status code.")
@click.option(
    "--by",
    type=click.Choice(["minute", "hour", "day"]),
    default="day",
    show_default=True,
    help="Add up the counts by this unit of time, in UTC.",
)
@click.option(
    "--latency",
    is_flag=True,
    help="Print the numbers of requests by response time instead, for each hour or day.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of objects.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV. This is the default.")
@database_option
def counts(*, by: Stretch, latency: bool, as_json: bool, as_csv: bool) -> None:
    """Print the raw counts: the number of requests by time, route and status code.

    Nothing is judged here: no policy and no maintenance window is applied. Times are in UTC.
    """
    from flask_status_cli.pipeline.report import counts as read
    from flask_status_cli.pipeline.report import duration_counts
    from flask_status_cli.render.commands import counts as render

    if as_json and as_csv:
        raise click.UsageError("choose one of --csv and --json")
    lines = render.json_lines if as_json else render.csv_lines
    if latency:
        if by == "minute":
            raise click.UsageError(
                "response times are counted by the hour; use --by hour or --by day"
            )
        with duration_counts(database(), by_day=by == "day") as durations:
            _write(lines(durations, by=by, listing=render.DURATIONS))
        return
    with read(database(), by) as (rows, complete_from):
        _write(lines(rows, by=by))
        sys.stdout.buffer.flush()
        if complete_from is not None:
            since = render.time_text(complete_from, by=by)
            click.echo(f"flask-status: minutes are complete from {since} on", err=True)


def _write(lines: Iterable[str]) -> None:
    """Write lines for a program, always in UTF-8."""
    sys.stdout.buffer.writelines(line.encode() for line in lines)
