"""`flask-status schedule`: what makes the ingest run by itself."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click

from flask_status_cli.cli.options import database, database_option


@click.group()
def schedule() -> None:
    """Print what makes the ingest run by itself."""


@schedule.command()
@click.argument("logs", nargs=-1, required=True, metavar="LOG...")
@click.option("--html", metavar="FILE", help="Also write the page, after each ingest.")
@click.option("--site", metavar="DIR", help="Also write the site, after each ingest.")
@click.option("--log-timezone", metavar="ZONE", help="As for ingest.")
@click.option("--timezone", metavar="ZONE", help="As for report.")
@database_option
def cron(*, logs: tuple[str, ...], **options: str | None) -> None:
    """Print the crontab line that ingests LOG every minute.

    Paths become absolute, and a percent sign is escaped, because cron reads a bare one as a line end.
    """
    if "-" in logs:
        raise click.UsageError("cron has no standard input to read: name a log")
    command = _program()
    store = ["--db", str(database().absolute())]
    zone = _option("--log-timezone", options["log_timezone"])
    parts = [*command, *store, "ingest", "-q", *zone, *(_absolute(log) for log in logs)]
    line = shlex.join(parts)
    pages = _pages(options["html"], options["site"])
    if pages:
        days = _option("--timezone", options["timezone"])
        line += f"; {shlex.join([*command, *store, 'report', '-q', *days, *pages])}"
    click.echo("* * * * * " + line.replace("%", "\\%"))


@schedule.command()
@click.argument("logs", nargs=-1, required=True, metavar="LOG...")
@click.option("--html", metavar="FILE", help="Also write the page, each minute.")
@click.option("--site", metavar="DIR", help="Also write the site, each minute; DIR must be there.")
@click.option("--log-timezone", metavar="ZONE", help="As for ingest.")
@click.option("--timezone", metavar="ZONE", help="As for report.")
@click.option("--user", metavar="NAME", help="Who may read the logs.  [default: who runs this]")
@click.option(
    "-o", "--output", metavar="DIRECTORY", help="Write the units there, as /etc/systemd/system."
)
@database_option
def systemd(*, logs: tuple[str, ...], output: str | None, **options: str | None) -> None:
    """Print the systemd service that follows LOG.

    With --html or --site there are three units, each below a comment with its name: the service, one that
    writes the page, and its timer. They may write where the database and the page are, and nowhere else.
    """
    from flask_status_cli.cli.systemd import Job, units

    if "-" in logs:
        raise click.UsageError("a service has no standard input to read: name a log")
    command, path = _program(), str(database().absolute())
    zone = _option("--log-timezone", options["log_timezone"])
    reads = [_absolute(log) for log in logs]
    words = [*command, "--db", path, "ingest", "--follow", "-q", *zone, "--", *reads]
    follow, page = Job(words, reads, path), None
    pages = _pages(options["html"], options["site"])
    if pages:
        days = _option("--timezone", options["timezone"])
        words = [*command, "--db", path, "report", "-q", *days, *pages]
        written = pages[-1] if options["site"] else str(Path(pages[-1]).parent)
        page = Job(words, (), path, (written,))
    found = units(follow, page, user=options["user"] or _user())
    if output is not None:
        from flask_status_cli.render.files import write_whole

        for name, text in found.items():
            write_whole(Path(output, name), text.encode())
        return
    for name, text in found.items():
        click.echo(f"# {name}\n{text}\n" if len(found) > 1 else text, nl=False)


def _pages(html: str | None, site: str | None) -> list[str]:
    """Return the options of the report that writes the page, or the site; none if neither is wanted."""
    if html and site:
        raise click.UsageError("choose one of --html and --site: the site holds the page")
    return [
        *_option("--html", html and _absolute(html)),
        *_option("--site", site and _absolute(site)),
    ]


def _option(name: str, value: str | None) -> list[str]:
    return [name, value] if value else []


def _user() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _program() -> list[str]:
    """Return the absolute command: cron knows no virtual environment and a short PATH only."""
    name = Path(sys.argv[0])
    script = Path(sys.executable).with_name("flask-status")
    if name.name == "flask-status" and name.exists():
        return [os.path.abspath(name)]  # noqa: PTH100 - resolve() would leave the virtual environment
    if script.exists():
        return [str(script)]
    return [sys.executable, "-m", "flask_status_cli"]


def _absolute(path: str) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - keeps links, resolves ".."
