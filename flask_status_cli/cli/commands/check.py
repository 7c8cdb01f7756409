"""`flask-status check`: one line and an exit status for a monitoring system."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from flask_status_cli.cli.commands.completion import route_values as completion
from flask_status_cli.cli.options import clock, database, database_option, policy, settings, zone
from flask_status_cli.cli.param_types import Share, Span
from flask_status_cli.errors import FlaskStatusError

if TYPE_CHECKING:
    from flask_status_cli.model import CheckResult, Range
    from flask_status_cli.model.settings import PolicySettings

UNKNOWN = 3

WINDOW = timedelta(hours=1)

ALONE = {
    "burn": ("warning", "critical", "window"),
    "incidents": ("window", "objective", "burn"),
}
"""What a check of another kind than availability does without; it would mean nothing there."""


@click.command(short_help="Answer a monitoring system: a line, and an exit status.")
@click.option(
    "-w", "--warning", metavar="RANGE", help="WARNING outside of it: 99.5 means 99.5 % or more."
)
@click.option("-c", "--critical", metavar="RANGE", help="CRITICAL outside of it.")
@click.option(
    "--window",
    type=Span(),
    metavar="SPAN",
    help="The time up to the newest entry whose availability is checked.  [default: 1h]",
)
@click.option("--incidents", is_flag=True, help="Check the number of open incidents instead.")
@click.option("--burn", is_flag=True, help="Check how fast the error budget is spent instead.")
@click.option(
    "--objective",
    type=Share(),
    metavar="SHARE",
    help="For --burn: 99.9% or 0.999.  [default: the configuration's]",
)
@click.option(
    "--route",
    "routes",
    multiple=True,
    metavar="PATTERN",
    shell_complete=completion.rules,
    help="Check each route whose rule matches this glob for itself; the worst decides.  "
    "[default: all together]",
)
@click.option(
    "--max-age",
    type=Span(),
    metavar="SPAN",
    help="UNKNOWN if the log was last read, or its newest entry is, longer ago.  "
    "[default: 15m, of reading alone]",
)
@click.option(
    "--policy",
    type=click.Choice(["standard", "server-errors"]),
    help="As for report.  [default: standard]",
)
@click.option("--now", metavar="INSTANT", help="As for report.")
@database_option
def check(**options: Any) -> int:
    """Answer a monitoring system: a line, and an exit status.

    0 is OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN: nothing to judge, old data, or a command that was not
    understood. Without thresholds the state now decides, as the headline of a report says it, but of server
    errors alone: CRITICAL where a route is down, WARNING where one is degraded. A 404 wakes nobody.
    """
    from flask_status_cli.pipeline.check import CheckOptions
    from flask_status_cli.pipeline.check import check as answer

    kind = _kind(options)
    known = settings()
    result = answer(
        CheckOptions(
            database(),
            zone(None, option="--timezone"),
            kind,
            now=options["now"],
            window=options["window"] or WINDOW,
            warning=_range(options, "warning", floor=kind == "availability"),
            critical=_range(options, "critical", floor=kind == "availability"),
            only=options["routes"] or known.only,
            exclude=known.exclude,
            each=bool(options["routes"]),
            max_age=options["max_age"],
            stale_after=known.stale_after,
            policy=_policy(options),
        ),
        clock=clock,
    )
    _tell(result)
    return int(result.state)


def _kind(options: dict[str, Any]) -> Any:
    chosen = [kind for kind in ("incidents", "burn") if options[kind]]
    kind = chosen[0] if chosen else "availability"
    for name in ALONE.get(kind, ("objective",)):
        if options[name]:
            raise click.UsageError(f"--{name} has no meaning for a check of {kind}; leave it out")
    return kind


def _range(options: dict[str, Any], name: str, *, floor: bool) -> Range | None:
    from flask_status_cli.model import Range

    text = options[name]
    if text is None:
        return None
    try:
        return Range.parse(text.replace("%", "").replace(" ", ""), floor=floor)
    except ValueError as error:
        raise click.UsageError(f"--{name}: {error}; for example 99.5 or 95:99.5") from None


def _policy(options: dict[str, Any]) -> PolicySettings:
    """Return the policy to judge by; raises `UsageError` where a burn has nothing to be measured by."""
    found = policy(options["policy"], objective=options["objective"])
    objectives = [found.objective, *(route.objective for route in found.routes)]
    if options["burn"] and not any(objectives):
        raise click.UsageError(
            "--burn needs an objective: --objective 99.9%, or objective = 0.999 below [policy]"
        )
    return found


def _tell(result: CheckResult) -> None:
    from flask_status_cli.render.monitoring_plugin import line

    encoding = (sys.stdout.encoding or "ascii").lower()
    click.echo(line(result, ascii_only=not encoding.startswith(("utf-8", "utf8"))))


def as_plugin(run: Callable[[], object]) -> int:
    """Run a check as a monitoring system wants it: whatever keeps it from its answer is UNKNOWN, and said."""
    try:
        status = run()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        reason = f"{error.format_message().rstrip('.')} (--help tells more)"
    except FlaskStatusError as error:
        reason = str(error)
    except (click.Abort, KeyboardInterrupt):
        reason = "interrupted"
    except Exception as error:  # noqa: BLE001 - Python's own exit status would be a WARNING
        traceback.print_exc()
        reason = f"a bug, please report it: {type(error).__name__}"
    else:
        return status if isinstance(status, int) else UNKNOWN
    from flask_status_cli.model import CheckResult, CheckState

    _tell(CheckResult(CheckState.UNKNOWN, reason))
    return UNKNOWN
