"""The output of `ingest`: lines for people, or JSON for each log."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Sequence

from flask_status_cli.model import AS_LOGGED, IngestResult, LogResult
from flask_status_cli.model.log.ingest_result import EMPTY
from flask_status_cli.render.commands.format_names import format_name
from flask_status_cli.render.commands.unsaid import sentences
from flask_status_cli.render.escape import encodable, printable
from flask_status_cli.render.text.words import counted, grouped

SCHEMA_VERSION = 1

_SAMPLE = 80
"""The longest part of a refused line that is shown, in characters."""

LEAST_ANSWERED = 10
"""With fewer requests than this, there is no line about requests without a rule."""

_ZONES = {AS_LOGGED: f"times {AS_LOGGED}"}
"""The words of the summary line for times with an offset, instead of a time zone."""


def as_json(result: IngestResult) -> str:
    """Return the result of each log as JSON, in the order in which the logs were read."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "files": [_file(log) for log in result.logs],
        "left_out": result.left_out,
        "other_hosts": result.other_hosts,
    }
    return json.dumps(document, indent=2) + "\n"


def _file(log: LogResult) -> dict[str, object]:
    return {
        "path": encodable(log.path),
        "result": log.result.value,
        "format": log.format,
        "timezone": log.timezone,
        "lines": log.lines,
        "entries": log.entries,
        "noise": log.noise_lines,
        "refused": dict(sorted(log.refused.items())),
        "assumed": log.assumed,
        "counted_before": log.counted_before,
        "problem": None if log.problem is None else encodable(log.problem),
    }


def lines(result: IngestResult, *, dry_run: bool, hints: bool) -> Iterator[str]:
    """Yield the lines at the end of a run. `hints` adds lines for a terminal.

    The first refused line of each log is shown, and may have personal data. Do not write these lines to
    files.
    """
    if result.busy is not None:
        yield f"{printable(str(result.busy))}; nothing is lost, the next run continues"
        return
    shown = [log for log in result.logs if log.lines or not log.problem]
    if shown:
        yield _summary(shown, dry_run=dry_run)
    if result.left_out:
        yield f"{counted(result.left_out, 'request', 'requests')} left out: the app counts them itself"
    if result.other_hosts:
        requests = counted(result.other_hosts, "request", "requests")
        yield f"{requests} counted under the label <other>: their hosts have no label of their own"
    yield from (_refused(log) for log in shown if log.samples)
    yield from map(_unknown, result.unknown)
    yield from _without_lines(result.no_lines)
    unfinished = [log for log in shown if log.unfinished]
    if unfinished:
        yield f"The last line of {_names(unfinished)} has no end yet: it is counted when it is complete."
    yield from _unsaid(shown)
    yield from (_foreign(log) for log in shown if _is_foreign(log))
    for log in shown:
        if log.entries and log.without_host == log.entries:
            yield f"{printable(log.path)}: no line of it names a host, so there are no labels"
    if hints:
        yield from (_without_requests(log) for log in shown if _is_without_requests(log))
        yield from (_older(path, older) for path, older in result.older.items())


def followed(entries: int) -> str:
    """Return the last line of `ingest --follow`."""
    return f"followed: {counted(entries, 'entry is', 'entries are')} stored"


def _is_without_requests(log: LogResult) -> bool:
    return bool(log.lines) and not log.entries and not log.refused and log.format is None


def _without_requests(log: LogResult) -> str:
    return (
        f"{printable(log.path)}: it has no requests yet. If it is not the access log, name that "
        "(gunicorn writes one only with --access-logfile)."
    )


def _unsaid(logs: Iterable[LogResult]) -> Iterator[str]:
    """Yield what the lines of new logs do not say. Logs of which the same is said share a line."""
    same: dict[str, list[LogResult]] = {}
    for log in logs:
        for sentence in sentences(log.unsaid) if log.from_start and log.entries else ():
            same.setdefault(sentence, []).append(log)
    yield from (f"{_names(found)}: {sentence}" for sentence, found in same.items())


def _is_foreign(log: LogResult) -> bool:
    return log.answered >= LEAST_ANSWERED and log.foreign * 10 >= log.answered * 9


def _foreign(log: LogResult) -> str:
    """Return what to do about a log with almost no requests that match a rule of the app."""
    return (
        f"{printable(log.path)}: {grouped(log.foreign)} of {grouped(log.answered)} requests match no route "
        "of the synced app; is it the log of another app, or is --strip-prefix missing?"
    )


def _summary(logs: Sequence[LogResult], *, dry_run: bool) -> str:
    where = _names([log for log in logs if log.lines] or logs)
    read = sum(log.lines for log in logs)
    if not read:
        return f"{where}: nothing new"
    formats = (
        ", ".join(sorted({format_name(log.format) for log in logs if log.format})) or "no format"
    )
    zones = ", ".join(
        sorted({_ZONES.get(log.timezone, log.timezone) for log in logs if log.timezone})
    )
    how = f"{formats} ({zones})" if zones else formats
    entries = counted(sum(log.entries for log in logs), "entry", "entries")
    noise = grouped(sum(log.noise_lines for log in logs))
    refused = grouped(sum(log.refused_lines for log in logs))
    new_routes = counted(sum(log.new_routes for log in logs), "new route", "new routes")
    then = "a dry run, nothing stored" if dry_run else new_routes
    read_lines = counted(read, "line", "lines")
    return f"{where}: {how}, {read_lines}: {entries}, {noise} noise, {refused} refused; {then}"


def _refused(log: LogResult) -> str:
    """Return where the first refused line of a log is, why it was refused, and its beginning."""
    first = log.samples[0]
    number = grouped(first.line_number)
    path = printable(log.path)
    where = (
        f"{path}:{first.line_number}"
        if log.from_start
        else f"{path}, line {number} of what was read"
    )
    return f"{where}: {first.reason}: '{printable(first.sample, _SAMPLE)}'"


def _unknown(path: str) -> str:
    explain = f"flask-status formats explain {shlex.quote(printable(path))}"
    return f"{printable(path)}: no request in it was understood; see {explain}"


def _without_lines(found: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a line for each path in a directory without lines to read. All empty files share one line."""
    for path, what in found:
        if what != EMPTY:
            yield f"{printable(path)}: not read, because it is {what}"
    empty = [printable(path) for path, what in found if what == EMPTY]
    if len(empty) == 1:
        yield f"{empty[0]}: empty"
    elif empty:
        yield f"{grouped(len(empty))} files are empty, such as {empty[0]}"


def _older(path: str, older: int) -> str:
    pattern = shlex.quote(f"{printable(path)}*")
    number = counted(older, "older log is", "older logs are")
    reads = "reads it too" if older == 1 else "reads them too"
    return f"{number} next to {printable(path)}; flask-status ingest {pattern} {reads}"


def _names(logs: Sequence[LogResult]) -> str:
    return printable(logs[0].path) if len(logs) == 1 else f"{grouped(len(logs))} logs"
