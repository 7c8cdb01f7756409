"""`flask status …`: runs a command of flask-status with the database and settings of a Flask app."""

from __future__ import annotations

import os
import sys
from typing import Any

import click


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    add_help_option=False,
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def status(context: click.Context, words: tuple[str, ...]) -> None:
    """Run flask-status with the app's database."""
    from flask_status_cli.cli import run
    from flask_status_cli.cli.options import text_of

    app = _app(context)
    state = None if app is None else app.extensions.get("flask-status")
    if state is None:
        sys.exit(run(words))
    os.environ.update(state.variables())
    setup = state.setup()
    if words[:1] in (("ingest",), ("serve",)):
        state.declare()
    sys.exit(run(["--db", text_of(setup.database), *words]))


def _app(context: click.Context) -> Any:
    """Return the app that the command `flask` has loaded, `None` if there is none."""
    load = getattr(context.find_root().obj, "load_app", None)
    return None if load is None else load()
