"""The command `flask-status`. Only this module turns errors into a line on stderr and an exit status."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from flask_status_cli import __version__
from flask_status_cli.cli.ascii_output import use_ascii_where_needed
from flask_status_cli.cli.command_table import Commands, Group, command_of
from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.lean_click import option
from flask_status_cli.cli.options import config_option, global_database_option
from flask_status_cli.compiled_code import described
from flask_status_cli.errors import FlaskStatusError, OutputError

STDOUT_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""With these errors, standard output is a file that cannot be written."""

EPILOG = "Start with: flask-status ingest /var/log/nginx/access.log && flask-status report"


def _print_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's order
    if asked:
        click.echo(f"flask-status, version {__version__} {described()}")
        context.exit()


@click.group(
    cls=Group,
    commands=Commands(),
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version, and whether compiled code counts the lines.",
)
@config_option
@global_database_option
def cli(**_: object) -> None:
    """Show whether a Flask app is up, and how long it has been down.

    flask-status counts the status codes in the access log of a Flask app, for every route and minute. It
    shows the state of every route in the terminal, as a web page, or as data.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command, or print completions for a shell. Return the exit status.

    Unexpected exceptions are not caught, so that a bug shows its traceback.
    """
    instruction = os.environ.get("_FLASK_STATUS_COMPLETE")
    return _complete(instruction) if instruction else _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with _open_streams():
            use_ascii_where_needed(os.environ)
            if command_of(words, cli) == "check":
                from flask_status_cli.cli.commands import check

                status: object = check.as_plugin(lambda: _invoke(words))
            else:
                status = _invoke(words)
            sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return ExitStatus.INTERRUPTED
    except FlaskStatusError as error:
        click.echo(f"flask-status: {error}", err=True)
        return error.exit_status
    except BrokenPipeError:
        _leave_stdout()
        return ExitStatus.DONE
    return status if isinstance(status, int) else ExitStatus.DONE


def _complete(instruction: str) -> int:
    """Print completions for a shell. Print nothing after an error."""
    from click.shell_completion import shell_complete

    from flask_status_cli.cli.commands.completion.shells import VARIABLE

    try:
        return shell_complete(cli, {}, "flask-status", VARIABLE, instruction)
    except Exception:  # noqa: BLE001 - a message in the middle of a typed line would not help
        return ExitStatus.FAILED


def _invoke(arguments: list[str]) -> object:
    # cli.main() is not used, because it returns 1 for a closed pipe.
    with cli.make_context("flask-status", arguments) as context:
        try:
            return cli.invoke(context)
        except OSError as error:
            if error.errno not in STDOUT_FAILS:
                raise
            _leave_stdout()
            what = f"cannot be written: {os.strerror(error.errno or 0)}"
            raise OutputError("standard output", what) from error


def _leave_stdout() -> None:
    """Redirect standard output to /dev/null, so that Python can close it without an error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _open_streams() -> Iterator[None]:
    """Replace standard streams that were closed before the program started (`>&-`)."""
    closed = [name for name in ("stdout", "stderr") if getattr(sys, name) is None]
    with open(os.devnull, "w", encoding="utf-8") as nothing:  # noqa: PTH123 - a device
        for name in closed:
            setattr(sys, name, nothing)
        try:
            yield
        finally:
            for name in closed:
                setattr(sys, name, None)
