"""What `report --site` does: the files go into the directory, a line tells how many changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask_status_cli.model import StatusSummary
    from flask_status_cli.render.html import PageOptions
    from flask_status_cli.render.words import Words


def write_site(
    summary: StatusSummary,
    directory: str,
    *,
    words: Words,
    options: PageOptions,
    quiet: bool,
) -> None:
    """Write the site of a summary; on the first time say how many routes it makes known."""
    from flask_status_cli.render import sentences
    from flask_status_cli.render.site import PAGE, files, write
    from flask_status_cli.render.words import ENGLISH

    target = Path(directory)
    new = not (target / PAGE).exists()
    made = files(summary, words, options, url=options.url)
    written = write(target, made)
    if quiet:
        return
    click.echo(f"wrote {directory}: {written.changed} of {written.files} files changed", err=True)
    published = sentences.published(summary, ENGLISH)
    if new and published:
        click.echo(published, err=True)
