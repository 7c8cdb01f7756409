"""Recognizes a log of which lines were removed, changed or inserted, at its path, after it was read.

- Lines were removed or changed: the beginning was cut off (`tail -n 10000`), or some lines (`sed -i`). The
  last lines that were read are there, not later than they were, and new lines follow them.
- Lines were inserted in one place of a long log, as by `cat a.log b.log > all.log` when both have grown. The
  lines before and behind it are those that were read. `inserted_lines` finds them in a short log.
"""

from __future__ import annotations

from flask_status_cli.model import Stream
from flask_status_cli.sources.identity.fingerprints import HEAD, SPAN, STEP, agrees, digest
from flask_status_cli.sources.identity.recognize_log import (
    LogIdentity,
    Relation,
    SeekableLog,
    agreement,
)

SEARCHED = 8 << 20
"""The last lines that were read are searched in this many last bytes of a log."""


def edited(content: SeekableLog, stream: Stream) -> LogIdentity | None:
    """Return the identity of an edited log. `stream` was read at its path.

    Its last lines are known by the mark at the end of the stream. Return `None` if they are not there, or if
    they are all equal, because another log may have them, too.
    """
    read = stream.checkpoint
    if read.offset < SPAN or read.partial or not read.marks:
        return None
    wanted, size = read.marks[-1].digest, content.size()
    start = max(0, size - SEARCHED)
    data = content.read_at(start, size - start)
    end = data.rfind(b"\n") + 1
    while end >= SPAN:
        before = data[end - SPAN : end]
        if digest(before) == wanted:
            if len(set(before.split(b"\n")[1:-1])) < 2:
                return None
            if start + end > read.offset:
                return _inserted(content, stream, start + end)
            return LogIdentity(Relation.PART, stream, start + end, edited=True)
        end = data.rfind(b"\n", 0, end - 1) + 1
    return None


def _inserted(content: SeekableLog, stream: Stream, end: int) -> LogIdentity | None:
    """Return the identity of a log into which lines were inserted. The lines of `stream` end at `end`.

    Up to 64 KiB of lines around the inserted ones are taken for new.
    """
    read, more = stream.checkpoint, end - stream.checkpoint.offset

    def shifted(position: int, length: int) -> bytes:
        return content.read_at(position + more, length)

    first = agreement(content.read_at, read.marks) or 0
    behind = [mark for mark in read.marks if mark.position >= first + SPAN]
    while behind and not agrees(behind[0], shifted):
        del behind[0]
    if not behind or not all(agrees(mark, shifted) for mark in behind):
        return None
    following = behind[0].position - SPAN + more
    if following - more - first > STEP:
        return None
    first = content.read_at(0, first).rfind(b"\n") + 1
    following += content.read_at(following, HEAD).find(b"\n") + 1
    return LogIdentity(Relation.NEW, old=((0, first), (following, end)))
