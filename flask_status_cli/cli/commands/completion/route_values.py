"""Completes routes and labels from the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from flask_status_cli.cli.options import database

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from flask_status_cli.model import Route


def rules_and_names(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the rules that begin with the typed text. If there is any text, return names, too."""
    routes = _routes(context)
    rules = {route.rule: route.name for route in routes}
    names = {route.name: route.rule for route in routes if incomplete}
    return _beginning(rules | names, incomplete)


def rules(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return the rules that begin with the typed text."""
    return _beginning({route.rule: route.name for route in _routes(context)}, incomplete)


def labels(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the labels that begin with the typed text."""
    return _beginning({route.label: "" for route in _routes(context, labeled=False)}, incomplete)


def _routes(context: click.Context, *, labeled: bool = True) -> Iterable[Route]:
    """Return the routes of the database that the typed command line names.

    If it has `--label`, return only routes with this label.
    """
    from flask_status_cli.pipeline.routes.names_for_completion import names_for_completion

    with context.scope(cleanup=False):
        found = names_for_completion(database())
    label = context.params.get("label") if labeled else None
    return [route for route in found if label in (None, route.label)]


def _beginning(values: dict[str, str], incomplete: str) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    return [
        CompletionItem(value, help=help_)
        for value, help_ in sorted(values.items())
        if value and value.startswith(incomplete)
    ]
