"""`flask-status ingest`: reads the new lines of logs."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flask_status_cli.cli.commands.completion import route_values as completion
from flask_status_cli.cli.commands.completion.files import files
from flask_status_cli.cli.exit_status import ExitStatus
from flask_status_cli.cli.lean_click import LeanCommand, option, option_places
from flask_status_cli.cli.log_format_option import LogFormat, configured_format, wanted_format
from flask_status_cli.cli.options import (
    JSON_MAP,
    LOG_ZONE,
    NGINX_CONF,
    checked_host,
    clock,
    configuration,
    database,
    database_option,
    host_name,
    mount_prefix,
    prefixes,
    settings,
    zone,
)
from flask_status_cli.cli.screen.progress_bar import progress_bar
from flask_status_cli.frozen import replace

if TYPE_CHECKING:
    from flask_status_cli.model import Expectation, IngestResult, UrlMap
    from flask_status_cli.model.server_wait_limits import ServerWaitLimits
    from flask_status_cli.model.settings import Settings
    from flask_status_cli.pipeline.formats.nginx_logs import NginxLogs
    from flask_status_cli.pipeline.ingest.options import IngestOptions
    from flask_status_cli.pipeline.notifications.after_ingest import Notifier

LONGEST_NAME = 200
"""The longest name of a stream, in characters."""

HOSTS_OPTION = "--label-from-host"

ALL_HOSTS = "*"
"""The value of `--label-from-host` that stands for all hosts."""


class IngestCommand(LeanCommand):
    """The command `ingest`. Its option `--label-from-host` may have a value (`=HOST,...`) or none."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments. `--label-from-host` without a value means all hosts."""
        named = list(args)
        for place in option_places(args, self.params):
            if args[place] == HOSTS_OPTION:
                named[place] = f"{HOSTS_OPTION}={ALL_HOSTS}"
        return super().parse_args(ctx, named)


