"""Limits the number of labels that are made from virtual hosts.

Clients choose the host of a request. So hosts beyond a bound share one label.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_status_cli.model import MinuteCounts
from flask_status_cli.model.log.entries import OTHER_HOSTS
from flask_status_cli.store import bounds
from flask_status_cli.store.batch import Batch
from flask_status_cli.store.counts.gathered_batches import GatheredBatches, SumsByLabel
from flask_status_cli.store.routes.route_book import RouteBook


def within_bound(
    book: RouteBook, batch: Batch, gathered: GatheredBatches | None
) -> Sequence[MinuteCounts]:
    """Return the counts of a batch, label by label. The hosts that come first get the free labels."""
    book.refresh()
    labels = {*book.all_labels, *(gathered.sums.labels if gathered else ())}
    labels -= {"", batch.counts.label, OTHER_HOSTS}
    sums = SumsByLabel()
    for each in (batch.counts, *batch.of_hosts):
        own = each is batch.counts or batch.named or each.label in {*labels, OTHER_HOSTS}
        if not own and len(labels) < bounds.LABELS_BOUND:
            labels.add(each.label)
            own = True
        sums.add(each, label=each.label if own else OTHER_HOSTS)
    return tuple(sums.take())


def requests_of_others(counts: Sequence[MinuteCounts]) -> int:
    """Return the number of requests of hosts without a label of their own."""
    others = [each for each in counts if each.label == OTHER_HOSTS]
    return sum(sum(row.values()) for each in others for row in each.minutes.values())
