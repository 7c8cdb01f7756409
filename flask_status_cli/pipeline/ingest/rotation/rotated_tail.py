"""Finds the file with the rest of a log after a rotation, when there is another file at its path."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from flask_status_cli.errors import LogDeniedError, LogError
from flask_status_cli.frozen import frozen
from flask_status_cli.model import Stream
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.pipeline.ingest.file_state import FileStates
from flask_status_cli.sources import (
    Content,
    Reading,
    Relation,
    Sibling,
    head_of,
    identify,
    siblings,
)


@frozen
class Predecessor:
    """The path of the file with the rest of a stream, and the rotated files newer than it, oldest first."""

    path: str
    newer: tuple[str, ...]


def goes_on(content: Content, stream: Stream, context: IngestContext) -> bool:
    """Return whether a plain log still continues the stream last read from its path, edited or not."""
    head = head_of(content.beginning)
    identity = identify(content, context.writer.store.streams(head)) if head else None
    if identity is None or identity.stream is None:
        from flask_status_cli.sources import edited, ranges_of

        return bool(ranges_of(content, stream)) or edited(content, stream) is not None
    if identity.stream.id != stream.id:
        return False
    return identity.relation is not Relation.BEGINNING or context.seen.grown(
        content.path, content.stat
    )


def predecessor(
    log: str, stream: Stream, *, others: Iterable[str], context: IngestContext
) -> Predecessor | None:
    """Return the file with the rest of `stream`, which was last read from `log`; `None` if it was not found.

    The files beside the log and the paths `others` are searched. Raises `LogDeniedError` if the rest was not
    found, but one of the files may not be read.
    """
    beside = siblings(log)
    candidates = [*(sibling.path for sibling in beside), *_renamed(log, context.seen), *others]
    beginning: str | None = None
    denied: LogDeniedError | None = None
    for path in dict.fromkeys(candidates):
        if path == log:
            continue
        try:
            result = _compared(path, stream, context.seen)
        except LogDeniedError as error:
            denied = denied or error
            continue
        if result is Relation.CONTINUED:
            return Predecessor(path, _newer(path, beside, context))
        if result is Relation.BEGINNING:
            beginning = beginning or path
    if beginning is not None:
        return Predecessor(beginning, _newer(beginning, beside, context))
    if denied is not None:
        raise denied
    return None


def _renamed(log: str, seen: FileStates) -> Iterator[str]:
    """Yield the file last read from `log` if `log` is a symbolic link that now points to another file."""
    fact = seen.fact(log)
    if fact is None or not os.path.islink(log):  # noqa: PTH114 - a str path from the user
        return
    try:
        entries = list(os.scandir(os.path.dirname(os.path.realpath(log))))  # noqa: PTH120 - as above
    except OSError:
        return
    yield from (entry.path for entry in entries if entry.inode() == fact.inode)


def _compared(path: str, stream: Stream, seen: FileStates) -> Relation | None:
    """Return whether a file continues `stream` or is the beginning of it; `None` if it is neither.

    Raises `LogDeniedError` if the file may not be read. Other files that cannot be opened are neither.
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
            return Relation.CONTINUED if fact.stream == stream.id else None
        reading = Reading(content, [stream])
        if reading.head != stream.checkpoint.head:
            return None
        for _ in reading.blocks():
            if not reading.undecided:
                break
        result = reading.identity.relation
        return result if result in (Relation.CONTINUED, Relation.BEGINNING) else None
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
