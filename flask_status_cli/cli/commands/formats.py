"""`flask-status formats`: the log formats, and what a log turns out to be."""

from __future__ import annotations

import platform

import click

from flask_status_cli import __version__
from flask_status_cli.cli.commands.ingest import LogFormat
from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.options import zone
from flask_status_cli.cli.screen.progress_bar import progress_bar


@click.group()
def formats() -> None:
    """Tell which log formats are read, and what a log is."""


@formats.command("list")
def list_() -> None:
    """List the formats: name, what writes it, an example."""
    from flask_status_cli.pipeline.explain import known_formats
    from flask_status_cli.render.commands.explain import format_lines

    for line in format_lines(known_formats()):
        click.echo(line)


@formats.command(short_help="Tell what a log is, for you or for a bug report.")
@click.argument("file")
@click.option(
    "--format",
    "log_format",
    type=LogFormat(),
    help="Try only this one.  [default: found by itself]",
)
@click.option("--log-timezone", metavar="ZONE", help="As for ingest.  [default: the system's]")
@click.option(
    "--lines",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    metavar="N",
    help="Refused lines to show, for each reason.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def explain(
    *, file: str, log_format: str | None, log_timezone: str | None, lines: int, as_json: bool
) -> int:
    """Tell what FILE is: its format and why, and what in it is not understood.

    FILE is a log, plain or compressed, or - for standard input. All of it is read; nothing is stored. The
    text may go into a public bug report: addresses, names, paths and queries are masked.
    """
    from flask_status_cli.pipeline.explain import explain as look
    from flask_status_cli.pipeline.ingest.options import check_format
    from flask_status_cli.render.commands import explain as render

    if log_format:
        check_format(log_format, option="--format")
    local = zone(log_timezone, option="--log-timezone")
    with progress_bar(wanted=True) as progress:
        found = look(file, zone=local, progress=progress, wanted=log_format, samples=lines)
    program = f"flask-status {__version__}, Python {platform.python_version()}"
    if as_json:
        click.echo(render.as_json(found, program=program), nl=False)
    else:
        for line in render.lines(found, program=program):
            click.echo(line)
    return ExitStatus.DONE if found.understood else ExitStatus.FAILED
