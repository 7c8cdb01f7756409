"""Writes the site of `report --site`, and prints how many of its files changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask_status_cli.cli.output.target import Target
    from flask_status_cli.model import StatusSummary
    from flask_status_cli.render.html import PageOptions
    from flask_status_cli.render.text.words import Words


def write_site(
    summary: StatusSummary, target: Target, *, words: Words, options: PageOptions, quiet: bool
) -> None:
    """Write the site of a summary. If the site is new, also print how many routes it makes public."""
    from flask_status_cli.output.site_directory import write
    from flask_status_cli.render.site import PAGE, files
    from flask_status_cli.render.text import sentences
    from flask_status_cli.render.text.words import ENGLISH

    new = not os.path.exists(target.path / PAGE)  # noqa: PTH110 - never raises
    made = files(summary, words, options, url=options.url)
    written = write(target.path, made, follow_links=target.follow_links)
    if quiet:
        return
    click.echo(f"wrote {target.name}: {written.changed} of {written.files} files changed", err=True)
    published = sentences.public_routes(summary, ENGLISH)
    if new and published:
        click.echo(published, err=True)
