"""`flask-status db`: what the database holds, and its upkeep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.options import clock, database, database_option, settings
from flask_status_cli.render.escape import printable

if TYPE_CHECKING:
    from flask_status_cli.model.pruning import Pruned


@click.group()
def db() -> None:
    """Look after the database."""


@db.command(short_help="Show sizes, span, logs read, and the last runs.")
@database_option
def info() -> None:
    """Show sizes, span, logs read, last runs, and what could not be attributed."""
    from flask_status_cli.pipeline.report import database_info
    from flask_status_cli.render.commands.database import lines

    for line in lines(database_info(database())):
        click.echo(line)


@db.command(short_help="Drop the minutes of long ago, and shrink the file.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long an ingest may hold the database.",
)
@click.option(
    "--believe-clock",
    is_flag=True,
    help="The clock is right, though it jumped more than 35 days ahead since the last run.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something went wrong.")
@database_option
def prune(*, wait: float, believe_clock: bool, quiet: bool) -> None:
    """Drop what the retention no longer keeps, now and all of it, and shrink the file.

    Counts by minute are kept for 35 days (retention.minutes); those of incidents, and of ten minutes before
    and after, as long as counts by quarter of an hour: for good, or for retention.days. An ingest does the
    same once a day, but does not shrink the file. A clock that jumped more than 35 days ahead is believed
    after runs on 7 days, or with --believe-clock.
    """
    from flask_status_cli.pipeline.pruning import PruneOptions
    from flask_status_cli.pipeline.pruning import prune as do

    known, path = settings(), database()
    before = path.stat().st_size if path.exists() else 0
    options = PruneOptions(
        path, known.retention, known.policy, wait=wait, believe_clock=believe_clock
    )
    gone = do(options, clock=clock)
    if not quiet:
        _tell(gone, before, path)


def _tell(gone: Pruned, before: int, path: Path) -> None:
    from flask_status_cli.render.commands.database import pruned

    for line in pruned(gone, before=before, after=path.stat().st_size):
        click.echo(line, err=True)


@db.command(short_help="Check that the file is sound, and that its sums agree.")
@database_option
def check() -> int:
    """Check that the file is sound, and that each quarter of an hour is the sum of its minutes.

    The exit status is 1 where something is wrong.
    """
    from flask_status_cli.pipeline.database import check as look

    path = database()
    problems = look(path)
    for problem in problems:
        click.echo(f"flask-status: {printable(str(path))}: {printable(problem, 500)}", err=True)
    if not problems:
        click.echo(f"{printable(str(path))} is sound")
    return ExitStatus.FAILED if problems else ExitStatus.DONE


@db.command(short_help="Copy the database while others may write to it.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something went wrong.")
@database_option
def backup(*, file: Path, quiet: bool) -> None:
    """Copy the database to FILE, whole or not at all, in place of an earlier copy.

    Others may read and write it meanwhile.
    """
    from flask_status_cli.pipeline.database import back_up
    from flask_status_cli.render.commands.database import size_text

    size = back_up(database(), file)
    if not quiet:
        click.echo(f"wrote {printable(str(file))} ({size_text(size)})", err=True)
