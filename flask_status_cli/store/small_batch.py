"""Batches of many small logs, or of few new lines of many logs, which are stored together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import Final

from flask_status_cli.frozen import frozen
from flask_status_cli.model import InputFact, MinuteCounts, UnreadKind
from flask_status_cli.model.log.checkpoints import PackedStream

NOTHING_PENDING: Final[Mapping[tuple[UnreadKind, str], int]] = MappingProxyType({})
"""The lines before the first entry of a stream that has an entry."""

MOST_STREAMS: Final = 64
"""A small batch has at most this many streams."""


@frozen
class SmallStream:
    """The checkpoint of a log at its end, and the state of its path with `THIS_STREAM`.

    `marks` are packed marks; see `Checkpoint` for the other values. `continues` is the stream that the log
    continues, as it was before, `None` for a new stream.
    """

    head: bytes
    offset: int
    marks: bytes
    newest: int | None
    format: str | None
    prints: bytes
    state: InputFact
    continues: PackedStream | None = None

    @property
    def partial(self) -> bool:
        """Whether the last line has no line end: never."""
        return False

    @property
    def pending(self) -> Mapping[tuple[UnreadKind, str], int]:
        """The lines before the first entry, which wait for its time: none, because they are stored."""
        return NOTHING_PENDING


@frozen
class SmallCounts:
    """The counts of some logs together, and the streams of these logs. `unread` is that of a `Batch`.

    If the logs are `compared`, this is one log, which may have requests that were counted before.
    """

    counts: MinuteCounts
    streams: tuple[SmallStream, ...]
    unread: Mapping[tuple[int, UnreadKind, str], int] = field(default_factory=dict)
    compared: bool = False


@frozen
class SmallBatch:
    """The streams of many logs, all with different first lines.

    - `parts`: their counts, in the order of the logs.
    - `rules`: the version of the declared rules that the requests were matched with.
    - `numbers`: the numbers of the streams, if they were returned before a server was away. New streams must
      get them.
    """

    parts: tuple[SmallCounts, ...]
    rules: int | None = None
    numbers: tuple[int, ...] = ()


@frozen
class SmallCommitted:
    """The result of storing a small batch.

    - `states`: the states of paths that were stored, with the numbers of their streams. If there are fewer of
      them than logs, the next log must be stored alone: it may have requests that were counted before.
    - `left_out`: how many requests were not counted because the extension counts them.
    """

    states: tuple[InputFact, ...]
    left_out: int = 0


def numbered(batch: SmallBatch, states: Sequence[InputFact]) -> SmallBatch:
    """Return the part of a batch that was stored, with the numbers of its streams."""
    parts, streams = [], 0
    for part in batch.parts:
        streams += len(part.streams)
        if streams > len(states):
            break
        parts.append(part)
    numbers = tuple(state.stream for state in states if state.stream is not None)
    return SmallBatch(tuple(parts), batch.rules, numbers)
