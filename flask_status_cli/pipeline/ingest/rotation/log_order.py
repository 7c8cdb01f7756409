"""Sorts the logs of a run by the times of their first entries, the oldest first."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from flask_status_cli.errors import LogError
from flask_status_cli.model import InputFact
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.sources import LogPath, first_line

MANY: Final = 16
"""The first lines of at least this many logs are read together. For fewer, it is not worth the imports."""

AT_ONCE: Final = 512
"""The first lines of this many logs are read together."""


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


def first_minutes(paths: Sequence[str], context: IngestContext) -> list[int | None]:
    """Return the epoch minute of the first entry of each file, `None` if it has none or is not readable."""
    if len(paths) < MANY:
        return [context.first_minute_if_readable(path) for path in paths]
    return list(_of_many(paths, context))


def _of_many(paths: Sequence[str], context: IngestContext) -> Iterator[int | None]:
    from flask_status_cli.formats import LineCounter

    options = context.options
    counter = LineCounter(
        lambda *_: 0, order=options.order, zone=options.zone, code_of_path=lambda *_: 0
    )
    for start in range(0, len(paths), AT_ONCE):
        some = paths[start : start + AT_ONCE]
        lines = [(path, line) for path in some if (line := first_line(path)) is not None]
        minutes = counter.minutes_of([line for _, line in lines])
        found = {path: minute for (path, _), minute in zip(lines, minutes, strict=True)}
        for path in some:
            minute = found.get(path)
            yield context.first_minute_if_readable(path) if minute is None else minute


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
