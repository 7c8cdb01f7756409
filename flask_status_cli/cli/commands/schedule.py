"""`flask-status schedule`: prints a crontab line or systemd units that run the ingest."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zlib import crc32

import click

from flask_status_cli.cli.commands.completion.files import directories, files
from flask_status_cli.cli.options import (
    LOG_ZONE,
    ZONE,
    configuration,
    database,
    database_option,
    host_name,
    settings,
    text_of,
)
from flask_status_cli.errors import OptionError

if TYPE_CHECKING:
    from flask_status_cli.cli.systemd_units import Job

SPREAD: Final = 40
"""With PostgreSQL, each host waits up to this many seconds after the full minute before it ingests."""


@click.group()
def schedule() -> None:
    """Print a crontab line or systemd units that run the ingest."""


@schedule.command()
@click.argument("logs", nargs=-1, metavar="[LOG]...", shell_complete=files)
@click.option(
    "--html",
    metavar="FILE",
    shell_complete=files,
    help="Also write the page to this file after each ingest.",
)
@click.option(
    "--site",
    metavar="DIR",
    shell_complete=directories,
    help="Also write the site into this directory after each ingest.",
)
@click.option("--log-timezone", metavar="ZONE", help=LOG_ZONE)
@click.option("--timezone", metavar="ZONE", help=ZONE)
@database_option
def cron(*, logs: tuple[str, ...], **options: str | None) -> None:
    """Print the crontab line that ingests LOG every minute.

    Without LOG, the logs named in the configuration are read. Paths are made absolute. Percent signs are
    escaped, because cron takes them for line ends. With PostgreSQL, each host begins at a different second
    of the minute.
    """
    if "-" in logs:
        raise click.UsageError("cron has no standard input to read: name a log")
    _check_logs(logs)
    command = _command()
    zone = _option("--log-timezone", options["log_timezone"])
    line = _spread() + shlex.join(
        [*command, "ingest", "-q", *_host(), *zone, *map(_absolute, logs)]
    )
    pages = _pages(options["html"], options["site"])
    if pages:
        days = _option("--timezone", options["timezone"])
        line += f"; {shlex.join([*command, 'report', '-q', *days, *pages])}"
    click.echo("* * * * * " + line.replace("%", "\\%"))


@schedule.command()
@click.argument("logs", nargs=-1, metavar="[LOG]...", shell_complete=files)
@click.option(
    "--html",
    metavar="FILE",
    shell_complete=files,
    help="Also write the page to this file each minute.",
)
@click.option(
    "--site",
    metavar="DIR",
    shell_complete=directories,
    help="Also write the site into this directory each minute. The directory must exist.",
)
@click.option("--serve", is_flag=True, help="Serve the live page in the same service.")
@click.option("--log-timezone", metavar="ZONE", help=LOG_ZONE)
@click.option("--timezone", metavar="ZONE", help=ZONE)
@click.option(
    "--user",
    metavar="NAME",
    help="The user that runs the service. This user must be able to read the logs.  [default: you]",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    shell_complete=directories,
    help="Write the units into this directory, such as /etc/systemd/system.",
)
@database_option
def systemd(
    *, logs: tuple[str, ...], output: str | None, serve: bool, **options: str | None
) -> None:
    """Print the systemd service that follows LOG.

    Without LOG, the logs named in the configuration are followed. With --html or --site, there are three
    units, each below a comment with its name: the service, a service that writes the page, and its timer. The
    units may write only to the directories of the database and the page. With --serve, there is one service,
    which answers on 127.0.0.1:8080. If no logs are named, it only shows the database.
    """
    from flask_status_cli.cli.systemd_units import units

    if "-" in logs:
        raise click.UsageError("a service has no standard input to read: name a log")
    pages = _pages(options["html"], options["site"])
    if serve and pages:
        raise click.UsageError("choose either --serve or a page that is written (--html, --site)")
    zone = _option("--log-timezone", options["log_timezone"])
    days = _option("--timezone", options["timezone"])
    if serve:
        service = _serving(logs or settings().logs, [*zone, *days])
    else:
        service = _following(_check_logs(logs), zone, named=bool(logs))
    page = _writing_page([*days, *pages], pages[-1], site=bool(options["site"])) if pages else None
    found = units(service, page, user=options["user"] or _user())
    if output is not None:
        from flask_status_cli.output import write_whole

        for name, text in found.items():
            write_whole(Path(output, name), text.encode())
        return
    for name, text in found.items():
        click.echo(f"# {name}\n{text}\n" if len(found) > 1 else text, nl=False)


def _following(logs: Sequence[str], options: list[str], *, named: bool) -> Job:
    """Return the job that follows the logs. If none were `named`, it reads them from the configuration."""
    paths = ["--", *map(_absolute, logs)] if named else []
    words = [*_command(), "ingest", "--follow", "-q", *_host(), *options, *paths]
    return _job(words, reads=logs, network=settings().notify.wanted)


def _serving(logs: Sequence[str], options: list[str]) -> Job:
    """Return the job that serves the live page, and follows the logs if there are any."""
    paths = ["--", *map(_absolute, logs)] if logs else []
    job = _job([*_command(), "serve", "-q", *options, *paths], reads=logs, network=True)
    return replace(
        job,
        description="Serve the status page of the Flask app",
        environment=[f"FLASK_STATUS_HOST={name}" for name in _host()[1:]],
    )


def _writing_page(options: list[str], target: str, *, site: bool) -> Job:
    """Return the job that writes the page to a file, or the site into a directory."""
    directory = target if site else str(Path(target).parent)
    job = _job([*_command(), "report", "-q", *options], reads=(), network=False)
    return replace(job, writes=(directory,))


def _job(words: list[str], *, reads: Sequence[str], network: bool) -> Job:
    """Return a job that also reads the configuration and the interpreter.

    With a database server, it uses the network in any case.
    """
    from flask_status_cli.cli.systemd_units import Job

    file = _database() if isinstance(database(), Path) else None
    paths = [*map(_absolute, reads), *_config()[1:], sys.executable, sys.base_prefix]
    return Job(words, paths, file, network=network or file is None)


def _pages(html: str | None, site: str | None) -> list[str]:
    """Return the options of `report` that write the page or the site. Return none if neither is wanted."""
    if html and site:
        raise click.UsageError("choose one of --html and --site: the site contains the page")
    return [
        *_option("--html", html and _absolute(html)),
        *_option("--site", site and _absolute(site)),
    ]


def _check_logs(logs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the given logs, or else those of the configuration. Raises `UsageError` if there are none."""
    known = logs or settings().logs
    if not known:
        raise click.UsageError("name a log, or write it into flask-status.toml: logs = [...]")
    return known


