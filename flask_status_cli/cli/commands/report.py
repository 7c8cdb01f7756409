"""`flask-status report`: shows the status in one format."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flask_status_cli.cli.commands.completion.files import directories, files
from flask_status_cli.cli.commands.completion.route_values import rules
from flask_status_cli.cli.options import (
    NOW,
    PROGRAMS,
    ZONE,
    clock,
    database,
    database_option,
    lang_option,
    policy,
    settings,
    words_of,
    zone,
)
from flask_status_cli.cli.output.page_options import (
    choices,
    open_in_browser,
    page_options,
    refuse_page_options,
    write_page,
)
from flask_status_cli.cli.output.site import write_site
from flask_status_cli.cli.output.target import STDOUT, Target
from flask_status_cli.cli.param_types import Day, Share

if TYPE_CHECKING:
    from datetime import tzinfo

    from flask_status_cli.model import StatusSummary
    from flask_status_cli.pipeline.report import ReportOptions
    from flask_status_cli.render.text.words import Words

PAGE = "status.html"
MEDIA = ("json", "csv", "markdown")
PAGES = ("html", "site")


@click.command(
    short_help="Show the status of every route.",
    context_settings={"allow_extra_args": True},  # `_refuse_logs` says that logs are for `ingest`
)
@click.option(
    "--html",
    is_flag=False,
    flag_value="",
    metavar="[FILE]",
    shell_complete=files,
    help=f"Write one static web page.  [default: {PAGE}]",
)
@click.option(
    "--site",
    metavar="DIR",
    shell_complete=directories,
    help="Write the page into a directory, together with JSON, an Atom feed and badges.",
)
@click.option("--json", is_flag=True, help="Print all figures as JSON.")
@click.option("--csv", is_flag=True, help="Print CSV, one line for each route.")
@click.option("--markdown", is_flag=True, help="Print a Markdown table for an issue or a wiki.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=files,
    help="Write to this file; - is standard output.",
)
@click.option(
    "--prometheus",
    metavar="FILE",
    shell_complete=files,
    help="Write metrics for the textfile collector of Prometheus; - is standard output.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3660),
    metavar="N",
    help="The number of calendar days, including today.  [default: 30]",
)
@click.option(
    "--day",
    type=Day(),
    metavar="DATE",
    help="Only this calendar day, such as 2026-11-24, as of its end.",
)
@click.option("--timezone", metavar="ZONE", help=ZONE)
@click.option(
    "--now",
    metavar="INSTANT",
    help=NOW,
)
@click.option(
    "--policy",
    type=click.Choice(["standard", "server-errors"]),
    help="Which status codes are failures: 404 and 5xx, or 5xx only.  [default: standard]",
)
@click.option(
    "--objective",
    type=Share(),
    metavar="SHARE",
    help="The share of requests that must succeed, such as 99.9% or 0.999. The report then shows the error "
    "budget that is left.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    shell_complete=rules,
    help="Show only routes whose rule matches this pattern, such as '/api/*'. May be repeated.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    shell_complete=rules,
    help="Leave out routes whose rule matches this pattern. May be repeated.",
)
@click.option(
    "--groups",
    type=click.Choice(["none", "blueprint", "prefix"]),
    help="Group the routes by their blueprint, or by the first segment of their path.  [default: none]",
)
@click.option(
    "--no-group",
    is_flag=True,
    help="Give each route its own row: do not join similar routes. This does not affect --groups.",
)
@click.option(
    "--rows",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="Show the first N rows, and one line for the others.  [default: 40]",
)
@click.option("--all", "show_all", is_flag=True, help="Show all rows.")
@lang_option
@page_options
@click.option(
    "--watch",
    is_flag=True,
    help="Show the table on the whole terminal and update it until q is pressed.",
)
@click.option(
    "--follow-links",
    is_flag=True,
    help="Allow output through symbolic links, and into directories that other users may write to.",
)
@click.option("-q", "--quiet", is_flag=True, help="Do not print which files were written.")
@database_option
def report(
    *,
    html: str | None,
    output: str | None,
    quiet: bool,
    show_all: bool,
    lang: str | None,
    **options: Any,
) -> int | None:
    """Show the status of every route: its state now, its availability, and one square for each day.

    The report is a table for the terminal, unless an option such as --html or --json is given.
    """
    from flask_status_cli.pipeline.report import summarize

    _refuse_logs(click.get_current_context().args)
    named = {"html": html, "site": options["site"], "prometheus": options["prometheus"]}
    medium = _medium(named, [name for name in MEDIA if options[name]])
    if show_all and medium in PROGRAMS:
        raise click.UsageError(f"--{medium} always has all rows; leave out --all")
    _check(medium, html=html, output=output, options=options)
    asked = _asked(options, show_all=show_all, details=medium in PAGES)
    words = words_of(lang, medium=medium)
    if options["watch"]:
        from flask_status_cli.cli.screen.watch_report import watch

        return watch(
            lambda: summarize(asked, clock=clock),
            asked.database,
            words=words,
            fitted=not show_all and options["rows"] is None,
        )
    summary = summarize(asked, clock=clock)
    if medium in PAGES:
        _page(summary, output or html or PAGE, words=words, options=options, quiet=quiet)
    elif medium == "prometheus":
        from flask_status_cli.pipeline.site import prometheus

        target = Target(options["prometheus"], follow_links=options["follow_links"])
        target.write(prometheus(summary, asked))
    else:
        target = Target(output or STDOUT, follow_links=options["follow_links"])
        _text(summary, medium, target, words=words)
    return None


def _refuse_logs(words: list[str]) -> None:
    """Raise `UsageError` if a log was named. It says which command reads logs."""
    if words:
        log = shlex.quote(words[0])
        raise click.UsageError(
            f"a report is made from the database, and {log} is no option; "
            f"read the log first: flask-status ingest {log}"
        )


def _check(
    medium: str | None,
    *,
    html: str | None,
    output: str | None,
    options: dict[str, Any],
) -> None:
    """Raise `UsageError` for options that cannot be combined."""
    if html and output:
        raise click.UsageError("name the file once: --html FILE, or --html with -o FILE")
    if medium not in PAGES:
        refuse_page_options(options)
    if options["open_page"] and output == STDOUT:
        raise click.UsageError("--open needs a file; leave out -o -")
    if options["watch"] and (medium or output):
        raise click.UsageError(f"--watch is for the terminal; leave out {_place(medium)}")
    for name, place in (("site", "directory"), ("prometheus", "file")):
        if options[name] is not None and output:
            raise click.UsageError(f"--{name} already names the {place}; leave out -o")


def _asked(options: dict[str, Any], *, show_all: bool, details: bool) -> ReportOptions:
    """Return the options of the report, from the command line and the configuration."""
    from flask_status_cli.model import GroupBy
    from flask_status_cli.pipeline.report import ReportOptions

    known = settings()
    times = zone(options["timezone"], option="--timezone")
    now, days = _period(options, times)
    return ReportOptions(
        database=database(),
        zone=times,
        days=days,
        now=now,
        policy=policy(options["policy"], objective=options["objective"]),
        only=options["only"] or known.only,
        exclude=(*known.exclude, *options["exclude"]),
        group=not options["no_group"],
        details=details,
        stale_after=known.stale_after,
        groups=GroupBy(options["groups"] or known.groups),
        rows=options["rows"] or known.rows,
        show_all=show_all,
        keep=known.keep,
    )


def _period(options: dict[str, Any], zone: tzinfo) -> tuple[str | None, int]:
    """Return the instant of the report, as the text of `--now`, and its number of days."""
    day = options["day"]
    if day is None:
        return options["now"], options["days"] or settings().days
    if options["now"] or options["days"]:
        raise click.UsageError("--day chooses the period already; leave out --now and --days")
    today = clock().astimezone(zone).date()
    if day > today:
        raise click.UsageError(f"--day: {day} is in the future")
    return None if day == today else f"{day}T23:59:59", 1


def _place(medium: str | None) -> str:
    return f"--{medium}" if medium else "--output"


def _medium(named: Mapping[str, str | None], texts: list[str]) -> str | None:
    """Return the output format of the options, `None` for the terminal. Raises `UsageError` for several.

    `named` has the file or directory given for each format that takes one. `texts` are the others.
    """
    chosen = [*(name for name, given in named.items() if given is not None), *texts]
    if len(chosen) > 1:
        raise click.UsageError(f"choose one of {' and '.join(f'--{name}' for name in chosen)}")
    return chosen[0] if chosen else None


def _page(
    summary: StatusSummary, output: str, *, words: Words, options: dict[str, Any], quiet: bool
) -> None:
    """Write the page or the site. With `--open`, open it in a browser."""
    chosen = choices(options, settings())
    site: str | None = options["site"]
    follow_links: bool = options["follow_links"]
    if site is None:
        target = Target(output, follow_links=follow_links)
        write_page(summary, target, words=words, options=chosen, quiet=quiet)
    else:
        target = Target(site, follow_links=follow_links)
        write_site(summary, target, words=words, options=chosen, quiet=quiet)
    if options["open_page"]:
        open_in_browser(Path(output) if site is None else Path(site, "index.html"))


def _text(summary: StatusSummary, medium: str | None, target: Target, *, words: Words) -> None:
    if medium is None:
        _terminal(summary, target, words=words)
        return
    from flask_status_cli.render import csv_report, markdown_report
    from flask_status_cli.render.json import report_json

    if medium == "markdown":
        target.write(markdown_report.render(summary, words))
    else:
        target.write({"json": report_json.render, "csv": csv_report.render}[medium](summary))


def _terminal(summary: StatusSummary, target: Target, *, words: Words) -> None:
    from flask_status_cli.render import terminal

    if target.is_stdout:
        terminal.write(summary, sys.stdout, environment=os.environ, words=words)
    else:
        text = terminal.render(summary, width=terminal.PIPE_WIDTH, color=False, words=words)
        target.write(text)