@click.command(cls=IngestCommand, no_args_is_help=False)
@click.argument("logs", nargs=-1, metavar="[LOG]...", shell_complete=files)
@option(
    "--format",
    "log_format",
    type=LogFormat(),
    help='The format of the log: a name from "formats list", or the string of an Apache LogFormat or an '
    "nginx log_format.  [default: found automatically]",
)
@option(
    "--json-map",
    metavar="PART=KEY,...",
    help=JSON_MAP,
)
@option("--nginx-conf", metavar="CONF", help=NGINX_CONF)
@option(
    "--log-timezone",
    metavar="ZONE",
    help=LOG_ZONE,
)
@option(
    "--label",
    metavar="NAME",
    shell_complete=completion.labels,
    help="The name of the app, if several apps share one database.",
)
@option(
    HOSTS_OPTION,
    "hosts",
    metavar="[=HOST,...]",
    help="Use the virtual hosts in the log as labels: all of them, up to 100, or only those given.",
)
@option(
    "--host",
    metavar="NAME",
    help="The host of the logs, if several hosts share one database.  "
    "[default: the name of this host, with PostgreSQL only]",
)
@option("--adopt", is_flag=True, help="Continue a log that another host has read before.")
@option(
    "--separate", is_flag=True, help="Count a log even if it begins like a log of another host."
)
@option(
    "--no-siblings",
    is_flag=True,
    help="Do not read rotated files that are in the directory of the log.",
)
@option(
    "--wait",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Wait this long for another running ingest, and for a database server that is unreachable.  "
    "[default: 10, and 30 for a server]",
)
@option(
    "--stream",
    metavar="NAME",
    help="For standard input that repeats the whole log each time, as docker logs does: continue where "
    "the stream NAME ended.",
)
@option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Read a large log with up to this many processes, where that saves time.  "
    "[default: one for each core]",
)
@option(
    "--strip-prefix",
    "prefixes",
    multiple=True,
    metavar="PATH",
    help="The path below which the app is mounted, such as /app. It is removed before routes are matched. "
    "May be repeated.",
)
@option(
    "--rejects",
    metavar="FILE",
    shell_complete=files,
    help="Append refused lines to this file. Only you may read it.",
)
@option(
    "--follow",
    is_flag=True,
    help="Keep running, and read lines as they are written, until a signal ends it.",
)
@option("--yes", is_flag=True, help="Count a log even if it has the same requests as another log.")
@option("--dry-run", is_flag=True, help="Read the logs and print the result, but store nothing.")
@option("--json", "as_json", is_flag=True, help="Print the result of each log as JSON.")
@option("-q", "--quiet", is_flag=True, help="Print nothing unless something is wrong.")
@database_option
def ingest(
    *, logs: tuple[str, ...], log_timezone: str | None, quiet: bool, as_json: bool, **options: Any
) -> int:
    """Read new lines of the logs, each line exactly once.

    LOG is a path, a pattern such as '/var/log/nginx/*.log', a directory, or - for standard input. Rotated
    files of a log (access.log.1, access.log.2.gz) are found and read, too. Compressed files need no option.
    """
    from flask_status_cli.pipeline.ingest.run import ingest as read

    known = settings()
    nginx = _nginx(options["nginx_conf"], quiet=quiet)
    logs = _named(logs or _logs_of(options["nginx_conf"], nginx) or known.logs)
    rejects = _rejects(options["rejects"])
    asked = wanted_format(options["log_format"], options["json_map"])
    if options["stream"] is not None:
        _check_stream(options["stream"], logs)
    if options["follow"]:
        from flask_status_cli.cli.ingest_follow import check, follow

        check(logs, {"as_json": as_json, **options})
    by_settings = choices_of_settings(logs, log_timezone=log_timezone)
    choices = replace(
        _chosen(by_settings, options),
        format=asked or by_settings.format,
        formats=nginx.formats if nginx else (),
        sparing=quiet and not (sys.stderr.isatty() or options["dry_run"] or options["follow"]),
        rejects=rejects,
    )
    if options["follow"]:
        return follow(choices, quiet=quiet, notifier=_notifier(choices, known))
    gc.freeze()  # imported modules stay in memory, so a collection need not visit them
    with progress_bar(wanted=not quiet) as progress:
        result = read(choices, clock=clock, progress=progress)
    status = _tell(result, choices, quiet=quiet, as_json=as_json)
    if known.notify.wanted:
        _notifier(choices, known).after_one(dry_run=choices.dry_run)
    return status


def _chosen(by_settings: IngestOptions, options: Mapping[str, Any]) -> IngestOptions:
    """Return the options of an ingest: those of the command line, else those of the settings."""
    label, hosts, host, wait = (options[name] for name in ("label", "hosts", "host", "wait"))
    return replace(
        by_settings,
        label=by_settings.label if label is None else label,
        hosts=by_settings.hosts if hosts is None else _hosts(hosts),
        host=by_settings.host if host is None else checked_host(host),
        adopt=options["adopt"],
        separate=options["separate"],
        siblings=not options["no_siblings"],
        wait=by_settings.wait if wait is None else wait,
        wait_limits=_wait_limits(wait),
        dry_run=options["dry_run"],
        stream=options["stream"],
        prefixes=prefixes(options["prefixes"]) or by_settings.prefixes,
        jobs=options["jobs"] or _cores(),
        yes=options["yes"],
    )


def choices_of_settings(logs: tuple[str, ...], *, log_timezone: str | None = None) -> IngestOptions:
    """Return the options of an ingest of `logs` from the settings, with one process."""
    from flask_status_cli.pipeline.ingest.options import IngestOptions

    known = settings()
    return IngestOptions(
        database=database(),
        arguments=logs,
        zone=zone(log_timezone, option="--log-timezone"),
        format=configured_format(),
        label=known.label,
        hosts=_hosts_of_settings(known),
        host=host_name(),
        discover=known.discover,
        keep=known.keep,
        prefixes=mount_prefix(),
        routes=_declared(),
        routes_from=configuration().where("routes"),
        retention=known.retention,
        policy=known.policy,
        expectations=_expected(known),
    )


