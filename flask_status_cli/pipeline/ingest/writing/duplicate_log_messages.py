"""The message about a log whose requests were already counted from another log of the same label."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask_status_cli.errors import LogTwiceError
from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.store import CountedTwice

NAMED = 2
"""The message names at most this many logs."""


def counted_twice_error(path: str, found: CountedTwice, writer: Writer) -> LogTwiceError:
    """Return the error that names the logs with the same requests, and says which of them to leave out."""
    likeness = found.likeness
    others = _others(path, found, writer)
    names = " and ".join(others) if 0 < len(others) <= NAMED else "what was read before"
    what = (
        f"has the same requests as {names} ({likeness.equal:,} of {likeness.cells:,} counts by minute, "
        "route and status are equal); they would be counted twice"
    )
    if likeness.more > likeness.missing and 0 < len(others) <= NAMED:
        leave = f"this log has more requests: leave out {names}, and start a new database (docs/twice.md)"
    else:
        leave = "leave this one out"
    return LogTwiceError(path, what, f"{leave}; --yes counts both")


def _others(path: str, found: CountedTwice, writer: Writer) -> Sequence[str]:
    """Return the other logs with entries at the time of the batch. Leave out rotated files of these logs."""
    paths = []
    for fact in writer.inputs():
        stream = None if fact.stream is None else writer.store.stream(fact.stream)
        newest = None if stream is None else stream.checkpoint.newest
        if fact.path != path and newest is not None and newest >= found.first:
            paths.append(fact.path)
    return [each for each in sorted(paths) if not _rotated_of(each, paths)]


def _rotated_of(path: str, logs: Sequence[str]) -> bool:
    """Return whether a path is a rotated file of any of these logs."""
    stems = {each.removesuffix(Path(each).suffix) for each in logs if each != path}
    return any(path.startswith(f"{each}.") for each in logs if each != path) or any(
        path.startswith((f"{stem}-", f"{stem}.", f"{stem}_")) for stem in stems
    )
