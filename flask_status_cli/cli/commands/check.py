"""`flask-status check`: prints one line and sets the exit status for a monitoring system."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from flask_status_cli.cli.commands.completion import route_values as completion
from flask_status_cli.cli.options import (
    NOW,
    clock,
    database,
    database_option,
    lang_option,
    policy,
    settings,
    words_of,
    zone,
)
from flask_status_cli.cli.param_types import LatencyLimit, Length, Share
from flask_status_cli.errors import DatabaseError, FlaskStatusError

if TYPE_CHECKING:
    from flask_status_cli.model import CheckResult, Range
    from flask_status_cli.model.settings import PolicySettings
    from flask_status_cli.render.text.words import Words

UNKNOWN = 3

WINDOW = timedelta(hours=1)

ALONE = {
    "burn": ("warning", "critical", "window", "latency"),
    "incidents": ("window", "objective", "burn", "latency"),
    "latency": ("warning", "critical", "objective"),
}
"""The options that cannot be used with each kind of check."""


@click.command(short_help="Check the state for a monitoring system such as Nagios.")
@click.option(
    "-w",
    "--warning",
    metavar="RANGE",
    help="WARNING if the value is outside of this range; 99.5 means 99.5 % or more.",
)
@click.option(
    "-c", "--critical", metavar="RANGE", help="CRITICAL if the value is outside of this range."
)
@click.option(
    "--window",
    type=Length(),
    metavar="LENGTH",
    help="Check the availability in this length of time before the newest entry.  [default: 1h]",
)
@click.option("--incidents", is_flag=True, help="Check the number of open incidents instead.")
@click.option("--burn", is_flag=True, help="Check how fast the error budget is spent instead.")
@click.option(
    "--latency",
    type=LatencyLimit(),
    metavar="LIMIT",
    help="Check the response times instead: p95=500ms is CRITICAL above 500 ms; p95=500ms,2s is WARNING "
    "above 500 ms and CRITICAL above 2 s.",
)
@click.option(
    "--objective",
    type=Share(),
    metavar="SHARE",
    help="For --burn: the share of requests that must succeed, such as 99.9% or 0.999.  "
    "[default: policy.objective in the configuration]",
)
@click.option(
    "--route",
    "routes",
    multiple=True,
    metavar="PATTERN",
    shell_complete=completion.rules,
    help="Check each route whose rule matches this pattern, such as '/api/*'; the worst route decides. "
    "May be repeated.  "
    "[default: all requests together]",
)
@click.option(
    "--max-age",
    type=Length(),
    metavar="LENGTH",
    help="UNKNOWN if the log has not been read, or has had no entry, for this length of time.  "
    "[default: 15m since the log was read]",
)
@click.option(
    "--policy",
    type=click.Choice(["standard", "server-errors"]),
    help="Which status codes are failures: 404 and 5xx, or 5xx only.  [default: standard]",
)
@click.option("--now", metavar="INSTANT", help=NOW)
@lang_option
@database_option
def check(**options: Any) -> int:
    """Check the state for a monitoring system: print one line and set the exit status.

    The exit status is 0 for OK, 1 for WARNING, 2 for CRITICAL and 3 for UNKNOWN. UNKNOWN means that there is
    nothing to judge, that the data are old, or that the command was not understood. Without --warning and
    --critical, the present state of the routes decides: CRITICAL if a route is down, WARNING if one is
    degraded. Only server errors count then.
    """
    from flask_status_cli.pipeline.check import ANSWER_WITHIN, CheckOptions
    from flask_status_cli.pipeline.check import check as answer

    kind = _kind(options)
    known = settings()
    words = words_of(options["lang"])
    chosen = CheckOptions(
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
        latency=options["latency"],
        words=words.ascii() if _ascii_only() else words,
    )
    with _limit(ANSWER_WITHIN, str(chosen.database)):
        result = answer(chosen, clock=clock)
    _tell(result, words)
    return int(result.state)


@contextmanager
def _limit(seconds: float, database: str) -> Iterator[None]:
    """Raise `DatabaseError` if the block takes longer than so many seconds.

    A library in the block may turn the error into one of its own: SQLAlchemy makes it a `StatementError`.
    """
    what = f"did not answer within {seconds:g} seconds"
    too_late = DatabaseError(
        database, what, "check whether it can be reached, and what it is doing"
    )
    late = False

    def stop(*_: object) -> None:
        nonlocal late
        late = True
        raise too_late

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except Exception:
        if late:
            raise too_late from None
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _kind(options: dict[str, Any]) -> Any:
    chosen = [kind for kind in ("incidents", "burn", "latency") if options[kind]]
    if not chosen and options["objective"]:
        raise click.UsageError("--objective is for --burn; leave it out")
    for kind in chosen[:1]:
        for name in ALONE[kind]:
            if options[name]:
                raise click.UsageError(f"--{name} cannot be used with --{kind}; leave it out")
    return chosen[0] if chosen else "availability"


def _range(options: dict[str, Any], name: str, *, floor: bool) -> Range | None:
    from flask_status_cli.model import Range

    text = options[name]
    if text is None:
        return None
    try:
        return Range.parse(text.replace("%", "").replace(" ", ""), floor=floor)
    except ValueError as error:
        raise click.UsageError(f"--{name}: {error}; use for example 99.5 or 95:99.5") from None


def _policy(options: dict[str, Any]) -> PolicySettings:
    """Return the policy. Raises `UsageError` if `--burn` is given and there is no objective."""
    found = policy(options["policy"], objective=options["objective"])
    objectives = [found.objective, *(route.objective for route in found.routes)]
    if options["burn"] and not any(objectives):
        raise click.UsageError(
            "--burn needs an objective: --objective 99.9%, or objective = 0.999 below [policy]"
        )
    return found


def _tell(result: CheckResult, words: Words | None = None) -> None:
    from flask_status_cli.render.monitoring_plugin import line
    from flask_status_cli.render.text.words import ENGLISH

    click.echo(line(result, words=words or ENGLISH, ascii_only=_ascii_only()))


def _ascii_only() -> bool:
    encoding = (sys.stdout.encoding or "ascii").lower()
    return not encoding.startswith(("utf-8", "utf8"))


def as_plugin(run: Callable[[], object]) -> int:
    """Run a check, and report any error as UNKNOWN, as monitoring plugins must. Return the exit status."""
    try:
        status = run()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        reason = f"{error.format_message().rstrip('.')} (see --help)"
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
