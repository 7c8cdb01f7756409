"""`flask-status formats`: lists the log formats, and finds the format of a log."""

from __future__ import annotations

import platform

import click

from flask_status_cli import __version__
from flask_status_cli.cli.commands.completion.files import files
from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.log_format_option import LogFormat, wanted_format
from flask_status_cli.cli.options import JSON_MAP, LOG_ZONE, zone
from flask_status_cli.cli.screen.progress_bar import progress_bar
from flask_status_cli.render.escape import printable


@click.group()
def formats() -> None:
    """List the log formats, and find out which one a log has."""


@formats.command("list")
def list_() -> None:
    """List the formats: name, what writes it, an example."""
    from flask_status_cli.pipeline.formats.explain import known_formats
    from flask_status_cli.render.commands.explain import format_lines

    for line in format_lines(known_formats()):
        click.echo(line)


@formats.command(short_help="Find out which format a log has.")
@click.argument("file", required=False, shell_complete=files)
@click.option(
    "--format",
    "log_format",
    type=LogFormat(),
    help="Try only this format.  [default: try all]",
)
@click.option("--json-map", metavar="PART=KEY,...", help=JSON_MAP)
@click.option(
    "--nginx-conf",
    "conf",
    metavar="CONF",
    help="Read the formats from this nginx configuration; without FILE, list the logs it names.",
)
@click.option("--log-timezone", metavar="ZONE", help=LOG_ZONE)
@click.option(
    "--lines",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    metavar="N",
    help="Show this many refused lines for each reason.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(  # noqa: PLR0913 - an option each
    *,
    file: str | None,
    log_format: str | None,
    json_map: str | None,
    conf: str | None,
    log_timezone: str | None,
    lines: int,
    as_json: bool,
) -> int:
    """Find out which format FILE has, how that was decided, and which lines are refused.

    FILE is a log, plain or compressed, or - for standard input. The whole log is read; nothing is stored.
    You can paste the output into a public bug report: addresses, names, paths and queries are masked.
    """
    from flask_status_cli.pipeline.formats.explain import explain as look
    from flask_status_cli.render.commands import explain as render

    log_format = wanted_format(log_format, json_map)
    from flask_status_cli.pipeline.formats.nginx_logs import nginx_logs

    nginx = None if conf is None else nginx_logs(conf)
    if file is None:
        if nginx is None:
            raise click.UsageError("name a log, or a configuration with --nginx-conf")
        for line in nginx.missing:
            click.echo(f"flask-status: {printable(line)}", err=True)
        for line in render.nginx_lines(nginx.found):
            click.echo(line)
        return ExitStatus.DONE
    local = zone(log_timezone, option="--log-timezone")
    with progress_bar(wanted=True) as progress:
        found = look(
            file,
            zone=local,
            progress=progress,
            wanted=log_format,
            samples=lines,
            formats=nginx.formats if nginx else (),
        )
    program = f"flask-status {__version__}, Python {platform.python_version()}"
    if as_json:
        click.echo(render.as_json(found, program=program), nl=False)
    else:
        for line in render.lines(found, program=program):
            click.echo(line)
    return ExitStatus.DONE if found.understood else ExitStatus.FAILED
