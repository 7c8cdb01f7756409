"""`flask-status notify`: sends test messages, and messages that are waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.options import clock, database, database_option, settings
from flask_status_cli.errors import ConfigError
from flask_status_cli.render.escape import printable

if TYPE_CHECKING:
    from flask_status_cli.pipeline.notifications.queue_and_send import NotifyOptions


@click.group()
def notify() -> None:
    """Send messages about incidents.

    The section [notify] of the configuration names the channels.
    """


@notify.command(short_help="Send a test message through every channel.")
@database_option
def test() -> int:
    """Send a test message through every channel, and print whether each one accepted it.

    The exit status is 1 if any channel failed.
    """
    from flask_status_cli.pipeline.notifications.queue_and_send import send_test

    answers = send_test(_options(), clock=clock)
    for name, problem in answers:
        click.echo(f"{printable(name)}: {printable(problem, 500) if problem else 'ok'}")
    return ExitStatus.FAILED if any(problem for _, problem in answers) else ExitStatus.DONE


@notify.command(short_help="Send the waiting messages.")
@click.option("-q", "--quiet", is_flag=True, help="Print no failures; the next ingest prints them.")
@database_option
def send(*, quiet: bool) -> int:
    """Send the waiting messages, also those that failed before and are due again.

    Every ingest does this, too. Use this command if you do not want to wait for the next ingest, or if there
    is none because the app counts its own requests.
    """
    from flask_status_cli.pipeline.notifications.queue_and_send import (
        failures,
        queue_notices,
        send_waiting,
    )
    from flask_status_cli.render.commands.notifications import failure_lines

    options = _options()
    queue_notices(options, clock=clock)
    send_waiting(options, clock=clock)
    lines = [] if quiet else list(failure_lines(failures(options)))
    for line in lines:
        click.echo(f"flask-status: {line}", err=True)
    return ExitStatus.FAILED if lines else ExitStatus.DONE


def _options() -> NotifyOptions:
    from flask_status_cli.pipeline.notifications.queue_and_send import NotifyOptions

    options = NotifyOptions.of(database(), settings())
    if not options.channels():
        what = "no channel is set"
        raise ConfigError("[notify]", what, "set exec, webhook or urls in flask-status.toml")
    return options
