"""Sorts the logs of a run, the oldest first."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from flask_status_cli.errors import LogError
from flask_status_cli.model import InputFact
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.pipeline.ingest.rotation.first_minutes import first_minutes
from flask_status_cli.sources import LogPath


def unchanged(target: LogPath, context: IngestContext) -> InputFact | None:
    """Return the recorded state of a log, `None` if the log may have changed since it was read."""
    if context.seen.empty:
        return None
    try:
        return context.seen.unchanged(target.path, os.stat(target.path))  # noqa: PTH116 - a str path from the user
    except OSError:
        return None


def in_order(targets: Iterable[LogPath], context: IngestContext) -> list[LogPath]:
    """Return the logs sorted by the time of their first entry. Pipes and logs without entries come first."""
    targets = list(targets)
    if len(targets) < 2:
        return targets
    paths = [target.path for target in targets if not target.is_pipe]
    minutes = dict(zip(paths, first_minutes(paths, context), strict=True))
    return sorted(targets, key=lambda target: minutes.get(target.path) or 0)


def empty_directories(targets: Iterable[LogPath], logs: Iterable[str]) -> Iterator[LogError]:
    """Yield an error for each directory among the arguments that has none of `logs`."""
    found = set(logs)
    paths: dict[str, set[str]] = {}
    for target in targets:
        if target.directory is not None:
            paths.setdefault(target.directory, set()).add(target.path)
    for directory, beside in paths.items():
        if not beside & found:
            hint = "name a log, or the directory it is in"
            yield LogError(directory, "no log was found in this directory", hint)
