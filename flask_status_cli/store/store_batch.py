"""One batch is stored: its counts, its unread lines, its checkpoint, and what was seen of paths."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from flask_status_cli.model import MinuteCounts
from flask_status_cli.store.batch import Batch, Committed, StreamsChanged
from flask_status_cli.store.counts import extension_spans, host_labels
from flask_status_cli.store.counts.gathered_batches import Gathered, add_counts
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.incidents.frozen_incidents import Freeze
from flask_status_cli.store.routes import declarations
from flask_status_cli.store.routes.route_book import RouteBook
from flask_status_cli.store.statements import compiled
from flask_status_cli.store.streams import checkpoints, line_digests, not_understood


def foresee(connection: Connection, batch: Batch) -> None:
    """Say what storing a batch will ask in any case."""
    label = batch.counts.label
    connection.foresee(
        (
            (compiled.OFFSETS, {"of_head": batch.checkpoint.head, "of_host": connection.host}),
            (extension_spans.SPANS, {"label": label}),
            (compiled.CROWDS, {"of_label": label}),
        )
    )


def store_batch(  # noqa: PLR0913 - a batch, what it is held against, and where it goes
    connection: Connection,
    book: RouteBook,
    batch: Batch,
    gathered: Gathered | None,
    *,
    freeze: Freeze,
    now: datetime,
) -> Committed:
    """Store a batch within the open transaction, with those that are `gathered`; raises as `Store.commit`."""
    head = batch.checkpoint.head
    if gathered is None:
        offsets, rules = checkpoints.offsets(connection, head), declarations.version(connection)
    else:
        offsets, rules = gathered.offsets(head), gathered.rules
    if offsets != batch.expected:
        raise StreamsChanged
    if batch.rules not in (None, rules):
        raise StreamsChanged
    if batch.stream is not None and batch.stream not in dict(batch.expected):
        raise ValueError(f"stream {batch.stream} is not among the expected ones")
    counts: Sequence[MinuteCounts] = (batch.counts,)
    if batch.of_hosts:
        counts = host_labels.within_bound(book, batch, gathered)
    spans = partial(extension_spans.spans, connection) if gathered is None else gathered.spans
    found = [extension_spans.without_counted(spans(each.label), each) for each in counts]
    ours, left_out = [each for each, _ in found], sum(requests for _, requests in found)
    stored = add_counts(connection, book, batch, ours, gathered, freeze=freeze)
    number = checkpoints.save(connection, batch.stream, batch.checkpoint, known=offsets, now=now)
    if batch.checkpoint.places is not None:
        line_digests.save(connection, number, batch.checkpoint.places)
    seen = checkpoints.of_stream(batch.inputs, number)
    if gathered is None:
        checkpoints.save_inputs(connection, seen)
    else:
        gathered.inputs += seen
        gathered.moved(head, number, batch.checkpoint.offset)
    entries = any(each.minutes for each in (batch.counts, *batch.of_hosts))
    lost = False
    if gathered is None or gathered.misread or not entries:
        lost = not_understood.note(
            connection, number, entries=entries, refused=batch.refused, now=now
        )
        if gathered is not None:
            gathered.misread = True
    others = host_labels.requests_of_others(counts)
    return Committed(number, stored.new_routes, stored.foldings, lost, left_out, others)
