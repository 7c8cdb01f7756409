"""Proposes a format for a log that no format reads, and tries it on the log."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import tzinfo

from flask_status_cli.formats import LineCounter, propose
from flask_status_cli.frozen import frozen
from flask_status_cli.sources import PIPE, Content, Section

_MOST = 64 << 20
"""A format is tried on this many bytes of a log."""

_BLOCK = 1 << 20


@frozen
class Proposal:
    """A format that reads most of a log. `proposal` makes it.

    - `name`: the format.
    - `options`: the option that names it on a command line.
    - `entries`: how many lines it reads.
    - `lines`: how many lines were tried, without noise.
    """

    name: str
    options: str
    entries: int
    lines: int

    @property
    def hint(self) -> str:
        """A hint for a message, which names the option."""
        return f"try {self.options}, which reads {self.entries:,} of {self.lines:,} lines"


def proposal(
    content: Content | Section, sample: bytes, *, zone: tzinfo, tried: str | None = None
) -> Proposal | None:
    """Return a format that reads most of a log, `None` if there is none, or only the one already `tried`."""
    name = propose(sample)
    if name is None:
        return None
    name = name.replace("\t", r"\t")  # messages escape a tab in another way, which no format reads
    if name == tried:
        return None
    counter = LineCounter(lambda _method, _target, status: status, order=(name,), zone=zone)
    for block in _blocks(content, sample):
        counter.feed(block)
    counted = counter.take()
    lines = counted.lines - sum(counted.noise.values())
    if counted.entries * 2 <= lines:
        return None
    return Proposal(name, shown(name), counted.entries, lines)


def shown(name: str) -> str:
    """Return the option that names a format, quoted for a shell."""
    if name.startswith("json:"):
        return f"--json-map {shlex.quote(name.removeprefix('json:'))}"
    return f"--format {shlex.quote(name)}"


def _blocks(content: Content | Section, sample: bytes) -> Iterator[bytes]:
    """Yield the whole lines in the first `_MOST` bytes of a file. Of a pipe or archive, yield its sample."""
    if not content.plain or content.path == PIPE:
        yield sample
        return
    at, end = 0, min(content.size() or 0, _MOST)
    rest = b""
    while at < end and (block := content.read_at(at, min(_BLOCK, end - at))):
        at += len(block)
        cut = block.rfind(b"\n") + 1
        if cut:
            yield rest + block[:cut]
            rest = b""
        rest += block[cut:]
