"""Reports a lock that another process has held for an hour, so that no ingest succeeded."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flask_status_cli.errors import FlaskStatusError
from flask_status_cli.frozen import replace
from flask_status_cli.model import IngestResult
from flask_status_cli.model.database_url import Database, DatabaseUrl
from flask_status_cli.pipeline.ingest.options import IngestOptions

if TYPE_CHECKING:
    from flask_status_cli.store import Ledger


def with_held_lock(
    result: IngestResult, busy: FlaskStatusError, options: IngestOptions, now: datetime
) -> IngestResult:
    """Return the result of a run that did not get the lock, because another process was `busy` with it.

    If no run has succeeded for an hour, add a problem. With `sparing`, it is printed once a day.
    """
    from flask_status_cli.store import AN_HOUR, note_printed, printed_lately

    ended = _last_run(options.database)
    if ended is None or now - ended < AN_HOUR:
        return result
    what = f"held by another process; no ingest has succeeded since {ended:%Y-%m-%d %H:%M} UTC"
    if isinstance(options.database, DatabaseUrl):
        problem = str(FlaskStatusError(busy.where, what, "look at pg_stat_activity"))
        return replace(result, problems=(*result.problems, problem))
    import shlex

    lock = Path(busy.where)
    problem = str(FlaskStatusError(str(lock), what, f"find it: fuser {shlex.quote(str(lock))}"))
    again: tuple[str, ...] = ()
    if options.sparing and printed_lately(lock, now=now, since=ended):
        again = (problem,)
    elif options.sparing:
        note_printed(lock, now=now)
    return replace(result, problems=(*result.problems, problem), again=again)


def _ended(ledger: Ledger) -> datetime | None:
    run = ledger.last_run()
    return ledger.created_at() if run is None else run.finished_at


def _last_run(database: Database) -> datetime | None:
    """Return when the last run ended, or when the database was created if there was no run."""
    from flask_status_cli.store import Ledger

    try:
        return Ledger.read(database, _ended)
    except FlaskStatusError:
        return None
