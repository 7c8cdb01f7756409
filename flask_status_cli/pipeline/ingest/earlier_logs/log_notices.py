"""The messages about a log of which a part was read before, or may have been."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from flask_status_cli.sources import Relation

if TYPE_CHECKING:
    from flask_status_cli.pipeline.ingest.log_reader import LogReader
    from flask_status_cli.sources import LogIdentity, Reading, ResentReading

SEPARATE = (
    "all of it was counted, as a separate log; name the host or pod of each log with --host NAME, or send "
    "the same log again with --stream NAME"
)
"""What is said of a log that begins like another one, and goes on differently."""


def notices_of(reader: LogReader, is_pipe: Callable[[int], bool]) -> Iterator[str]:
    """Yield the messages about a log that was read, each with its path.

    `is_pipe` returns whether the stream with a number was read from a pipe.
    """
    path, identity, reading = reader.result.path, reader.identity, reader.reading
    for what in [*_old_lines(identity, reading), *_alike(reader, is_pipe)]:
        yield f"{path}: {what}"
    if reader.counted_before:
        yield (
            f"{path}: {reader.counted_before:,} of its requests were probably counted before: no minute has "
            "more of a status than was counted, or than this log has; all of it was counted; if it is a "
            "copy, make the database again (docs/twice.md); if not, --label, --host or --yes says so"
        )


def _old_lines(identity: LogIdentity, reading: Reading | ResentReading) -> Iterator[str]:
    """Yield what is said of lines that were not counted."""
    if identity.relation is Relation.FORK:
        yield (
            f"was edited or restored: its first {identity.offset:,} bytes were read before; the rest was "
            "counted as a separate log"
        )
    if reading.old:
        old = sum(end - start for start, end in reading.old)
        where = "without the lines between them" if identity.old else "in pipes"
        yield f"{old:,} bytes of lines were read before, {where}; they were not counted"
    if identity.edited:
        yield (
            f"was edited: its lines were read before, up to byte {identity.offset:,}; the lines behind that "
            "were counted"
        )
    if identity.assumed:
        many, they = (
            ("line", "it was")
            if identity.assumed == 1
            else (f"{identity.assumed:,} lines", "they were")
        )
        yield (
            f"its last {many} could not be compared with a longer log that begins like it and was read "
            f"before, because no file has that log any more; {they} taken for lines of it, and not counted; "
            "for a log of another host or pod, give --host NAME --separate"
        )
    if identity.relation is Relation.PART and not identity.sure:
        yield (
            "samples of its lines show that a part was read before, in a pipe with other logs; that part was "
            "not counted again"
        )


def _alike(reader: LogReader, is_pipe: Callable[[int], bool]) -> Iterator[str]:
    """Yield what is said of a log that was counted, but begins like a log that was read from a pipe."""
    if reader.identity.relation is not Relation.NEW:
        return
    if lines := reader.shared(is_pipe):
        where = "at the start of a pipe"
    elif lines := reader.reading.shares:
        where = "in a pipe with other logs"
    if lines:
        yield f"its first {lines:,} lines were read before, {where}, but it continues differently; {SEPARATE}"
