"""What an ingest tells: one line for people, or JSON per log."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask_status_cli.render.escape import encodable, printable
from flask_status_cli.render.words import grouped

if TYPE_CHECKING:
    from flask_status_cli.pipeline.results import IngestResult, LogResult

SCHEMA_VERSION = 1

AS_LOGGED = "as logged"
"""The time zone of stamps that carry their offset, as the pipeline says it."""


def as_json(result: IngestResult) -> dict[str, Any]:
    """Return what was read, per log, in the order in which the logs were read."""
    return {"schema_version": SCHEMA_VERSION, "files": [_file(log) for log in result.logs]}


def _file(log: LogResult) -> dict[str, Any]:
    return {
        "path": encodable(log.path),
        "result": log.result,
        "format": log.format,
        "timezone": log.timezone,
        "lines": log.lines,
        "entries": log.entries,
        "noise": log.noise.total(),
        "refused": dict(sorted(log.refused.items())),
        "problem": None if log.problem is None else encodable(log.problem),
    }


def lines(result: IngestResult, *, dry_run: bool, hints: bool) -> Iterator[str]:
    """Yield the line at the end of a run, and what is worth knowing once; `hints` are for a terminal."""
    if result.busy is not None:
        yield f"{printable(str(result.busy))}; nothing is lost, the next run goes on"
        return
    if result.logs:
        yield _summary(result, dry_run=dry_run)
    unfinished = [log.path for log in result.logs if log.unfinished]
    if unfinished:
        yield f"The last line of {_names(unfinished)} has no end yet: it is counted when it is complete."
    if hints:
        for path, older in result.older.items():
            pattern = shlex.quote(f"{printable(path)}*")
            older_logs = "1 older log lies" if older == 1 else f"{older} older logs lie"
            reads = "reads it too" if older == 1 else "reads them too"
            yield f"{older_logs} beside {printable(path)}; flask-status ingest {pattern} {reads}"


def _summary(result: IngestResult, *, dry_run: bool) -> str:
    where = _names(
        [log.path for log in result.logs if log.lines] or [log.path for log in result.logs]
    )
    if not result.total("lines"):
        return f"{where}: nothing new"
    formats = ", ".join(sorted({log.format for log in result.logs if log.format})) or "no format"
    zones = ", ".join(sorted({log.timezone for log in result.logs if log.timezone}))
    how = formats + (f" ({zones.replace(AS_LOGGED, f'times {AS_LOGGED}')})" if zones else "")
    kinds = [_many(kind, result) for kind in ("entries", "noise", "refused")]
    then = "a dry run, nothing stored" if dry_run else _many("new_routes", result)
    return f"{where}: {how}, {_many('lines', result)}: {', '.join(kinds)}; {then}"


_NAMES = {
    "lines": ("line", "lines"),
    "entries": ("entry", "entries"),
    "noise": ("noise", "noise"),
    "refused": ("refused", "refused"),
    "new_routes": ("new route", "new routes"),
}


def _many(kind: str, result: IngestResult) -> str:
    total = result.total(kind)
    return f"{grouped(total)} {_NAMES[kind][total != 1]}"


def _names(paths: list[str]) -> str:
    return printable(paths[0]) if len(paths) == 1 else f"{len(paths)} logs"
