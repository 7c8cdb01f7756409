"""Recognises a log of which lines were removed or changed, at its path, after it was read.

The beginning may differ: old lines were cut off (`tail -n 10000`), or a line was removed (`sed -i`). The last
lines that were read are still there, and new lines follow them.
"""

from __future__ import annotations

from flask_status_cli.model import Stream
from flask_status_cli.sources.identity.fingerprints import SPAN, digest
from flask_status_cli.sources.identity.recognize_log import Place, Readable, Result

SEARCHED = 8 << 20
"""The last lines that were read are searched in this many last bytes of a log."""


def edited(content: Readable, stream: Stream) -> Place | None:
    """Return the place of an edited log behind the last lines of `stream`, which was read at its path.

    These lines are known by the mark at the end of the stream. Return `None` if they are not there, or if
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
            different = len(set(before.split(b"\n")[1:-1])) > 1
            return Place(Result.PART, stream, start + end, edited=True) if different else None
        end = data.rfind(b"\n", 0, end - 1) + 1
    return None
