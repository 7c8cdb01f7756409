"""Stores one batch: its counts, its unread lines, its checkpoint, and the states of paths."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from flask_status_cli.model import InputFact, MinuteCounts
from flask_status_cli.store.batch import Batch, Committed, StreamsChanged
from flask_status_cli.store.counts import durations, extension_spans
from flask_status_cli.store.counts.gathered_batches import GatheredBatches, add_counts, add_unread
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.incidents.frozen_incidents import Freeze
from flask_status_cli.store.routes import declarations
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.small_batch import SmallBatch, SmallCommitted, SmallStream
from flask_status_cli.store.statements import compiled
from flask_status_cli.store.streams import checkpoints, line_digests, not_understood


def foresee(book: RouteBook, batch: Batch) -> None:
    """Name the queries that storing a batch always makes, so that they can be sent in one round trip."""
    connection, label = book.connection, batch.counts.label
    connection.foresee(
        (
            (compiled.OFFSETS, {"of_head": batch.checkpoint.head, "of_host": connection.host}),
            (extension_spans.SPANS, {"label": label}),
            (compiled.CROWDS, {"of_label": label}),
            *durations.long_rows((batch.counts, *batch.of_hosts)),
        ),
        routes_after=book.highest,
    )


def store_batch(
    book: RouteBook,
    batch: Batch,
    gathered: GatheredBatches | None,
    *,
    freeze: Freeze,
    now: datetime,
) -> Committed:
    """Store a batch within the open transaction; raises what `Store.commit` raises.

    If other batches are `gathered`, its counts are added to theirs.
    """
    connection = book.connection
    _refuse_changed(connection, batch, gathered)
    counts: Sequence[MinuteCounts] = (batch.counts,)
    others = 0
    if batch.of_hosts:
        from flask_status_cli.store.counts import host_labels

        counts = host_labels.within_bound(book, batch, gathered)
        others = host_labels.requests_of_others(counts)
    spans = partial(extension_spans.spans, connection) if gathered is None else gathered.spans
    found = [extension_spans.without_counted(spans(each.label), each) for each in counts]
    ours, left_out = [each for each, _ in found], sum(requests for _, requests in found)
    if gathered is None:
        durations.join_long_rows(connection, (batch.counts, *batch.of_hosts))
    stored = add_counts(book, batch, ours, gathered, freeze=freeze)
    number = _save_stream(connection, batch, gathered, now=now)
    lost = _note_lines(connection, batch, gathered, number, now=now)
    return Committed(number, stored.new_routes, stored.foldings, lost, left_out, others)


def store_small(
    book: RouteBook,
    batch: SmallBatch,
    gathered: GatheredBatches,
    *,
    now: datetime,
) -> SmallCommitted:
    """Add a batch of small logs to the gathered ones; raises `StreamsChanged` as `store_batch` does.

    A log that may have requests that were counted before is not stored, nor are the logs behind it.
    """
    every = [each for part in batch.parts for each in part.streams]
    known = [each.continues for each in every if each.continues is not None]
    heads = [each.head for each in every if each.continues is None]
    if batch.rules not in (None, gathered.rules) or gathered.known_heads(heads):
        raise StreamsChanged
    if not gathered.are_as(known):
        raise StreamsChanged
    states: list[InputFact] = []
    left_out = 0
    for part in batch.parts:
        spans = gathered.spans(part.counts.label)
        counts, without = extension_spans.without_counted(spans, part.counts)
        if part.compared and not batch.numbers and gathered.may_have(book, counts):
            break
        gathered.sums.add(counts)
        left_out += without
        add_unread(book.connection, part.unread)
        for each in part.streams:
            given = batch.numbers[len(states)] if batch.numbers else None
            number = _store_small_stream(gathered, each, given=given, now=now)
            states.append(each.state.of(number))
    gathered.inputs += states
    return SmallCommitted(tuple(states), left_out)


def _store_small_stream(
    gathered: GatheredBatches, each: SmallStream, *, given: int | None, now: datetime
) -> int:
    """Continue a stream, or begin one, with a `given` number if there is one; return its number."""
    if each.continues is None:
        return gathered.begin_stream(each, number=given, now=now)
    gathered.move_small(each, each.continues, now=now)
    return each.continues.id


def _refuse_changed(connection: Connection, batch: Batch, gathered: GatheredBatches | None) -> None:
    """Raise `StreamsChanged` if the streams or the rules have changed since the batch was begun."""
    if gathered is None:
        offsets = checkpoints.offsets(connection, batch.checkpoint.head)
        rules = declarations.version(connection)
    else:
        offsets, rules = gathered.offsets(batch.checkpoint.head), gathered.rules
    if offsets != batch.expected or batch.rules not in (None, rules):
        raise StreamsChanged
    if batch.stream is not None and batch.stream not in dict(batch.expected):
        raise ValueError(f"stream {batch.stream} is not among the expected ones")


def _save_stream(
    connection: Connection, batch: Batch, gathered: GatheredBatches | None, *, now: datetime
) -> int:
    """Store the checkpoint and the states of paths; return the number of the stream."""
    checkpoint = batch.checkpoint
    if gathered is not None and batch.stream is None:
        number = gathered.begin_stream(checkpoint, number=batch.number, now=now)
    else:
        if gathered is not None:
            gathered.put_streams()
        number = _save_checkpoint(connection, batch, now=now)
    if checkpoint.places is not None:
        line_digests.save(connection, number, checkpoint.places)
    seen = checkpoints.of_stream(batch.inputs, number)
    if gathered is None:
        checkpoints.save_inputs(connection, seen)
    else:
        gathered.inputs += seen
        gathered.moved(checkpoint.head, number, checkpoint.offset)
    return number


def _save_checkpoint(connection: Connection, batch: Batch, *, now: datetime) -> int:
    if batch.number is not None:
        return checkpoints.save_as(connection, batch.number, batch.checkpoint, now=now)
    known = batch.expected
    return checkpoints.save(connection, batch.stream, batch.checkpoint, known=known, now=now)


def _note_lines(
    connection: Connection,
    batch: Batch,
    gathered: GatheredBatches | None,
    number: int,
    *,
    now: datetime,
) -> bool:
    """Record the refused lines of a stream; return whether none of its lines is understood any more."""
    entries = any(each.minutes for each in (batch.counts, *batch.of_hosts))
    if gathered is not None and entries and not gathered.misread:
        return False  # no stream has recorded refused lines, so there are none to forget
    if gathered is not None:
        gathered.misread = True
    return not_understood.record_refused(
        connection, number, entries=entries, refused=batch.refused, now=now
    )
