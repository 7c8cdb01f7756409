"""Completes the versions of deploys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flask_status_cli.cli.options import database

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def versions(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the versions that begin with the typed text, the latest first, each with its time."""
    from click.shell_completion import CompletionItem

    from flask_status_cli.pipeline.deploys import list_deploys

    with context.scope(cleanup=False):
        found = list_deploys(database())
    times = {each.version: f"{each.at:%Y-%m-%d %H:%M} UTC" for each in reversed(found)}
    return [
        CompletionItem(version, help=time)
        for version, time in reversed(times.items())
        if version.startswith(incomplete)
    ]
