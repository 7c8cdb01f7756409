"""Finds the file in which a log continues, if its path has another stream after a rotation."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask_status_cli.errors import LogDeniedError, LogError
from flask_status_cli.model import Stream
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.pipeline.ingest.file_state import FileStates
from flask_status_cli.sources import (
    Content,
    Reading,
    Result,
    Sibling,
    head_of,
    identify,
    siblings,
)


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The file that has the rest of a stream, and the rotated files newer than it, oldest first."""

    path: str
    newer: tuple[str, ...]


def goes_on(content: Content, stream: Stream, context: IngestContext) -> bool:
    """Return whether a plain log is still the stream last read from its path."""
    head = head_of(content.beginning)
    place = identify(content, context.writer.streams(head)) if head else None
    if place is None or place.stream is None or place.stream.id != stream.id:
        return False
    return place.result is not Result.BEGINNING or context.seen.grown(content.path, content.stat)


def predecessor(
    log: str, stream: Stream, *, others: Iterable[str], context: IngestContext
) -> Predecessor | None:
    """Return where `stream`, last read from `log`, continues: among `others` and the files beside it.

    Return `None` if it was not found. Raises `LogDeniedError` if it may be in a file that may not be read.
    """
    beside = siblings(log)
    candidates = [*(sibling.path for sibling in beside), *_renamed(log, context.seen), *others]
    beginning: str | None = None
    denied: LogDeniedError | None = None
    for path in dict.fromkeys(candidates):
        if path == log:
            continue
        try:
            met = _met(path, stream, context.seen)
        except LogDeniedError as error:
            denied = denied or error
            continue
        if met is Result.CONTINUED:
            return Predecessor(path, _newer(path, beside, context))
        if met is Result.BEGINNING:
            beginning = beginning or path
    if beginning is not None:
        return Predecessor(beginning, _newer(beginning, beside, context))
    if denied is not None:
        raise denied
    return None


def _renamed(log: str, seen: FileStates) -> Iterator[str]:
    """Find the file last read from `log` where a symbolic link now leads elsewhere."""
    fact = seen.fact(log)
    if fact is None or not os.path.islink(log):  # noqa: PTH114 - a str path from the user
        return
    try:
        entries = list(os.scandir(os.path.dirname(os.path.realpath(log))))  # noqa: PTH120 - as above
    except OSError:
        return
    yield from (entry.path for entry in entries if entry.inode() == fact.inode)


def _met(path: str, stream: Stream, seen: FileStates) -> Result | None:
    """Tell whether a file continues `stream` (unchanged since it was read, too) or is a beginning of it.

    Raises `LogDeniedError`; what cannot be opened for other reasons is not it.
    """
    try:
        content = Content(path)
    except LogDeniedError:
        raise
    except LogError:
        return None
    try:
        fact = seen.unchanged(path, content.stat)
        if fact is not None:
            return Result.CONTINUED if fact.stream == stream.id else None
        reading = Reading(content, [stream])
        if reading.head != stream.checkpoint.head:
            return None
        for _ in reading.blocks():
            if not reading.held:
                break
        result = reading.place.result
        return result if result in (Result.CONTINUED, Result.BEGINNING) else None
    finally:
        content.close()


def _newer(path: str, beside: Sequence[Sibling], context: IngestContext) -> tuple[str, ...]:
    """Return the rotated files beside the log that are newer than the one at `path`, oldest first."""
    mine = next((sibling for sibling in beside if sibling.path == path), None)
    if mine is None:
        return ()
    other_first = context.first_minute_if_readable(path) or 0
    found = []
    for sibling in beside:
        if sibling is mine or not sibling.rotated:
            continue
        first = context.first_minute_if_readable(sibling.path)
        if first is not None and sibling.newer_than(mine, first=first, other_first=other_first):
            found.append((first, sibling.stat.st_mtime_ns, sibling.path))
    return tuple(path for _, _, path in sorted(found))
