"""`flask-status routes sync`, `export`, `exporter`, `import`, `undo`: declare the rules of a Flask app."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flask_status_cli.cli.commands.completion.files import files
from flask_status_cli.cli.commands.completion.route_values import labels
from flask_status_cli.cli.options import (
    clock,
    database,
    database_option,
    mount_prefix,
    prefixes,
    settings,
)

if TYPE_CHECKING:
    from flask_status_cli.model import Declaration
    from flask_status_cli.pipeline.routes.declare import DeclareOptions

_Command = TypeVar("_Command", bound=Callable[..., Any])


def app_options(command: _Command) -> _Command:
    """Add the options `--app` and `--python` to a command."""
    for option in (
        click.option(
            "--python",
            metavar="PATH",
            shell_complete=files,
            help="The Python interpreter that can import the app, such as that of its virtual environment.",
        ),
        click.option(
            "--app",
            metavar="MODULE[:APP]",
            help="The app, as you would give it to the command flask.  [default: FLASK_APP, wsgi.py, app.py]",
        ),
    ):
        command = option(command)
    return command


def target_options(command: _Command) -> _Command:
    """Add `--label`, `--strip-prefix`, `--quiet` and `--db` to a command."""
    command = database_option(command)
    for option in (
        click.option(
            "-q", "--quiet", is_flag=True, help="Print nothing unless something is wrong."
        ),
        click.option(
            "--strip-prefix",
            "prefixes",
            multiple=True,
            metavar="PATH",
            help="The path below which the app is mounted, such as /app. "
            "It is removed before routes are matched. May be repeated.",
        ),
        click.option(
            "--label",
            metavar="NAME",
            shell_complete=labels,
            help="The label of the app, as given to ingest.",
        ),
    ):
        command = option(command)
    return command


def declare_options(command: _Command) -> _Command:
    """Add `--dry-run`, `--yes`, and the options of `target_options` to a command."""
    command = target_options(command)
    for option in (
        click.option(
            "--yes",
            is_flag=True,
            help="Declare the routes even if few requests match any of them.",
        ),
        click.option(
            "--dry-run",
            is_flag=True,
            help="Show which requests would move to which route, but store nothing.",
        ),
    ):
        command = option(command)
    return command


@click.command(short_help="Declare the routes of a Flask app.")
@app_options
@declare_options
def sync(*, app: str | None, python: str | None, **target: Any) -> None:
    """Declare the rules of a Flask app. They become the routes of the report.

    Names and descriptions come from the docstrings of the views. A line "# Title" is the name. The app is
    imported in a separate process, but not run. Requests that were counted before are moved to the routes
    that they match. If fewer than half of the requests of the last 30 days match a rule, nothing is changed.
    """
    from flask_status_cli.pipeline.routes.declare import sync as declare

    spec = app or settings().app
    _tell(declare(spec, _target(target), python=python, clock=clock), target)


@click.command(short_help="Print the routes of a Flask app as TOML.")
@app_options
def export(*, app: str | None, python: str | None) -> None:
    """Print the rules of a Flask app as TOML. Import them on the machine where the logs are."""
    from flask_status_cli.pipeline.routes.declare import export as read

    click.echo(read(app or settings().app, python=python), nl=False)


@click.command(short_help="Print a script that exports routes without flask-status.")
def exporter() -> None:
    """Print a script that prints the routes of a Flask app, for "flask-status routes import".

    The script runs in the environment of the app, such as a container, and needs nothing else:

    \b
    flask-status routes exporter > export.py
    docker exec -i web python - shop:app < export.py > routes.toml
    flask-status routes import routes.toml
    """  # noqa: D301 - click looks for the character, a backspace
    from flask_status_cli.pipeline.routes.declare import exporter as script

    click.echo(script(), nl=False)


@click.command(short_help="Undo the last sync or import.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Show which requests would move to which route, but store nothing.",
)
@target_options
def undo(**target: Any) -> None:
    """Restore the routes that the last "sync" or "import" replaced. A second "undo" reverts the first.

    Requests that were moved to a route stay with it.
    """
    from flask_status_cli.pipeline.routes.declare import undo as declare

    _tell(declare(_target(target), clock=clock), target)


@click.command("import", short_help="Declare routes from a file.")
@click.argument("file", type=click.File("r", encoding="utf-8"), metavar="FILE")
@declare_options
def import_(*, file: Any, **target: Any) -> None:
    """Declare the routes in FILE, which "flask-status routes export" has written; - is standard input."""
    from flask_status_cli.errors import RuleError
    from flask_status_cli.pipeline.routes.declare import import_ as declare

    where = "standard input" if file is sys.stdin or file.name in ("-", "<stdin>") else file.name
    try:
        text = file.read()
    except UnicodeDecodeError as error:
        raise RuleError(where, "is not UTF-8 text", "export it again") from error
    _tell(declare(text, _target(target), where=where, clock=clock), target)


def _target(given: dict[str, Any]) -> DeclareOptions:
    from flask_status_cli.pipeline.routes.declare import DeclareOptions

    return DeclareOptions(
        database=database(),
        label=settings().label if given["label"] is None else given["label"],
        prefixes=prefixes(given["prefixes"]) or mount_prefix(),
        dry_run=given["dry_run"],
        trusted=given.get("yes", False),
    )


def _tell(done: Declaration, given: dict[str, Any]) -> None:
    from flask_status_cli.render.commands.rules import lines

    for line in lines(done) if done.dropped or not given["quiet"] else ():
        click.echo(line, err=True)
