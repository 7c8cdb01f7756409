"""The counts of several small logs, which are added up and stored in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from flask_status_cli.model import Checkpoint, InputFact, MinuteCounts, Stream, UnreadKind
from flask_status_cli.model.duration_buckets import add_recoded
from flask_status_cli.model.log.checkpoints import PackedStream
from flask_status_cli.store.batch import Batch
from flask_status_cli.store.counts import duplicate_logs, durations, extension_spans
from flask_status_cli.store.counts.attribution import NOTHING_STORED, StoredCounts, store_counts
from flask_status_cli.store.counts.counted_cells import CountedCells
from flask_status_cli.store.counts.duplicate_logs import CountedTwice
from flask_status_cli.store.counts.extension_spans import Span
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.incidents.frozen_incidents import Freeze
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.small_batch import SmallStream
from flask_status_cli.store.statements import compiled
from flask_status_cli.store.streams import checkpoints, not_understood

Offsets: TypeAlias = tuple[tuple[int, int], ...]
"""(number, offset) of streams, sorted by number."""


class GatheredBatches:
    """The batches within one block of `Store.together`.

    No other program writes in this transaction, so what was read from the database is remembered.

    - `rules`: the version of the declared rules.
    - `sums`: the counts of the batches that are not stored yet, added up by label.
    - `stored`: the results of storing them. They are valid once `committed` is true.
    - `inputs`: the states of paths that are stored at the end.
    - `misread`: whether refused lines are recorded for any stream.
    """

    def __init__(self, connection: Connection) -> None:
        self.committed = False
        self._connection = connection

    def begin(self, rules: int) -> None:
        """Forget all batches, because a new transaction has begun."""
        self.rules = rules
        self.stored: list[StoredCounts] = []
        self.inputs: list[InputFact] = []
        self.sums = SumsByLabel()
        self.misread = not_understood.any_noted(self._connection)
        self._cells: dict[str, CountedCells] = {}
        self._spans: dict[str, list[Span]] = {}
        self._offsets: dict[bytes, Offsets] = {}
        self._new: list[dict[str, Any]] = []
        self._moved: list[dict[str, Any]] = []
        self._packed: dict[int, int] = {}
        self._given: list[int] = []
        self._heads: set[bytes] = set()
        self._unknown: set[bytes] = set()
        self._free: Iterator[int] | None = None

    def spans(self, label: str) -> list[Span]:
        """Return the spans in which the extension counted the requests of a label."""
        found = self._spans.get(label)
        if found is None:
            found = self._spans[label] = extension_spans.spans(self._connection, label)
        return found

    def may_have(self, book: RouteBook, counts: MinuteCounts) -> bool:
        """Return whether these requests of a log may have been counted before, and must be compared."""
        if not duplicate_logs.is_comparable(counts):
            return False
        label = counts.label
        cells = self._cells.get(label)
        if cells is None:
            book.refresh()
            cells = self._cells[label] = CountedCells(self._connection, label)
        return cells.may_have(book, counts, *self.sums.of(label))

    def counts_stored(self) -> None:
        """Read the counts in the database again when they are next needed."""
        self._cells.clear()

    def streams(self, head: bytes) -> list[Stream]:
        """Return the streams with this first line, the longest first."""
        if head in self._heads:
            self.put_streams()
        found = checkpoints.find(self._connection, head)
        self._offsets[head] = tuple(sorted((one.id, one.checkpoint.offset) for one in found))
        return found

    def known_heads(self, heads: Sequence[bytes]) -> set[bytes]:
        """Return those of these first lines that a stream of any host has; at most `MOST_STREAMS`."""
        found = self._heads.intersection(heads)
        new = [head for head in heads if head not in self._unknown]
        found |= checkpoints.known_heads(self._connection, new)
        self._unknown.update(head for head in new if head not in found)
        return found

    def offsets(self, head: bytes) -> Offsets:
        """Return (number, offset) of every stream with this first line, sorted by number."""
        found = self._offsets.get(head)
        if found is None:
            if head in self._heads:
                self.put_streams()
            found = checkpoints.offsets(self._connection, head)
        return found

    def moved(self, head: bytes, number: int, offset: int) -> None:
        """Remember the new offset of a stream that was begun or continued."""
        self._packed.pop(number, None)
        known = dict(self.offsets(head)) | {number: offset}
        self._offsets[head] = tuple(sorted(known.items()))

    def begin_stream(
        self, checkpoint: Checkpoint | SmallStream, *, number: int | None, now: datetime
    ) -> int:
        """Return the number of a new stream. `put_streams` stores it, together with other new streams.

        A `number` is given if it was returned before the server was away.
        """
        return self._begin(checkpoints.values_of(checkpoint, now=now), number)

    def packed_streams(self, numbers: Iterable[int]) -> dict[int, PackedStream]:
        """Return those of these streams that alone have their first line, by number."""
        self.put_streams()
        found = checkpoints.packed(self._connection, numbers)
        self._packed.update({number: stream.offset for number, stream in found.items()})
        return found

    def are_as(self, streams: Sequence[PackedStream]) -> bool:
        """Return whether these streams are still as they were, also if another program has written since."""
        unsure = [each.id for each in streams if each.id not in self._packed]
        if unsure:
            self.packed_streams(unsure)
        return all(self._packed.get(each.id) == each.offset for each in streams)

    def move_small(self, stream: SmallStream, continued: PackedStream, *, now: datetime) -> None:
        """Store how far a log was read that continues a stream. `put_streams` does it for many at once."""
        if self.misread:
            not_understood.record_refused(
                self._connection, continued.id, entries=True, refused=0, now=now
            )
        values = checkpoints.values_of(stream, now=now)
        values["number"], values["at_most"] = continued.id, stream.offset
        self._moved.append(values)
        self._heads.add(stream.head)
        self._offsets.pop(stream.head, None)
        self._packed[continued.id] = stream.offset

    def _begin(self, values: dict[str, Any], number: int | None) -> int:
        if number is None:
            number = self._next_number()
        else:
            self._given.append(number)
        values["id"], values["host"] = number, self._connection.host
        self._new.append(values)
        head = values["head"]
        self._heads.add(head)
        self._unknown.discard(head)
        return number

    def _next_number(self) -> int:
        if self._free is None or (self._connection.numbers_follow and not self._new):
            self._free = iter(self._connection.new_stream_numbers())
        return next(self._free)

    def put_streams(self) -> None:
        """Store the streams of `begin_stream` and `move_small`."""
        new, self._new = self._new, []
        moved, self._moved = self._moved, []
        given, self._given = self._given, []
        if new or moved:
            self._heads.clear()
        if moved:
            checkpoints.move(self._connection, moved)
        if new:
            checkpoints.refuse_taken(self._connection, given)
            checkpoints.put(self._connection, new)
        if given:
            self._connection.finish_numbers("stream", "id")

    def forget_streams(self) -> None:
        """Read the offsets of streams again when they are next needed."""
        self._offsets.clear()
        self._packed.clear()


class SumsByLabel:
    """Counts added up by label."""

    def __init__(self) -> None:
        self._labels: dict[str, _Sum] = {}

    @property
    def labels(self) -> Collection[str]:
        """The labels with counts."""
        return self._labels.keys()

    def add(self, counted: MinuteCounts, *, label: str | None = None) -> None:
        """Add counts under their label, or under another one."""
        label = counted.label if label is None else label
        if label not in self._labels:
            self._labels[label] = _Sum()
        self._labels[label].add(counted)

    def of(
        self, label: str
    ) -> tuple[Mapping[tuple[str, int], int], Mapping[int, Mapping[int, int]]]:
        """Return the codes of a label by (rule, status), and its counts by minute and code."""
        found = self._labels.get(label)
        return ({}, {}) if found is None else (found.codes, found.minutes)

    def take(self) -> Iterator[MinuteCounts]:
        """Yield the counts of each label, and forget them."""
        labels, self._labels = self._labels, {}
        for label, total in labels.items():
            yield MinuteCounts(label, tuple(total.codes), total.minutes, total.durations)


class _Sum:
    """The added-up counts of one label. It has codes of its own, because tallies have different codes.

    While all counts come from one tally, the own code of each of its codes is remembered.
    """

    def __init__(self) -> None:
        self._keys: Sequence[tuple[str, int]] = ()
        self._ours: dict[int, int] = {}
        self.codes: dict[tuple[str, int], int] = {}
        self.minutes: dict[int, dict[int, int]] = {}
        self.durations: dict[int, dict[int, int]] = {}

    def add(self, counted: MinuteCounts) -> None:
        if counted.keys is not self._keys:
            self._keys, self._ours = counted.keys, {}
        ours = self._ours
        for minute, row in counted.minutes.items():
            sums = self.minutes.setdefault(minute, {})
            for code, requests in row.items():
                mine = ours.get(code)
                if mine is None:
                    mine = self._code(code)
                sums[mine] = sums.get(mine, 0) + requests
        if counted.durations:
            add_recoded(self.durations, counted.durations, self._code)

    def _code(self, code: int) -> int:
        """Return the own code for a code of the tally."""
        mine = self._ours[code] = self.codes.setdefault(self._keys[code], len(self.codes))
        return mine


def add_counts(
    book: RouteBook,
    batch: Batch,
    counts: Sequence[MinuteCounts],
    gathered: GatheredBatches | None,
    *,
    freeze: Freeze | None,
) -> StoredCounts:
    """Store the counts of a batch, given label by label, or add them to the `gathered` ones.

    The numbers of unread lines are stored at once.
    """
    stored = NOTHING_STORED
    if gathered is None:
        stored = _store(book, counts, freeze=freeze, batch=batch)
    elif batch.unknown_only and any(gathered.may_have(book, each) for each in counts):
        store_gathered(book, gathered, freeze=freeze)  # it is compared with them, too
        stored = _store_unless_known(book, counts, freeze=freeze, batch=batch)
    else:
        for each in counts:
            gathered.sums.add(each)
    add_unread(book.connection, batch.unread)
    return stored


def add_unread(connection: Connection, unread: Mapping[tuple[int, UnreadKind, str], int]) -> None:
    """Add numbers of lines that were not entries."""
    if not unread:
        return
    flat: list[int | str] = []
    for (quarter, kind, why), lines in unread.items():
        flat += (quarter, kind.value, why, lines)
    connection.add(compiled.ADD_UNREAD, flat)


def store_gathered(book: RouteBook, gathered: GatheredBatches, *, freeze: Freeze | None) -> None:
    """Add the gathered counts to the database."""
    gathered.counts_stored()
    counts = list(gathered.sums.take())
    durations.join_long_rows(book.connection, counts)
    for counted in counts:
        gathered.stored.append(store_counts(book, counted, freeze=freeze))


def _store(
    book: RouteBook,
    counts: Sequence[MinuteCounts],
    *,
    freeze: Freeze | None,
    batch: Batch,
) -> StoredCounts:
    stored = NOTHING_STORED
    for each in counts:
        known = batch.unknown_only and duplicate_logs.is_comparable(each)
        stored += store_counts(book, each, freeze=freeze, unknown_only=known, ready=batch.ready)
        if len(counts) > 1:
            book.waiting = None  # those of several labels are not known together
    return stored


def _store_unless_known(
    book: RouteBook,
    counts: Sequence[MinuteCounts],
    *,
    freeze: Freeze | None,
    batch: Batch,
) -> StoredCounts:
    """Store counts that may have been counted before. If they are refused, nothing of them is stored."""
    connection = book.connection
    connection.run("SAVEPOINT counts")
    try:
        stored = _store(book, counts, freeze=freeze, batch=batch)
    except CountedTwice:
        connection.run("ROLLBACK TO counts")
        connection.run("RELEASE counts")
        book.forget()
        raise
    connection.run("RELEASE counts")
    return stored