def _command() -> list[str]:
    """Return the program, with the options that name the configuration and the database."""
    return [*_program(), *_config(), "--db", _database()]


def _config() -> list[str]:
    """Return `--config` with the file that would not be found from another working directory."""
    nearest = configuration().nearest
    return [] if nearest is None else ["--config", _absolute(str(nearest))]


def _database() -> str:
    """Return the value of `--db`. Raises `OptionError` for a URL with a password, which others could read."""
    found = database()
    if not isinstance(found, Path) and found.has_password:
        what = "other users can read a password in a crontab or a unit"
        raise OptionError("--db", what, "leave it out of the URL, and put it into ~/.pgpass")
    return text_of(found)


def _host() -> list[str]:
    """Return `--host` if the settings name a host, because cron and systemd have another environment."""
    return [] if settings().host is None else ["--host", host_name()]


def _spread() -> str:
    """Return a `sleep` command, so that not all hosts write to a database server at once."""
    if isinstance(database(), Path):
        return ""
    return f"sleep {crc32(host_name().encode()) % SPREAD}; "


def _option(name: str, value: str | None) -> list[str]:
    return [name, value] if value else []


def _user() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _program() -> list[str]:
    """Return the command with its absolute path, because cron has a short PATH and no virtual environment."""
    name = Path(sys.argv[0])
    script = Path(sys.executable).with_name("flask-status")
    if name.name == "flask-status" and name.exists():
        return [os.path.abspath(name)]  # noqa: PTH100 - resolve() would leave the virtual environment
    if script.exists():
        return [str(script)]
    return [sys.executable, "-m", "flask_status_cli"]


def _absolute(path: str) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - keeps links, resolves ".."
