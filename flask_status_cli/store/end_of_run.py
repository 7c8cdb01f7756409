"""What a `Store` writes when a run ends: the run itself, the trusted clock, and what pruning deletes.

Modules that most runs do not need are imported in the methods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from flask_status_cli.frozen import replace
from flask_status_cli.model import minute_of
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.trusted_clock import ClockTrust
from flask_status_cli.store.counts import expected_traffic
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.database.open_database import OpenDatabase
from flask_status_cli.store.database.sqlite_errors import translated
from flask_status_cli.store.schema.encoding import microseconds
from flask_status_cli.store.streams import checkpoints, last_warning, runs, trusted_clock
from flask_status_cli.store.writable import Writable

if TYPE_CHECKING:
    from flask_status_cli.model import Expectation, InputFact, Run
    from flask_status_cli.model.pruning import Pruned, Pruning
    from flask_status_cli.store.database.connection import Connection
    from flask_status_cli.store.streams.last_warning import PrintedProblems

THIN_EVERY: Final = timedelta(days=1)
"""The marks of old streams are thinned out, and the file is checked for damage, this often."""


class EndOfRun(Writable, OpenDatabase):
    """The methods of a `Store` that are called after the last batch of a run.

    `retired` are the names of hosts that the last stored run has retired.
    """

    _clock: Callable[[], datetime]
    """Returns the present instant."""

    def __init__(self, connection: Connection, path: Database) -> None:
        super().__init__(connection, path)
        self.retired: list[str] = []

    def note(self, inputs: Sequence[InputFact]) -> None:
        """Store the states of paths. If a transaction is open, they are stored at its end."""
        self._write_last(lambda connection: checkpoints.save_inputs(connection, inputs))

    def printed_lately(self, problems: Sequence[str]) -> list[str]:
        """Return those problems that were already printed within the last day."""
        with translated(self._path):
            return last_warning.lately(self._connection, problems, now=self._clock())

    def record(
        self,
        run: Run,
        inputs: Sequence[InputFact] = (),
        expectations: Iterable[Expectation] | None = None,
        printed: PrintedProblems | None = None,
    ) -> None:
        """Store a completed run, the states of paths, the expected traffic, and the printed problems.

        If a transaction is open, they are stored at its end.
        Once a day, the marks of old streams are thinned out, and the file is checked for damage.
        """
        expected = None if expectations is None else list(expectations)

        def work(connection: Connection) -> None:
            if expected is not None:
                expected_traffic.write(connection, expected, minute=minute_of(run.finished_at))
            checkpoints.save_inputs(connection, inputs)
            if printed is not None:
                last_warning.record_printed(connection, printed, now=self._clock())
            self._record(connection, run)

        self._write_last(work)

    def _record(self, connection: Connection, run: Run) -> None:
        """Store that a run was completed. Once a day, thin out marks and look for damage."""
        before = trusted_clock.read(connection)
        runs.record(connection, run)
        if connection.host:
            from flask_status_cli.store.streams import hosts

            self.retired = hosts.note_run(connection, run, now=self._clock())
        trusted_clock.note_run(connection, before, now=self._clock())
        now = self._now_for_pruning()
        ago = microseconds(now) - key_values.read(connection, NumberName.THINNED_AT)
        if not 0 <= ago < THIN_EVERY // timedelta(microseconds=1):
            checkpoints.thin_marks(connection, now=now)
            if connection.may_be_lost:
                from flask_status_cli.store.counts import extension_flushes

                extension_flushes.forget_old(connection, now=now)
            key_values.put(connection, NumberName.DAMAGED, int(connection.is_damaged()))
            key_values.put(connection, NumberName.THINNED_AT, microseconds(now))

    def prune_due(self) -> bool:
        """Return whether the last pruning was at least a day ago."""
        with translated(self._path):
            return key_values.pruning_is_due(self._connection, now=self._now_for_pruning())

    def clock_trust(self) -> ClockTrust | None:
        """Return which clock is trusted, `None` before the first run."""
        with translated(self._path):
            return trusted_clock.read(self._connection)

    def believe_clock(self) -> None:
        """Trust the clock from now on, however far it jumped."""
        self._write(lambda connection: trusted_clock.write(connection, ClockTrust(self._clock())))

    def _now_for_pruning(self) -> datetime:
        clock_trust, now = trusted_clock.read(self._connection), self._clock()
        return now if clock_trust is None else clock_trust.for_pruning(now)

    def prune(self, pruning: Pruning) -> Iterator[Pruned]:
        """Delete what `pruning` allows, in one transaction a step; yield what was deleted so far.

        If the caller stops iterating, the next pruning deletes the rest.
        """
        from flask_status_cli.model.pruning import Pruned
        from flask_status_cli.store.counts import pruning as retention
        from flask_status_cli.store.queries import durations

        poured = self._write(lambda _: retention.begin(self._book, pruning))
        gone = Pruned(pruning.minutes, poured=poured)
        yield replace(gone, done=False)
        with translated(self._path):
            steps = list(retention.minute_ranges(self._connection, pruning))
        for start, end in steps:
            rows = self._write(partial(retention.delete_minutes, start=start, end=end))
            gone = replace(gone, minute_rows=gone.minute_rows + rows)
            yield replace(gone, done=False)
        oldest = max(pruning.minutes, pruning.quarters or pruning.minutes)
        with translated(self._path):
            days = list(durations.days_before(self._connection, oldest))
        for start, end in days:
            self._write(partial(durations.delete_days, start=start, end=end))
        finishing = partial(retention.finish, pruning=pruning, now=self._now_for_pruning())
        rows = self._write(finishing)
        self._book.forget()
        yield replace(gone, quarter_rows=rows)

    def shrink(self) -> None:
        """Shrink the file if at least a quarter of it is free space."""
        with translated(self._path):
            self._connection.shrink()
