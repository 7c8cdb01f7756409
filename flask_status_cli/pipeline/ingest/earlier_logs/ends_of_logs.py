"""Decides whether the end of a log, behind its last mark, is a part of a longer log that was read before."""

from __future__ import annotations

from collections import Counter

from flask_status_cli.model import LogEntry, Stream
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.sources import EndOfLog, known_bytes


def is_end_of(stream: Stream, end: EndOfLog, context: IngestContext) -> bool | None:
    """Return whether `stream` has these last bytes of a log, too. Return `None` if nobody can know.

    1. If a file still has the stream, its bytes decide.
    2. If the last line is newer than all lines of the stream, the stream does not have it.
    3. If more requests of a minute and status are in these bytes than were ever counted, the stream does not
       have all of them.
    """
    if not end.data:
        return True
    for path in context.seen.paths_of(stream.id):
        known = known_bytes(path, stream, end)
        if known is not None:
            return known == end.data
    entries = _entries(end, context)
    newest = stream.checkpoint.newest
    if entries and newest is not None and entries[-1].minute > newest:
        return False
    return False if _has_more_than_counted(entries, context) else None


def _entries(end: EndOfLog, context: IngestContext) -> list[LogEntry]:
    """Return the entries among the whole lines."""
    from flask_status_cli.formats import parse_line

    options = context.options
    lines = end.lines[1:] if end.start else end.lines
    found = (parse_line(line, order=options.order, zone=options.zone) for line in lines)
    return [entry for entry in found if isinstance(entry, LogEntry)]


def _has_more_than_counted(entries: list[LogEntry], context: IngestContext) -> bool:
    asked = Counter((entry.minute, entry.status) for entry in entries)
    counted = context.writer.counted({minute for minute, _ in asked})
    return any(
        requests > counted[minute].get(status, 0)
        for (minute, status), requests in asked.items()
        if minute in counted
    )
