"""`flask-status incidents`: since when, for how long, which routes and codes; and what is noted of them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.options import clock, database, database_option, policy, settings, zone

if TYPE_CHECKING:
    from flask_status_cli.model import IncidentList
    from flask_status_cli.pipeline.incidents import IncidentOptions

MEDIA = ("json", "csv", "markdown")


@click.group(invoke_without_command=True, short_help="List the incidents, and note what they were.")
@click.option("--json", is_flag=True, help="As they stand in a report's JSON.")
@click.option("--csv", is_flag=True, help="A line an incident.")
@click.option("--markdown", is_flag=True, help="A table for an issue or a wiki.")
@click.option(
    "--since", metavar="WHEN", help="Only what lasted until then: an instant, or 7d, 12h, 90m ago."
)
@click.option("--open", "only_open", is_flag=True, help="Only what goes on.")
@click.option(
    "--fail-if-open", is_flag=True, help="Exit with 3 if an incident is open, false alarms aside."
)
@click.option("--timezone", metavar="ZONE", help="As for report.")
@click.option("--now", metavar="INSTANT", help="As for report.")
@database_option
@click.pass_context
def incidents(
    context: click.Context, /, *, only_open: bool, fail_if_open: bool, **options: Any
) -> ExitStatus | None:
    """List the incidents in all that is kept by the minute, the latest first.

    An incident tells since when requests failed, for how long, on which routes, with which codes.
    """
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return None
    medium = _medium([name for name in MEDIA if options[name]])
    from flask_status_cli.pipeline.incidents import list_incidents

    found = list_incidents(
        _options(
            options["timezone"], now=options["now"], since=options["since"], only_open=only_open
        ),
        clock=clock,
    )
    _show(found, medium)
    going = any(
        each.going and not (each.note and each.note.false_alarm) for each in found.incidents
    )
    return ExitStatus.OPEN if fail_if_open and going else None


@incidents.command(short_help="Show all that is known of one.")
@click.argument("incident", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="As it stands in a report's JSON.")
@click.option("--timezone", metavar="ZONE", help="As for report.")
@database_option
def show(*, incident: str, as_json: bool, timezone: str | None) -> None:
    """Show the incident ID: when it was, its routes, its worst minute, its note."""
    from flask_status_cli.pipeline.incidents import one_incident

    found = one_incident(_options(timezone), incident, clock=clock)
    if as_json:
        _show(found, "json")
        return
    from flask_status_cli.render.terminal import write_incident

    write_incident(found, sys.stdout, environment=os.environ)


@incidents.command(short_help="Write what one was.")
@click.argument("incident", metavar="ID")
@click.option("--title", metavar="TEXT", help="What it is called in every medium.")
@click.option("--cause", metavar="TEXT", help="Why it happened.")
@click.option("--post-mortem", metavar="TEXT", help="What was learned; it may be an address.")
@click.option(
    "--false-alarm/--no-false-alarm",
    default=None,
    help="It was none: it stays in the list, and nothing else counts it.",
)
@database_option
def note(*, incident: str, false_alarm: bool | None, **texts: str | None) -> None:
    """Note what the incident ID was; an empty TEXT takes back what was written.

    It is kept beside the counts, and shown wherever the incident is. From now on the incident keeps its
    id, also when late lines move its beginning.
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
        raise click.UsageError("say what to note: --title, --cause, --post-mortem, --false-alarm")
    written = note_incident(
        _options(None), incident, lambda before: replace(before, **given), clock=clock
    )
    click.echo(f"noted of incident {written.id}", err=True)


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
    """Refuse an option of the list before the name of another command, where it would do nothing."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is click.core.ParameterSource.COMMANDLINE and parameter.name != "db":
            option = parameter.opts[0]
            raise click.UsageError(
                f"{option} is for the list, not for {context.invoked_subcommand}"
            )


def _show(found: IncidentList, medium: str | None) -> None:
    from flask_status_cli.render.text.words import Words

    words = Words.of(settings().page.lang)
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
