"""What several small logs add to the database, gathered until it is stored at once."""

from __future__ import annotations

from collections.abc import Iterator

from flask_status_cli.model import MinuteCounts
from flask_status_cli.store.attribution import Stored


class Gathered:
    """Counts of batches that are attributed with one version of the `rules`, added up by label.

    `stored` tells what storing them did, and means something once all was `committed`.
    """

    def __init__(self, rules: int) -> None:
        self.rules = rules
        self.stored: list[Stored] = []
        self.committed = False
        self._labels: dict[str, _Sum] = {}

    def add(self, counts: MinuteCounts) -> None:
        """Add what a batch counted."""
        if counts.label not in self._labels:
            self._labels[counts.label] = _Sum()
        self._labels[counts.label].add(counts)

    def take(self) -> Iterator[MinuteCounts]:
        """Yield the sums, and begin anew."""
        labels, self._labels = self._labels, {}
        for label, total in labels.items():
            yield MinuteCounts(label, tuple(total.codes), total.minutes)


class _Sum:
    """The requests of one label, under codes of its own: a tally may be renewed between two batches."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, int], int] = {}
        self.minutes: dict[int, dict[int, int]] = {}

    def add(self, counts: MinuteCounts) -> None:
        for minute, row in counts.minutes.items():
            sums = self.minutes.setdefault(minute, {})
            for code, requests in row.items():
                mine = self.codes.setdefault(counts.keys[code], len(self.codes))
                sums[mine] = sums.get(mine, 0) + requests
