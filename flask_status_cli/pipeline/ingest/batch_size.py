"""Decides after how many bytes of a log the counts are stored. A long log is stored in several batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask_status_cli.frozen import frozen

BATCH: Final = 64 << 20
"""Counts are stored after this many bytes, to limit memory, and the work that a killed run has to repeat."""

NOT_UNDERSTOOD: Final = 8 << 20
"""Reading stops if so many first bytes of a new log have no entry."""

LAST_PART: Final = 3
"""In a log of several batches, one is stored early if the rest of the log is at most one third as long."""

FIRST_ON_SERVER: Final = (8 << 20, 24 << 20)
"""On a database server, the first of several batches end after this many bytes, so that it begins early."""

SHORT_ON_SERVER: Final = 8
"""On a database server, no batch is made of less than this part of `BATCH`, because each costs round trips.

Only the last one may be as short. It is read together with the one before if that has the length of `BATCH`.
"""

REST_ON_SERVER: Final = 3, 2
"""A server that is done with a batch gets the next one early if the rest is at most this many times as long.

So the last batch, which is waited for, is a small one.
"""


@frozen
class ReadBytes:
    """How much of a log was read in this run.

    - `waiting`: the bytes whose counts are not stored yet.
    - `left`: the bytes that are not read yet; 0 if nobody knows.
    - `batches`: how many batches of the log were stored.
    - `earlier`: whether lines of the log were counted before those that wait.
    """

    waiting: int
    left: int
    batches: int
    earlier: bool

    @property
    def _several(self) -> bool:
        """Whether the log is stored in several batches."""
        return self.waiting + self.left > BATCH or self.earlier

    def is_batch_for_file(self) -> bool:
        """Return whether the waiting bytes are a batch for a database in a file."""
        is_nearly_all = self._several and 0 < self.left * LAST_PART <= self.waiting
        return self.waiting >= BATCH or is_nearly_all

    def is_batch_for_server(self, *, is_busy: Callable[[], bool]) -> bool:
        """Return whether the waiting bytes are a batch for a database server.

        `is_busy` returns whether the server still stores the batch before.
        """
        if not self._several:
            return False
        least = BATCH // SHORT_ON_SERVER
        if self.waiting >= BATCH:
            return self.waiting >= BATCH + least or not 0 < self.left < least
        if self.batches < len(FIRST_ON_SERVER):
            return self.waiting >= FIRST_ON_SERVER[self.batches]
        times, of = REST_ON_SERVER
        is_short = self.waiting >= least and 0 < self.left * of <= self.waiting * times
        return is_short and not is_busy()
