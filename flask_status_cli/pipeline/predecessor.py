"""A path means the log: what was written to it before it was rotated is found beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask_status_cli.errors import LogError
from flask_status_cli.model import Stream
from flask_status_cli.pipeline.seen import Seen
from flask_status_cli.sources import Content, Reading, Result, Sibling, siblings

FirstMinute = Callable[[bytes], int | None]
"""`first_minute(sample)`: the minute of the first entry."""


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The file that holds the rest of a stream, and the rotated files newer than it, oldest first.

    `finished` says that nothing can have been added since it was read.
    """

    path: str
    finished: bool
    newer: tuple[str, ...]


def grown_siblings(log: str, seen: Seen) -> list[str]:
    """Return the rotated files of `log` that were read before and have changed since.

    A server goes on writing to the renamed file until it is told to reopen its log, and its old workers
    even after that; and a run may have been killed in the middle of one.
    """
    grown = []
    for sibling in siblings(log):
        fact = seen.file(sibling.stat)
        if fact is not None and fact.stream is not None and sibling.stat.st_size > fact.size:
            grown.append(sibling.path)
    return grown


def older_siblings(log: str) -> int:
    """Return how many rotated files lie beside `log`."""
    return sum(sibling.rotated for sibling in siblings(log))


def predecessor(
    log: str, stream: Stream, *, others: Iterable[str], seen: Seen, first_minute: FirstMinute
) -> Predecessor | None:
    """Return where `stream`, last read from `log`, goes on: among `others` and the files beside it.

    `None` if it is nowhere to be found. Files that cannot be opened are passed over.
    """
    beside = siblings(log)
    candidates = [sibling.path for sibling in beside]
    candidates += [path for path in others if path not in candidates and path != log]
    met: dict[str, Result] = {}
    for path in candidates:
        result = _met(path, stream, seen)
        if result is not None:
            met[path] = result
            if result is not Result.BEGINNING:
                break
    if not met:
        return None
    path, result = max(met.items(), key=lambda item: item[1] is not Result.BEGINNING)
    return Predecessor(
        path, result is Result.UNCHANGED, _newer(path, beside, first_minute=first_minute)
    )


def _met(path: str, stream: Stream, seen: Seen) -> Result | None:
    """Tell how a file holds `stream`: unchanged since it was read, continuing it, or a beginning of it."""
    try:
        content = Content(path)
    except LogError:
        return None
    try:
        fact = seen.unchanged(path, content.stat)
        if fact is not None:
            return Result.UNCHANGED if fact.stream == stream.id else None
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


def _newer(path: str, beside: Sequence[Sibling], *, first_minute: FirstMinute) -> tuple[str, ...]:
    """Return the rotated files beside the log that are newer than the one at `path`, oldest first."""
    firsts = {sibling.path: _first(sibling.path, first_minute) for sibling in beside}
    mine = next((sibling for sibling in beside if sibling.path == path), None)
    if mine is None:
        return ()
    found = []
    for sibling in beside:
        first = firsts[sibling.path]
        if sibling is mine or not sibling.rotated or first is None:
            continue
        if sibling.newer_than(mine, first=first, other_first=firsts[path] or 0):
            found.append((first, sibling.stat.st_mtime_ns, sibling.path))
    return tuple(path for _, _, path in sorted(found))


def _first(path: str, first_minute: FirstMinute) -> int | None:
    try:
        content = Content(path)
    except LogError:
        return None
    try:
        return first_minute(content.beginning)
    finally:
        content.close()
