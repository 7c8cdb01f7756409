"""Options and arguments that several `routes` commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from flask_status_cli.cli.commands.completion.route_values import labels, rules_and_names

_Command = TypeVar("_Command", bound=Callable[..., Any])


def label_option(command: _Command) -> _Command:
    """Add the option `--label` to a command. It selects the routes of one app."""
    return click.option(
        "--label",
        metavar="NAME",
        shell_complete=labels,
        help="Only routes of the app with this label.",
    )(command)


def rule_argument(command: _Command) -> _Command:
    """Add the argument RULE to a command. It selects one route."""
    return click.argument("rule", shell_complete=rules_and_names)(command)


def rules_argument(command: _Command) -> _Command:
    """Add the argument RULE... to a command. It selects one or more routes."""
    return click.argument(
        "rules", metavar="RULE...", nargs=-1, required=True, shell_complete=rules_and_names
    )(command)


def some_rules_argument(command: _Command) -> _Command:
    """Add the argument [RULE]... to a command. It may be left out."""
    return click.argument("rules", metavar="[RULE]...", nargs=-1, shell_complete=rules_and_names)(
        command
    )
