"""`flask-status incidents`: lists incidents, shows one, and adds notes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.options import (
    NOW,
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

if TYPE_CHECKING:
    from flask_status_cli.model import IncidentList
    from flask_status_cli.pipeline.incidents import IncidentOptions
    from flask_status_cli.render.text.words import Words

MEDIA = ("json", "csv", "markdown")

_Command = TypeVar("_Command", bound=Callable[..., Any])


def list_options(command: _Command) -> _Command:
    """Add the options that choose which incidents are listed, and in which format."""
    for add in (
        database_option,
        lang_option,
        click.option("--now", metavar="INSTANT", help=NOW),
        click.option("--timezone", metavar="ZONE", help=ZONE),
        click.option(
            "--fail-if-open",
            is_flag=True,
            help="Exit with status 3 if an incident is open; false alarms do not count.",
        ),
        click.option("--open", "only_open", is_flag=True, help="List only open incidents."),
        click.option(
            "--since",
            metavar="WHEN",
            help="List only incidents that were open at this time or later: an instant, or a length of time "
            "ago, such as 12h, 7d or 4w.",
        ),
        click.option("--markdown", is_flag=True, help="Print a table for an issue or a wiki."),
        click.option("--csv", is_flag=True, help="Print CSV, one line for each incident."),
        click.option("--json", is_flag=True, help="Print JSON, as in a report."),
    ):
        command = add(command)
    return command


@click.group(invoke_without_command=True, short_help="List the incidents, and add notes to them.")
@list_options
@click.pass_context
def incidents(context: click.Context, /, **options: Any) -> ExitStatus | None:
    """List the incidents in the database, the latest first.

    An incident says when requests began to fail, for how long they failed, on which routes, and with which
    status codes. Without a command, this is the same as "list".
    """
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return None
    return _list(**options)


@incidents.command("list", short_help="List the incidents.")
@list_options
def list_(**options: Any) -> ExitStatus | None:
    """List the incidents in the database, the latest first."""
    return _list(**options)


def _list(
    *, only_open: bool, fail_if_open: bool, lang: str | None, **options: Any
) -> ExitStatus | None:
    medium = _medium([name for name in MEDIA if options[name]])
    words = words_of(lang, medium=medium)
    from flask_status_cli.pipeline.incidents import list_incidents

    found = list_incidents(
        _options(
            options["timezone"], now=options["now"], since=options["since"], only_open=only_open
        ),
        clock=clock,
    )
    _show(found, medium, words)
    going = any(
        each.going and not (each.note and each.note.false_alarm) for each in found.incidents
    )
    return ExitStatus.OPEN if fail_if_open and going else None


@incidents.command(short_help="Show one incident.")
@click.argument("incident", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as in a report.")
@click.option("--timezone", metavar="ZONE", help=ZONE)
@lang_option
@database_option
def show(*, incident: str, as_json: bool, timezone: str | None, lang: str | None) -> None:
    """Show the incident ID: its times, its routes, its worst minute and its note."""
    from flask_status_cli.pipeline.incidents import one_incident

    words = words_of(lang, medium="json" if as_json else None)
    found = one_incident(_options(timezone), incident, clock=clock)
    if as_json:
        _show(found, "json", words)
        return
    from flask_status_cli.render.terminal import write_incident

    write_incident(found, sys.stdout, environment=os.environ, words=words)


@incidents.command(short_help="Add a note to an incident.")
@click.argument("incident", metavar="ID")
@click.option(
    "--title",
    metavar="TEXT",
    help="A title for the incident, shown wherever the incident is shown.",
)
@click.option("--cause", metavar="TEXT", help="Why the incident happened.")
@click.option("--post-mortem", metavar="TEXT", help="What was learned, or a link to it.")
@click.option(
    "--false-alarm/--no-false-alarm",
    default=None,
    help="Mark the incident as a false alarm. It stays in the list, but counts nowhere else.",
)
@database_option
def note(*, incident: str, false_alarm: bool | None, **texts: str | None) -> None:
    """Add a note to the incident ID. An empty TEXT removes an earlier text.

    The note is stored in the database, and shown wherever the incident is shown. An incident with a note
    keeps its id, even if lines that are read later change when it began.
    """
    from dataclasses import replace

    from flask_status_cli.pipeline.incidents import note_incident
    from flask_status_cli.render.escape import encodable

    given: dict[str, Any] = {
        name: encodable(text) for name, text in texts.items() if text is not None
    }
    if false_alarm is not None:
        given["false_alarm"] = false_alarm
    if not given:
        raise click.UsageError("give a note: --title, --cause, --post-mortem or --false-alarm")
    written = note_incident(
        _options(None), incident, lambda before: replace(before, **given), clock=clock
    )
    click.echo(f"the note of incident {written.id} is stored", err=True)


def _options(timezone: str | None, **choices: Any) -> IncidentOptions:
    from flask_status_cli.pipeline.incidents import IncidentOptions

    known = settings()
    return IncidentOptions(
        database(),
        zone(timezone, option="--timezone"),
        only=known.only,
        exclude=known.exclude,
        policy=policy(None),
        stale_after=known.stale_after,
        **choices,
    )


def _medium(chosen: list[str]) -> str | None:
    if len(chosen) > 1:
        raise click.UsageError(f"choose one of {' and '.join(f'--{name}' for name in chosen)}")
    return chosen[0] if chosen else None


def _refuse_options(context: click.Context) -> None:
    """Raise `UsageError` for an option of the list before the name of a command. It would have no effect."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is click.core.ParameterSource.COMMANDLINE and parameter.name != "db":
            option = parameter.opts[0]
            command = context.invoked_subcommand
            where = "write it after list" if command == "list" else f"{command} does not take it"
            raise click.UsageError(f"{option} is an option of the list: {where}")


def _show(found: IncidentList, medium: str | None, words: Words) -> None:
    if medium is None:
        from flask_status_cli.render.terminal import write_incidents

        write_incidents(found, sys.stdout, environment=os.environ, words=words)
        return
    from flask_status_cli.render import csv_report, markdown_report
    from flask_status_cli.render.json import report_json

    if medium == "markdown":
        text = markdown_report.render_incidents(found, words)
    else:
        text = {"json": report_json.incidents, "csv": csv_report.incidents}[medium](found)
    sys.stdout.buffer.write(text.encode())
