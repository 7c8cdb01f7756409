"""Finds the times of the first entries of many logs, by which the logs are sorted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.sources import first_line

MANY: Final = 16
"""The first lines of at least this many logs are read together. For fewer, it is not worth the imports."""

AT_ONCE: Final = 512
"""The first lines of this many logs are read together."""


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
