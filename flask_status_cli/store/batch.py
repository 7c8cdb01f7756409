"""What a writer stores at once, and the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_status_cli.model import Checkpoint, InputFact, MinuteCounts, Unread
from flask_status_cli.store.crowds.fold_result import Folding

THIS_STREAM: Final = 0
"""In an `InputFact` of a batch: the stream of the batch, even if the batch creates it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Whole lines of one log, counted.

    They are stored together with the checkpoint after them, or not at all.

    - `of_hosts`: counts whose label is a virtual host. Beyond the bound of labels they become `<other>`,
      unless the hosts are `named`.
    - `unread`: lines by (quarter, kind, reason).
    - `stream`: the number of the stream that is continued, `None` for a new one.
    - `expected`: (id, offset) of every stream with the checkpoint's head when the batch began, by id.
    - `rules`: the version of the declared rules by which requests were attributed.
    - `unknown_only`: refuse requests that were counted before.
    - `refused`: the number of lines with a request that were not understood.
    - `small`: whether the batch may be stored together with those of other logs.
    """

    counts: MinuteCounts
    unread: Mapping[tuple[int, Unread, str], int]
    checkpoint: Checkpoint
    stream: int | None
    expected: tuple[tuple[int, int], ...]
    inputs: tuple[InputFact, ...] = ()
    rules: int | None = None
    unknown_only: bool = False
    refused: int = 0
    small: bool = False
    of_hosts: tuple[MinuteCounts, ...] = ()
    named: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """A batch that was stored: the number of its stream, how many routes are new, and what was folded.

    `misread` says that nothing in the stream is understood any more. `left_out` is the number of its requests
    that the extension counts, and `other_hosts` that of virtual hosts without a label of their own.
    """

    stream: int
    new_routes: int
    foldings: tuple[Folding, ...] = ()
    misread: bool = False
    left_out: int = 0
    other_hosts: int = 0

    @property
    def folded(self) -> bool:
        """Whether routes became part of others."""
        return any(each.moved for each in self.foldings)


class BatchRefused(Exception):  # noqa: N818 - it names what happened
    """Nothing of a batch was stored. What was stored before it stays."""


class StreamsChanged(BatchRefused):  # another run was faster
    """Another run has read this log since the batch began, or rules were declared. Nothing was stored."""
