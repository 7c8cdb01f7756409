"""The options of the page, and the writing of the page."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flask_status_cli.cli.commands.completion.files import files

if TYPE_CHECKING:
    from flask_status_cli.cli.output.target import Target
    from flask_status_cli.model import StatusSummary
    from flask_status_cli.model.settings import Settings
    from flask_status_cli.render.html import PageOptions
    from flask_status_cli.render.text.words import Words

_Command = TypeVar("_Command", bound=Callable[..., Any])

OPTIONS = (
    click.option("--title", metavar="TEXT", help="Page: the title.  [default: Status]"),
    click.option(
        "--logo",
        metavar="FILE",
        shell_complete=files,
        help="Page: an image of up to 32 KiB, embedded in the page.",
    ),
    click.option("--accent", metavar="COLOR", help="Page: the color of links, such as #0969da."),
    click.option("--footer", metavar="TEXT", help="Page: a line of text at the bottom."),
    click.option(
        "--max-routes",
        type=click.IntRange(min=0),
        metavar="N",
        help="Page: at most this many routes have a row of their own.  [default: 500]",
    ),
    click.option("--index", is_flag=True, help="Page: allow search engines to list the page."),
    click.option("--open", "open_page", is_flag=True, help="Open the page in a browser."),
)
"""The options that only the page has, in the order of the help."""

NAMES = ("title", "logo", "accent", "footer", "max_routes", "index", "open_page")
"""The names of these options in click."""


def page_options(command: _Command) -> _Command:
    """Add the options of the page to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def refuse_page_options(given: Mapping[str, Any]) -> None:
    """Raise `UsageError` if an option of the page was given for another format."""
    for name in NAMES:
        if given[name] is not None and given[name] is not False:
            option = "--" + name.replace("_page", "").replace("_", "-")
            raise click.UsageError(f"{option} is for the page; use it with --html or --site")


def choices(given: Mapping[str, Any], known: Settings) -> PageOptions:
    """Return the options of the page, from the command line (`given`) and the configuration (`known`)."""
    from flask_status_cli.pipeline.site import page_options

    page = known.page
    made = page_options(
        replace(
            known,
            title=_first(given["title"], known.title),
            page=replace(
                page,
                logo=Path(given["logo"]) if given["logo"] else page.logo,
                accent=given["accent"] or page.accent,
                footer=_first(given["footer"], page.footer),
                robots="index,follow" if given["index"] else page.robots,
            ),
        )
    )
    most: int | None = given["max_routes"]
    return made if most is None else replace(made, max_routes=most)


def write_page(
    summary: StatusSummary, target: Target, *, words: Words, options: PageOptions, quiet: bool
) -> None:
    """Write the page, and print the name of its file.

    If the file is new, also print how many routes the page makes public.
    """
    from flask_status_cli.render.html import render
    from flask_status_cli.render.text import sentences
    from flask_status_cli.render.text.words import ENGLISH

    page = render(summary, words, options)
    new = not target.is_stdout and not os.path.exists(target.path)  # noqa: PTH110 - never raises
    target.write(page)
    if not quiet and not target.is_stdout:
        click.echo(f"wrote {target.name}", err=True)
        published = sentences.public_routes(summary, ENGLISH)
        if new and published:
            click.echo(published, err=True)


def open_in_browser(page: Path) -> None:
    """Open a page in a browser if there is a terminal."""
    import webbrowser

    if not has_terminal():
        click.echo("the page was not opened in a browser: there is no terminal", err=True)
    elif not webbrowser.open(page.resolve().as_uri()):
        click.echo(f"no browser was found; open {page.resolve()}", err=True)


def has_terminal() -> bool:
    """Return whether standard error is a terminal. For cron it is none."""
    return sys.stderr.isatty()


def _first(given: str | None, known: str) -> str:
    return known if given is None else given