def _hosts(given: str) -> tuple[str, ...]:
    """Return the virtual hosts that become labels. An empty tuple means all. Raises `OptionError`."""
    from flask_status_cli.pipeline.ingest.options import hosts_of

    return hosts_of(() if given == ALL_HOSTS else given.split(","), option="--label-from-host")


def _hosts_of_settings(known: Settings) -> tuple[str, ...] | None:
    if isinstance(known.label_from_host, bool):
        return () if known.label_from_host else None
    from flask_status_cli.pipeline.ingest.options import hosts_of

    return hosts_of(known.label_from_host, option=configuration().where("label_from_host"))


def _nginx(conf: str | None, *, quiet: bool) -> NginxLogs | None:
    """Return the logs in an nginx configuration. Unless `quiet`, print which of them are not read."""
    if conf is None:
        return None
    from flask_status_cli.pipeline.formats.nginx_logs import nginx_logs

    found = nginx_logs(conf)
    if not quiet:
        for notice in (*found.missing, *found.notices):
            _warn(notice)
    return found


def _logs_of(conf: str, nginx: NginxLogs | None) -> tuple[str, ...]:
    if nginx is None:
        return ()
    from flask_status_cli.pipeline.formats.nginx_logs import readable

    return readable(conf, nginx)


def _named(logs: tuple[str, ...]) -> tuple[str, ...]:
    if not logs:
        raise click.UsageError(
            "name a log, for example: flask-status ingest /var/log/nginx/access.log; or write it into "
            "flask-status.toml: logs = [...]"
        )
    return logs


def _wait_limits(seconds: float | None) -> ServerWaitLimits:
    """Return how long to wait for a database server that is away. On a terminal, a line says so."""
    from flask_status_cli.pipeline.ingest.options import SERVER_WAIT

    known = SERVER_WAIT if seconds is None else replace(SERVER_WAIT, seconds=seconds)
    return replace(known, tell=_warn) if sys.stderr.isatty() else known


def _warn(line: str) -> None:
    from flask_status_cli.render.escape import printable

    click.echo(f"flask-status: {printable(line, 1000)}", err=True)


def _notifier(choices: IngestOptions, known: Settings) -> Notifier:
    from flask_status_cli.cli.notify_sender import notifier

    return notifier(choices.database, known, _warn)


def _declared() -> UrlMap | None:
    """Return the rules of the configuration, `None` if there is no configuration file."""
    known = configuration()
    if not any(layer.file for layer in known.layers):
        return None
    from flask_status_cli.pipeline.routes.declare import configured

    return configured(known.settings)


def _expected(known: Settings) -> tuple[Expectation, ...]:
    """Return for which routes the configuration expects traffic."""
    from flask_status_cli.pipeline.ingest.promised_traffic import expected

    return expected(known)


def _rejects(name: str | None) -> Path | None:
    if name in ("", "-"):
        raise click.UsageError("--rejects needs the name of a file")
    return None if name is None else Path(name)


def _check_stream(name: str, logs: tuple[str, ...]) -> None:
    if logs != ("-",):
        raise click.UsageError("--stream is for standard input: give - as the only log")
    if not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise click.UsageError(
            f"--stream needs a printable name of up to {LONGEST_NAME} characters"
        )


def _cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _tell(result: IngestResult, choices: IngestOptions, *, quiet: bool, as_json: bool) -> int:
    if as_json:
        from flask_status_cli.render.commands.ingest import as_json as to_json

        click.echo(to_json(result), nl=False)
    problems = [problem for problem in result.problems if problem not in result.again]
    for line in (*problems, *result.notices):
        _warn(line)
    if not quiet:
        from flask_status_cli.render.commands.ingest import lines

        for line in lines(result, dry_run=choices.dry_run, hints=sys.stderr.isatty()):
            click.echo(line, err=True)
        refused = any(log.refused for log in result.logs)
        if refused and choices.rejects is not None and not choices.dry_run:
            from flask_status_cli.render.escape import printable

            click.echo(f"refused lines are kept in {printable(str(choices.rejects))}", err=True)
    return ExitStatus.FAILED if result.problems else ExitStatus.DONE
