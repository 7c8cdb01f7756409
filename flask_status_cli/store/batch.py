"""Batches: the counts of some lines of a log, which are stored together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Checkpoint, InputFact, MinuteCounts, UnreadKind
from flask_status_cli.store.crowds.fold_result import FoldedRoutes

if TYPE_CHECKING:
    from flask_status_cli.store.counts.attribution import EarlyAttribution

THIS_STREAM: Final = 0
"""The stream number of an `InputFact` that means the batch's own stream, which may not have a number yet."""


@frozen
class Batch:
    """The counts of some whole lines of one log. `Store.commit` stores all of it, or nothing.

    - `counts`: the requests of the log's own label.
    - `unread`: the number of lines that were not entries, by (quarter, kind, reason).
    - `checkpoint`: how far the log is read with these lines.
    - `stream`: the number of the stream that these lines continue, `None` for a new stream.
    - `number`: the number that a new stream must get, because it was returned before a server was away.
    - `expected`: (number, offset) of every stream with the same first line, as they were when the batch
      began, sorted by number.
    - `inputs`: the states of the paths that led to the log.
    - `rules`: the version of the declared rules that the requests were matched with.
    - `unknown_only`: whether to refuse the batch if its requests were counted before.
    - `refused`: the number of lines that have a request but could not be understood.
    - `small`: whether the batch may share a transaction with batches of other logs.
    - `of_hosts`: the requests of virtual hosts. The host is the label. If there are too many labels, the
      requests of further hosts are counted as `<other>`, unless the hosts are `named`.
    - `named`: whether the user has named these hosts.
    - `ends_log`: whether these are the last lines of the log in this run.
    - `ready`: what was found out about `counts` before; see `Store.made_ready`.
    """

    counts: MinuteCounts
    unread: Mapping[tuple[int, UnreadKind, str], int]
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
    number: int | None = None
    ends_log: bool = False
    ready: EarlyAttribution | None = None


@frozen
class Committed:
    """The result of storing a batch.

    - `stream`: the number of the batch's stream.
    - `new_routes`: how many routes are new.
    - `foldings`: which routes became part of a crowd.
    - `misread`: whether no line of the stream is understood any more.
    - `left_out`: how many requests were not counted because the extension counts them.
    - `other_hosts`: how many requests are of virtual hosts without a label of their own.
    """

    stream: int
    new_routes: int
    foldings: tuple[FoldedRoutes, ...] = ()
    misread: bool = False
    left_out: int = 0
    other_hosts: int = 0

    @property
    def folded(self) -> bool:
        """Whether routes became part of a crowd."""
        return any(each.moved for each in self.foldings)


READ_MEANWHILE: Final = (
    "another ingest read the log while the server was away",
    "run it again",
)
"""The message and hint if a batch, whose connection was lost, cannot be stored again."""


class BatchRefused(Exception):  # noqa: N818 - it names what happened
    """Nothing of a batch was stored. What was stored before it stays."""


class StreamsChanged(BatchRefused):
    """Another run has read this log since the batch began, or rules were declared. Nothing was stored."""
