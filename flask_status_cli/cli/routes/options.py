"""Options that the commands on routes share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def label_option(command: _Command) -> _Command:
    """Add `--label` to a command: of which app the routes are."""
    return click.option(
        "--label", metavar="NAME", help="Only the routes of the app of this label."
    )(command)


def rule_argument(command: _Command) -> _Command:
    """Add the argument RULE: one route."""
    return click.argument("rule")(command)


def rules_argument(command: _Command) -> _Command:
    """Add the argument RULE...: one or more routes."""
    return click.argument("rules", metavar="RULE...", nargs=-1, required=True)(command)
