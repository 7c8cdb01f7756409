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
@click.option("--log-timezone", metavar="ZONE", help="As for ingest.")
@click.option("--timezone", metavar="ZONE", help="As for report.")
@database_option
def cron(
    *, logs: tuple[str, ...], html: str | None, log_timezone: str | None, timezone: str | None
) -> None:
    """Print the crontab line that ingests LOG every minute.

    Paths become absolute, and a percent sign is escaped, because cron reads a bare one as a line end.
    """
    if "-" in logs:
        raise click.UsageError("cron has no standard input to read: name a log")
    command = _program()
    store = ["--db", str(database().absolute())]
    zone = ["--log-timezone", log_timezone] if log_timezone else []
    parts = [*command, *store, "ingest", "-q", *zone, *(_absolute(log) for log in logs)]
    line = shlex.join(parts)
    if html:
        days = ["--timezone", timezone] if timezone else []
        page = [*command, *store, "report", "-q", *days, "--html", _absolute(html)]
        line += f"; {shlex.join(page)}"
    click.echo("* * * * * " + line.replace("%", "\\%"))


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
