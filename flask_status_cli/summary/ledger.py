"""What a summary asks of the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from flask_status_cli.model import Route, Run, Unread


class Ledger(Protocol):
    """The counts as they are stored, without any opinion; all answers are of one moment.

    Stretches of time include their start and not their end. Requests are triples of route id, status
    code and number; those of waiting paths come under `<unmatched>`.
    """

    def routes(self) -> Mapping[int, Route]:
        """Return every route that the other answers name, `<unmatched>` and `<other>` included."""

    def requests(self, start: int, end: int) -> Iterable[tuple[int, int, int]]:
        """Yield the requests between two epoch quarters."""

    def minutes(self, start: int, end: int) -> Iterable[tuple[int, int, int]]:
        """Yield the requests between two epoch minutes."""

    def slices(
        self, start: int, end: int, size: int, routes: Collection[int]
    ) -> Iterable[tuple[int, int, int, int]]:
        """Yield the requests of some routes between two epoch quarters, by slices of `size` quarters.

        The number of the slice stands first, 0 being the one that begins at `start`.
        """

    def by_minute(
        self, start: int, end: int, routes: Collection[int]
    ) -> Iterable[tuple[int, int, int, int]]:
        """Yield the requests of some routes between two epoch minutes, the minute first."""

    def span(self, until: int) -> tuple[int | None, int | None]:
        """Return the oldest minute with an entry, and the newest one that is not after `until`."""

    def future(self, after: int) -> tuple[int, int | None]:
        """Return how many requests are later than the minute `after`, and their newest minute."""

    def unread(self, start: int, end: int) -> Mapping[Unread, int]:
        """Return the lines between two epoch quarters that were no entries."""

    def last_run(self) -> Run | None:
        """Return the newest run."""

    def last_good_run(self) -> Run | None:
        """Return the newest run without problems."""
