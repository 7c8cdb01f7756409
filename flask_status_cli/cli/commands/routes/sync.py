"""`flask-status routes sync`, `export`, `import`: the rules of a Flask app."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flask_status_cli.cli.commands.completion.route_values import labels
from flask_status_cli.cli.options import (
    clock,
    database,
    database_option,
    mounted,
    prefixes,
    settings,
)

if TYPE_CHECKING:
    from flask_status_cli.model import Declaration
    from flask_status_cli.pipeline.routes.declare import DeclareOptions

_Command = TypeVar("_Command", bound=Callable[..., Any])


def app_options(command: _Command) -> _Command:
    """Add what names an app, and the interpreter that can import it."""
    for option in (
        click.option(
            "--python",
            metavar="PATH",
            help="The interpreter that can import the app, as that of its virtual environment.",
        ),
        click.option(
            "--app",
            metavar="MODULE[:APP]",
            help="The app, named as for the command flask.  [default: FLASK_APP, wsgi.py, app.py]",
        ),
    ):
        command = option(command)
    return command


def target_options(command: _Command) -> _Command:
    """Add where rules are declared."""
    for option in (
        click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something is wrong."),
        click.option(
            "--strip-prefix",
            "prefixes",
            multiple=True,
            metavar="PATH",
            help="Where the app is mounted below a path, such as /app: taken off before matching.",
        ),
        click.option(
            "--label",
            metavar="NAME",
            shell_complete=labels,
            help="The app's label, as given to ingest.",
        ),
    ):
        command = option(command)
    return database_option(command)


def declare_options(command: _Command) -> _Command:
    """Add how a URL map is declared."""
    for option in (
        click.option(
            "--yes",
            is_flag=True,
            help="Declare the routes also where few requests find one among them.",
        ),
        click.option(
            "--dry-run", is_flag=True, help="Show which requests would go where; store nothing."
        ),
    ):
        command = option(command)
    return target_options(command)


@click.command(short_help="Declare the routes of a Flask app.")
@app_options
@declare_options
def sync(*, app: str | None, python: str | None, **target: Any) -> None:
    """Read the URL map of a Flask app: its rules become the routes of the report.

    Names and descriptions come from the views' docstrings: "# Title" in one line is the name. The app is
    imported, not run, in a process of its own. What was counted before goes to the routes it belongs to.
    A map that explains less than half of the requests of the last 30 days is refused.
    """
    from flask_status_cli.pipeline.routes.declare import sync as declare

    spec = app or settings().app
    _tell(declare(spec, _target(target), python=python, clock=clock), target)


@click.command(short_help="Print the routes of a Flask app as TOML.")
@app_options
def export(*, app: str | None, python: str | None) -> None:
    """Print the URL map of a Flask app, to be imported where the logs are."""
    from flask_status_cli.pipeline.routes.declare import export as read

    click.echo(read(app or settings().app, python=python), nl=False)


@click.command(short_help="Print a script that exports the routes where the app is.")
def exporter() -> None:
    """Print a script that prints the routes of a Flask app, for "flask-status routes import".

    It needs nothing but the app's own environment, such as a container:

    \b
    flask-status routes exporter > export.py
    docker exec -i web python - shop:app < export.py > routes.toml
    flask-status routes import routes.toml
    """  # noqa: D301 - click looks for the character, a backspace
    from flask_status_cli.pipeline.routes.declare import exporter as script

    click.echo(script(), nl=False)


@click.command(short_help="Declare the routes that the app had before.")
@click.option("--dry-run", is_flag=True, help="Show which requests would go where; store nothing.")
@target_options
def undo(**target: Any) -> None:
    """Put the routes back that the last "sync" or "import" replaced; once more takes this back.

    What was moved to the routes that go stays with them.
    """
    from flask_status_cli.pipeline.routes.declare import undo as declare

    _tell(declare(_target(target), clock=clock), target)


@click.command("import", short_help="Declare the routes that were exported.")
@click.argument("file", type=click.File("r", encoding="utf-8"), metavar="FILE")
@declare_options
def import_(*, file: Any, **target: Any) -> None:
    """Declare the routes in FILE (or -), made by "flask-status routes export" where the app is."""
    from flask_status_cli.errors import RuleError
    from flask_status_cli.pipeline.routes.declare import import_ as declare

    where = "standard input" if file is sys.stdin or file.name in ("-", "<stdin>") else file.name
    try:
        text = file.read()
    except UnicodeDecodeError as error:
        raise RuleError(where, "is no text in UTF-8", "export it again") from error
    _tell(declare(text, _target(target), where=where, clock=clock), target)


def _target(given: dict[str, Any]) -> DeclareOptions:
    from flask_status_cli.pipeline.routes.declare import DeclareOptions

    return DeclareOptions(
        database=database(),
        label=settings().label if given["label"] is None else given["label"],
        prefixes=prefixes(given["prefixes"]) or mounted(),
        dry_run=given["dry_run"],
        trusted=given.get("yes", False),
    )


def _tell(done: Declaration, given: dict[str, Any]) -> None:
    from flask_status_cli.render.commands.rules import lines

    for line in lines(done) if done.dropped or not given["quiet"] else ():
        click.echo(line, err=True)
