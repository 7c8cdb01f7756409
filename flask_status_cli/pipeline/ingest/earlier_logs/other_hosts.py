"""Refuses a log that another host has read, because it would be counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask_status_cli.errors import LogError
from flask_status_cli.frozen import frozen
from flask_status_cli.sources import Content, Relation, identify

if TYPE_CHECKING:
    from flask_status_cli.model import Stream
    from flask_status_cli.pipeline.ingest.context import IngestContext
    from flask_status_cli.sources import Section

ENOUGH: Final = 4096
"""Logs that agree in only this many bytes may differ. Many logs begin with the same health checks."""


@frozen
class _Beginning:
    """The first bytes of a pipe or archive, which cannot be read at an offset."""

    data: bytes

    def size(self) -> int:
        return len(self.data)

    def read_at(self, position: int, length: int, /) -> bytes:
        return self.data[position : position + length]


def streams_of(content: Content | Section, head: bytes, context: IngestContext) -> list[Stream]:
    """Return the streams of this host that begin with the first line of a log, whose hash is `head`.

    With `adopt`, a stream of another host becomes one of this host first. Raises `LogError` for a log that
    another host has read, unless `adopt` or `separate` is given.
    """
    writer, options = context.writer, context.options
    streams = writer.store.streams(head)
    if streams or not options.host or options.separate:
        return streams
    for host, stream in writer.store.streams_of_other_hosts(head):
        if _agree(content, stream):
            if not options.adopt:
                raise _refusal(content.path, host)
            writer.adopt(stream.id)
    return writer.store.streams(head) if options.adopt else streams


def _agree(content: Content | Section, stream: Stream) -> bool:
    """Return whether the beginning of a log agrees with a stream of another host."""
    plain = isinstance(content, Content) and content.plain
    log = content if plain else _Beginning(content.beginning)
    identity = identify(log, [stream])
    return identity.relation is not Relation.NEW and min(log.size(), identity.offset) > ENOUGH


def _refusal(path: str, host: str) -> LogError:
    reader = f"the host {host}" if host else "a host without a name"
    what = f"begins like a log that {reader} has read, so nothing was counted"
    hint = "give --adopt if it is the same log, --separate if it is another one"
    return LogError(path, what, hint)
