"""`flask-status config`: shows, checks and finds the configuration."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.options import (
    configuration,
    database,
    database_option,
    group_option,
    working_directory,
)
from flask_status_cli.render.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask_status_cli.model.settings import Setting


@click.group()
def config() -> None:
    """Show and check the configuration."""


@config.command(short_help="Show every key with its value.")
@click.option("--origin", is_flag=True, help="Add where each key is set.")
@database_option
def show(*, origin: bool) -> None:
    """Show every key with its value, from the variables, the files and the defaults.

    The output is itself a configuration file.
    """
    from flask_status_cli.render.commands.settings import lines

    for line in lines(_settings(), origin=origin):
        click.echo(line)


@config.command(short_help="Check the configuration and the files that it names.")
def check() -> int:
    """Check the configuration files, the variables, and everything that they name.

    The exit status is 1 if there is an error. It is 0 if there are only warnings: a pattern matches no route,
    or a route can never fail. If all is well, nothing is printed.
    """
    from flask_status_cli.pipeline.settings import load_valid, problems, warnings

    found, wrong = load_valid(os.environ, working_directory(), named=group_option("config"))
    errors = [*wrong, *problems(found, os.environ)]
    for error in errors:
        click.echo(f"flask-status: {printable(str(error), 1000)}", err=True)
    for warning in warnings(found, database(found.settings)):
        click.echo(f"flask-status: warning: {printable(str(warning), 1000)}", err=True)
    if not errors and not any(layer.file for layer in found.layers):
        click.echo(
            "flask-status: no configuration file was found; flask-status config path lists the places",
            err=True,
        )
    return ExitStatus.FAILED if errors else ExitStatus.DONE


@config.command(short_help="List the paths where configuration files are read.")
def path() -> None:
    """List the paths where a configuration file is read, and whether there is one.

    If two files set the same key, the file that is listed first decides.
    """
    for layer in configuration().places:
        click.echo(f"{printable(str(layer), 4000)}{_absence(layer)}")


def _absence(path: Path) -> str:
    try:
        return "" if path.exists() else "  (does not exist)"
    except OSError as error:
        return f"  (cannot be read: {error.strerror})"


def _settings() -> Iterator[Setting]:
    """Yield the setting of every key. The key `db` has the database that this command uses."""
    from flask_status_cli.model.settings import Source
    from flask_status_cli.pipeline.settings import quoted, setting_lines

    for setting in setting_lines(configuration()):
        if setting.key == "db":
            given = group_option("db")
            source = Source.OPTION if given is not None else setting.source
            where = "--db" if given is not None else setting.where
            yield replace(setting, value=quoted(str(database())), source=source, where=where)
        else:
            yield setting
