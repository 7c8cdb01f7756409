"""Finds the rotated files beside a log that have unread lines.

Files that were beside a log when it was first read are ignored. So are later files whose content begins
before everything that was counted. Any other rotated file is read, and its content shows which stream it
continues. So it does not matter when a rotation happens, how many there were since the last run, or whether
one happens during a run: a file that this run does not see is new to the next run.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from flask_status_cli.errors import LogError
from flask_status_cli.frozen import replace
from flask_status_cli.model import InputFact
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.pipeline.ingest.file_state import INCOMPLETE, fact_of, never_read
from flask_status_cli.sources import (
    Content,
    Listings,
    LogPath,
    Sibling,
    has_rotated_name,
    head_of,
    siblings,
)

ROTATING = timedelta(minutes=1)
"""After a log was renamed, it may take this long until the server or logrotate creates a new file."""


def unread_siblings(
    targets: Sequence[LogPath], context: IngestContext, *, older: dict[str, int] | None = None
) -> list[LogPath]:
    """Return the files beside the logs that have unread lines.

    These are rotated files that appeared since the log was first read, and renamed files that have grown
    since: a server writes to the renamed file until it reopens its log, and old workers even longer.
    `older` receives the number of rotated files beside each log that is read for the first time.
    """
    named = {target.path for target in targets}
    found: dict[str, LogPath] = {}
    begun: list[InputFact] = []
    listings = Listings()
    for log in _logs(targets):
        first_time = not context.seen.knows(log)
        stat, beside = listings.look_at(log)
        begun += _begun(log, stat) if first_time else []
        if not beside:
            continue
        if first_time and older is not None:
            older[log] = sum(sibling.rotated for sibling in beside)
        for sibling in _unread(log, beside, named, context):
            if first_time and not any(_is_file(sibling, fact) for fact in begun[-1:]):
                context.seen.note(never_read(_fact(sibling)))
            else:
                found[sibling.path] = LogPath(sibling.path, found=True)
    if begun or context.seen.new:
        # stored before anything is read, so that a killed run does not forget which files it ignores
        context.writer.note([*context.seen.new, *begun])
    return list(found.values())


def _begun(log: str, stat: os.stat_result | None) -> list[InputFact]:
    """Return the file state of a log before it is read for the first time."""
    if stat is None:
        try:
            stat = os.stat(log)  # noqa: PTH116 - a str path
        except OSError:
            return []
    return [fact_of(log, stat, read_at=0, stream=None, size=INCOMPLETE)]


def leave_siblings(targets: Sequence[LogPath], context: IngestContext) -> None:
    """Record that the files beside logs that are read for the first time are ignored."""
    unread_siblings([log for log in targets if not context.seen.knows(log.path)], context)


def being_rotated(log: str, context: IngestContext) -> bool:
    """Return whether a missing log was read before and was renamed in the last minute."""
    return context.seen.knows(log) and renamed_lately(log, context.clock())


def renamed_lately(log: str, now: datetime) -> bool:
    """Return whether a rotated file beside a log was renamed in the last minute."""
    earliest = (now - ROTATING).timestamp()
    beside = siblings(log)
    return any(sibling.rotated and sibling.stat.st_ctime >= earliest for sibling in beside)


def _logs(targets: Sequence[LogPath]) -> Iterator[str]:
    return (
        target.path
        for target in targets
        if not target.is_pipe and not has_rotated_name(target.path)
    )


def _unread(
    log: str, beside: Iterable[Sibling], named: set[str], context: IngestContext
) -> Iterator[Sibling]:
    seen = context.seen
    for sibling in beside:
        state = seen.state(sibling.stat)
        if sibling.path in named:
            continue
        if state is not None:
            if state.path != sibling.path:  # it was renamed, and its old name will be used again
                seen.note(replace(state, path=sibling.path))
        elif not sibling.rotated:
            known = seen.file(sibling.stat)
            if known is not None and known.stream is not None and sibling.stat.st_size > known.size:
                yield sibling
        elif _was_begun(log, seen.file(sibling.stat)):
            yield sibling
        elif (sibling.packed and seen.copied(sibling.stat)) or _older(sibling.path, context):
            seen.note(never_read(_fact(sibling)))
        else:
            yield sibling


def _is_file(sibling: Sibling, fact: InputFact) -> bool:
    return (sibling.stat.st_dev, sibling.stat.st_ino) == (fact.device, fact.inode)


def _was_begun(log: str, fact: InputFact | None) -> bool:
    """Return whether a run began to read a file as `log`, and was killed before it stored any lines."""
    return fact is not None and fact.path == log and fact.size == INCOMPLETE


def _older(path: str, context: IngestContext) -> bool:
    """Return whether a file begins no known stream, and its first entry is older than all counted ones."""
    try:
        content = Content(path)
    except LogError:
        return False
    try:
        head, first = head_of(content.beginning), context.first_minute_in(content)
    finally:
        content.close()
    if head is None or first is None or context.writer.store.streams(head):
        return False
    oldest = context.writer.store.oldest()
    return oldest is not None and first < oldest


def _fact(sibling: Sibling) -> InputFact:
    return fact_of(sibling.path, sibling.stat, read_at=0, stream=None)
