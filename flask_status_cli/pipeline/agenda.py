"""Which logs a run has to look at, and in which order: the oldest first."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from flask_status_cli.errors import LogError
from flask_status_cli.model import InputFact
from flask_status_cli.pipeline.context import Context
from flask_status_cli.pipeline.seen import SETTLED
from flask_status_cli.sources import Content, Sibling, Target, head_of, rotated, siblings


def unchanged(target: Target, context: Context) -> InputFact | None:
    """Return what was seen of a log that cannot have changed since it was read."""
    try:
        return context.seen.unchanged(target.path, os.stat(target.path))  # noqa: PTH116 - a str path from the user
    except OSError:
        return None


def in_order(targets: Iterable[Target], context: Context) -> list[Target]:
    """Return the logs by their first time stamp; of a directory only those files that are logs."""
    found: list[tuple[int, Target]] = []
    for target in targets:
        if target.in_turn:
            found.append((0, target))
            continue
        minute = context.first_minute_if_readable(target.path)
        if minute is not None or target.directory is None:
            found.append((minute or 0, target))
    return [target for _, target in sorted(found, key=lambda item: item[0])]


def unread_siblings(targets: Sequence[Target], context: Context) -> list[Target]:
    """Return the rotated files beside the logs that hold something to read, though nobody named them.

    They are those that were read and have grown since: a server goes on writing to the renamed file
    until it is told to reopen its log, its old workers even after that. And those that were changed after
    the log was last read and continue a known stream, or begin where the log had ended.
    """
    named = {target.path for target in targets}
    found: dict[str, Target] = {}
    for target in targets:
        if target.in_turn or rotated(target.path):
            continue
        for path in _unread_beside(target.path, context):
            if path not in named:
                found[path] = Target(path, found=True)
    return list(found.values())


def _unread_beside(log: str, context: Context) -> Iterator[str]:
    fact = context.seen.fact(log)
    for sibling in siblings(log):
        known = context.seen.file(sibling.stat)  # or of another file whose inode this one got
        if known is not None and known.stream is not None and sibling.stat.st_size > known.size:
            yield sibling.path
        elif known is not None and known.mtime == sibling.stat.st_mtime_ns:
            continue
        elif fact is not None and _is_news(sibling, fact, context):
            yield sibling.path


def _is_news(sibling: Sibling, fact: InputFact, context: Context) -> bool:
    if not sibling.rotated or sibling.stat.st_mtime_ns + SETTLED < fact.read_at:
        return False
    try:
        content = Content(sibling.path)
    except LogError:
        return False  # whoever looks for a predecessor says so
    try:
        head = head_of(content.beginning)
    finally:
        content.close()
    if head is not None and context.writer.streams(head):
        return True
    minute = context.first_minute_if_readable(sibling.path)
    return minute is not None and minute >= _newest(fact, context)


def _newest(fact: InputFact, context: Context) -> int:
    stream = None if fact.stream is None else context.writer.stream(fact.stream)
    newest = stream.checkpoint.newest if stream else None
    return 0 if newest is None else newest


def empty_directories(targets: Iterable[Target], logs: Iterable[str]) -> Iterator[LogError]:
    """Yield what to say of directories that were named and hold no log."""
    found = set(logs)
    paths: dict[str, set[str]] = {}
    for target in targets:
        if target.directory is not None:
            paths.setdefault(target.directory, set()).add(target.path)
    for directory, beside in paths.items():
        if not beside & found:
            hint = "name a log, or the directory it is in"
            yield LogError(directory, "a directory without logs", hint)
