"""`flask-status notify`: a test message to everybody who is told of incidents, and what waits to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.options import clock, database, database_option, settings
from flask_status_cli.errors import ConfigError
from flask_status_cli.render.escape import printable

if TYPE_CHECKING:
    from flask_status_cli.pipeline.notifications import NotifyOptions


@click.group()
def notify() -> None:
    """Tell of incidents, as the configuration's [notify] says."""


@notify.command(short_help="Send a test message by every channel.")
@database_option
def test() -> int:
    """Send a message that says it is a test by every channel, and tell what came of it.

    The exit status is 1 where it did not arrive everywhere.
    """
    from flask_status_cli.pipeline.notifications import send_test

    answers = send_test(_options(), clock=clock)
    for name, problem in answers:
        click.echo(f"{printable(name)}: {printable(problem, 500) if problem else 'ok'}")
    return ExitStatus.FAILED if any(problem for _, problem in answers) else ExitStatus.DONE


@notify.command(short_help="Send what waits to be sent.")
@click.option("-q", "--quiet", is_flag=True, help="Leave it to the next ingest to say what failed.")
@database_option
def send(*, quiet: bool) -> int:
    """Send the messages that wait to be sent, those whose last attempt failed when it is time.

    Every ingest starts this; it is for you only where you do not want to wait for the next.
    """
    from flask_status_cli.cli.notify_after_ingest import failed
    from flask_status_cli.pipeline.notifications import send_waiting

    options = _options()
    send_waiting(options, clock=clock)
    lines = [] if quiet else failed(options)
    for line in lines:
        click.echo(f"flask-status: {line}", err=True)
    return ExitStatus.FAILED if lines else ExitStatus.DONE


def _options() -> NotifyOptions:
    from flask_status_cli.pipeline.notifications import NotifyOptions

    options = NotifyOptions.of(database(), settings())
    if not options.channels():
        what = "nobody is told of incidents"
        raise ConfigError("[notify]", what, "set exec, webhook or urls in flask-status.toml")
    return options
