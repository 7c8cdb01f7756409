"""`flask-status serve`: serves the live page, and follows the logs in the same process."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flask_status_cli.cli.commands.completion.files import files
from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.options import (
    LOG_ZONE,
    ZONE,
    clock,
    database,
    database_option,
    settings,
    zone,
)
from flask_status_cli.errors import OptionError, ServeError, install_extra
from flask_status_cli.render.escape import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask_status_cli.errors import FlaskStatusError
    from flask_status_cli.web import LiveOptions

LOOK_EVERY = 0.2
"""The number of seconds between two checks whether a signal came."""

SAY_AGAIN = 600.0
"""An error that persists is printed again after this many seconds."""


@click.command(short_help="Serve the live page, and follow the logs at the same time.")
@click.argument("logs", nargs=-1, metavar="[LOG]...", shell_complete=files)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="The address to listen on. The host of the logs is set with FLASK_STATUS_HOST.",
)
@click.option(
    "--port",
    default=8080,
    show_default=True,
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="The port to listen on; 0 means any free port.",
)
@click.option(
    "--url-prefix",
    default="/status",
    show_default=True,
    metavar="PATH",
    help="The path of the page; / redirects to it.",
)
@click.option(
    "--threads",
    default=4,
    show_default=True,
    type=click.IntRange(1, 64),
    metavar="N",
    help="The number of requests that are answered at the same time.",
)
@click.option("--timezone", metavar="ZONE", help=ZONE)
@click.option("--log-timezone", metavar="ZONE", help=LOG_ZONE)
@click.option(
    "--api-secret-file",
    metavar="FILE",
    help="Turn on the API. This file contains its secret: at least 16 characters.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing unless something is wrong.")
@database_option
def serve(
    *,
    logs: tuple[str, ...],
    url_prefix: str,
    log_timezone: str | None,
    quiet: bool,
    **options: Any,
) -> int:
    """Serve the live page, and follow the logs at the same time.

    The page is updated at least once a minute. A signal ends the command. LOG is read as by "ingest
    --follow". Without LOG, the page shows the database, and another command must ingest the logs.
    """
    from flask_status_cli.cli.ingest_follow import check, end_signal

    check(logs, {})
    prefix = _prefix(url_prefix)
    try:
        from flask_status_cli.web import Server, make_app
    except ImportError as error:
        what = f"{error.name or 'Flask'} is not installed"
        raise ServeError("serve", what, install_extra("flask")) from None
    options_of_page = _live_options(options.pop("timezone"), first_run=bool(logs))
    app = make_app(options_of_page, prefix, secret=_secret(options.pop("api_secret_file")))
    with Server(app, **options) as server:
        if not quiet:
            click.echo(f"serving http://{server.address}{prefix}/", err=True)
        if logs:
            return _follow(logs, log_timezone, quiet=quiet)
        with end_signal() as ended:
            while not ended():
                time.sleep(LOOK_EVERY)
    return ExitStatus.DONE


def _follow(logs: tuple[str, ...], log_timezone: str | None, *, quiet: bool) -> int:
    from flask_status_cli.cli.commands.ingest import choices_of_settings
    from flask_status_cli.cli.ingest_follow import follow
    from flask_status_cli.cli.notify_sender import notifier

    choices = choices_of_settings(logs, log_timezone=log_timezone)
    return follow(choices, quiet=quiet, notifier=notifier(choices.database, settings(), _say))


def _live_options(timezone: str | None, *, first_run: bool) -> LiveOptions:
    """Return the options of the live page.

    `first_run` says that the logs are followed. Then a missing database is not reported, because the first
    run creates it.
    """
    from flask_status_cli.web import LiveOptions

    path, tell = database(), _sparing(_say)

    def failed(error: FlaskStatusError) -> None:
        if not first_run or not isinstance(path, Path) or os.path.exists(path):  # noqa: PTH110 - never raises
            tell(error)

    return LiveOptions(
        database=path,
        settings=settings(),
        zone=zone(timezone, option="--timezone"),
        clock=clock,
        failed=failed,
        warn=_say,
    )


def _secret(path: str | None) -> str:
    """Return the secret in a file, "" if `path` is `None`. Raises `OptionError`."""
    from flask_status_cli.web.api.secret import SHORTEST, cleaned

    if path is None:
        return ""
    try:
        secret = cleaned(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        what = getattr(error, "strerror", None) or "is not text"
        raise OptionError("--api-secret-file", f"{printable(path)}: {what}") from None
    if len(secret) < SHORTEST:
        what = f"{printable(path)} has fewer than {SHORTEST} characters"
        raise OptionError("--api-secret-file", what, "make one with: openssl rand -hex 24")
    return secret


def _prefix(given: str) -> str:
    """Return a path as a prefix such as `/status`; "" for the root. Raises `UsageError`."""
    prefix = "/" + given.strip("/")
    if not prefix.isprintable() or set(prefix) & set(" ?#%<>\\") or "//" in prefix:
        raise click.UsageError(f"--url-prefix: {given!r} is not a path; use for example /status")
    return "" if prefix == "/" else prefix


def _sparing(tell: Callable[[str], None]) -> Callable[[FlaskStatusError], None]:
    """Return a function that passes an error to `tell`, the same one at most every `SAY_AGAIN` seconds."""
    printed: dict[str, float] = {}

    def once(error: FlaskStatusError) -> None:
        now = time.monotonic()
        if now - printed.get(str(error), now - SAY_AGAIN) >= SAY_AGAIN:
            printed[str(error)] = now
            tell(str(error))

    return once


def _say(line: str) -> None:
    click.echo(f"flask-status: {printable(line, 1000)}", err=True)
