"""`flask-status db`: shows, checks, copies and shrinks the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.options import (
    checked_host,
    clock,
    database,
    database_named,
    database_option,
    host_name,
    settings,
    zone,
)
from flask_status_cli.render.escape import printable

if TYPE_CHECKING:
    from flask_status_cli.model.pruning import Pruned


@click.group()
def db() -> None:
    """Show, check, copy and shrink the database."""


@db.command(short_help="Show sizes, times, logs and the last runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@database_option
def info(*, as_json: bool) -> None:
    """Show the size of the database, its first and last entry, the logs that were read, and the last runs."""
    from flask_status_cli.pipeline.report import database_info
    from flask_status_cli.render.commands.database import lines

    found = database_info(database())
    if as_json:
        from flask_status_cli.render.json import database_json

        click.echo(database_json.render(found), nl=False)
        return
    for line in lines(found):
        click.echo(line)


@db.group()
def hosts() -> None:
    """Show and change the hosts that ingest into one database."""


@hosts.command("list", short_help="List the hosts and when each last ran.")
@database_option
def list_hosts() -> None:
    """List the hosts, when each last read its logs without problems, and which are retired."""
    from flask_status_cli.pipeline.database.hosts import hosts as read
    from flask_status_cli.render.commands.database import host_lines

    for line in host_lines(read(database())):
        click.echo(line)


@hosts.command(short_help="Give a host another name.")
@click.argument("old")
@click.argument("new")
@database_option
def rename(*, old: str, new: str) -> None:
    """Give the host OLD the name NEW. Its next ingest continues where the last one ended."""
    from flask_status_cli.pipeline.database.hosts import rename_host

    rename_host(database(), old, new, clock=clock)
    click.echo(f"{printable(old)} is now called {printable(new)}", err=True)


@hosts.command(short_help="Stop reporting a host as silent.")
@click.argument("name")
@database_option
def retire(*, name: str) -> None:
    """Stop reporting the host NAME as silent, until it ingests again.

    A host without an ingest for 24 hours is retired automatically.
    """
    from flask_status_cli.pipeline.database.hosts import retire_host

    retire_host(database(), name, clock=clock)
    click.echo(f"{printable(name)} is retired until it runs again", err=True)


@db.command(short_help="Delete old counts, and shrink the file.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait this long for an ingest that is running.",
)
@click.option(
    "--believe-clock",
    is_flag=True,
    help="Trust the clock, although it is more than 35 days later than at the last run.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing unless something is wrong.")
@database_option
def prune(*, wait: float, believe_clock: bool, quiet: bool) -> None:
    """Delete the counts that are older than the configuration keeps, and shrink the file.

    Counts by minute are kept for 35 days (retention.minutes). Counts around an incident are kept forever, or
    for retention.days. Each ingest deletes old counts, too, at most once a day, but does not shrink the file.
    If the clock is suddenly more than 35 days ahead, nothing is deleted until runs on 7 days agree.
    --believe-clock deletes at once.
    """
    from flask_status_cli.pipeline.database.check_and_copy import size
    from flask_status_cli.pipeline.database.pruning import PruneOptions
    from flask_status_cli.pipeline.database.pruning import prune as do

    known, path = settings(), database()
    before = size(path)
    options = PruneOptions(
        path, known.retention, known.policy, wait=wait, believe_clock=believe_clock
    )
    gone = do(options, clock=clock)
    if not quiet:
        _tell(gone, before, size(path))


def _tell(gone: Pruned, before: int, after: int) -> None:
    from flask_status_cli.render.commands.database import pruned

    for line in pruned(gone, before=before, after=after):
        click.echo(line, err=True)


@db.command(short_help="Check that the file is not damaged, and that its sums are right.")
@database_option
def check() -> int:
    """Check that the file is not damaged, and that each quarter of an hour is the sum of its minutes.

    The exit status is 1 if anything is wrong.
    """
    from flask_status_cli.pipeline.database.check_and_copy import check as look

    path = database()
    problems = look(path)
    for problem in problems:
        click.echo(f"flask-status: {printable(str(path))}: {printable(problem, 500)}", err=True)
    if not problems:
        click.echo(f"{printable(str(path))} is sound")
    return ExitStatus.FAILED if problems else ExitStatus.DONE


@db.command(short_help="Copy everything to an empty database.")
@click.option("--to", "target", metavar="PATH|URL", required=True, help="An empty database.")
@click.option(
    "--host",
    metavar="NAME",
    help="The host of the logs that have none.  [default: this host's name for PostgreSQL]",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing unless something is wrong.")
@database_option
def copy(*, target: str, host: str | None, quiet: bool) -> None:
    """Copy everything to an empty database: counts, incidents, notes, and how far each log was read.

    The target may be a file or a PostgreSQL server. Do not run an ingest during the copy. Afterwards, use the
    copy with --db: the next ingest continues where the last one ended.
    """
    from flask_status_cli.pipeline.database.check_and_copy import copy_to

    to = database_named(target, option="--to")
    name = host_name(to) if host is None else checked_host(host)
    rows = copy_to(database(), to, host=name, clock=clock)
    if not quiet:
        click.echo(f"copied {rows:,} rows to {printable(str(to))}", err=True)


@db.command(short_help="Copy the database while it is in use.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Print nothing unless something is wrong.")
@database_option
def backup(*, file: Path, quiet: bool) -> None:
    """Copy the database to FILE. An existing FILE is replaced once the copy is complete.

    Other programs may read and write the database at the same time.
    """
    from flask_status_cli.pipeline.database.check_and_copy import back_up
    from flask_status_cli.render.commands.database import size_text

    size = back_up(database(), file)
    if not quiet:
        click.echo(f"wrote {printable(str(file))} ({size_text(size)})", err=True)


@db.command(name="import", short_help="Import the counts of flask-server-status.")
@click.argument("old", metavar="OLD.db")
@click.option(
    "--log-timezone",
    metavar="ZONE",
    help="Time zone of the times in OLD.db.  [default: the system's]",
)
@click.option(
    "--label", metavar="NAME", help="The name of the app, if several apps share one database."
)
@click.option("--yes", is_flag=True, help="Import even if requests of the same time are stored.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing unless something is wrong.")
@database_option
def import_(
    *, old: str, log_timezone: str | None, label: str | None, yes: bool, quiet: bool
) -> None:
    """Import the counts of flask-server-status from OLD.db. This file is not changed."""
    from flask_status_cli.pipeline.database.import_history import ImportOptions, import_history
    from flask_status_cli.render.commands.database import imported

    options = ImportOptions(
        database(),
        label=settings().label if label is None else label,
        zone=zone(log_timezone, option="--log-timezone"),
        again=yes,
    )
    done = import_history(Path(old), options, clock=clock)
    if not quiet or done.skipped:
        click.echo(f"{printable(old)}: {imported(done)}", err=True)
