"""Proposes a format for a log that no format reads, and tries it on the log: `proposal()`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from flask_status_cli.formats import LineCounter, propose
from flask_status_cli.sources import PIPE, Content, Section

_MOST = 64 << 20
"""A format is tried on this many bytes of a log."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """A format, the options that name it on a command line, and how much of the log it reads.

    `entries` of `lines` are read; noise is not among the lines.
    """

    name: str
    options: str
    entries: int
    lines: int

    @property
    def hint(self) -> str:
        """The text to show."""
        return f"try {self.options}, which reads {self.entries:,} of {self.lines:,} lines"


def proposal(
    content: Content | Section, sample: bytes, *, zone: tzinfo, tried: str | None = None
) -> Proposal | None:
    """Return a new format that reads most of a log; `None` if there is none."""
    name = propose(sample)
    if name is None or name == tried:
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
    """Return a format as it is written in a shell, with its option."""
    if name.startswith("json:"):
        return f"--json-map {shlex.quote(name.removeprefix('json:'))}"
    return f"--format {shlex.quote(name)}"


def _blocks(content: Content | Section, sample: bytes) -> Iterator[bytes]:
    """Yield the whole lines of a file, as far as it is tried. A pipe or an archive has its sample only."""
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
