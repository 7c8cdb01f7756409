"""Recognizes a log that was the first of several in a pipe, and was written to afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_status_cli.model import Stream
from flask_status_cli.sources.identity.fingerprints import HEAD
from flask_status_cli.sources.identity.first_lines import equal_first_lines, prints_of
from flask_status_cli.sources.identity.recognize_log import LogIdentity, Relation, SeekableLog
from flask_status_cli.sources.identity.scattered_lines import Lines

GoesOn = Callable[[Stream, bytes], bool]
"""`goes_on(stream, line)` returns whether a line was written after a pipe was read as `stream`."""


def first_of_several(
    content: SeekableLog, streams: Sequence[Stream], goes_on: GoesOn
) -> LogIdentity | None:
    """Return the identity of a new log whose first lines are those of a pipe, `None` if it is another log.

    `streams` have the same first line. One of the equal lines must not be a probe, because the logs of two
    servers may begin with the same probes. The first line that differs must be one that `goes_on`.
    """
    prints = prints_of(content.read_at, content.size())
    for stream in streams:
        same = equal_first_lines(prints.value, stream.checkpoint.prints)
        end = prints.end_of(same)
        beginning = content.read_at(0, end + HEAD)
        lines = Lines(beginning)
        differs = same < len(lines.all)
        if differs and any(lines.single[:same]) and goes_on(stream, lines.all[same]):
            return LogIdentity(Relation.PART, stream, end)
    return None
