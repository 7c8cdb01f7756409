"""Prints how much of a site the first rows of a report show, for each log.

    python -m benchmarks.rows LOG...

The columns are the requests and the routes of the log, the number of rows that are shown, and these:

- shown: the share of all requests that are in these rows.
- named: the same without `<unmatched>` and crowds directly under `/`, which say little.
- of answered: the named requests as a share of the requests outside of `<unmatched>`.
- single: the rows with a single request that did not fail, which say little, too.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zoneinfo import ZoneInfo

from flask_status_cli.model import UNMATCHED, RouteSummary, StatusSummary
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.run import ingest
from flask_status_cli.pipeline.report import ReportOptions, summarize

CROWD_OF_ROOT: Final = re.compile(r"/<(?:slug|str)>(?:/|\Z)")

HEADINGS: Final = ("log", "requests", "routes", "rows", "shown", "named", "of answered", "single")


def main(logs: Sequence[str]) -> None:
    """Print a line for each log."""
    print(f"| {' | '.join(HEADINGS)} |")
    print(f"|---|{'---:|' * (len(HEADINGS) - 1)}")
    for log in logs:
        print(f"| {' | '.join(figures(Path(log)))} |")


def figures(log: Path) -> Iterable[str]:
    """Yield the cells of the line of a log."""
    summary = report_of(log)
    total = summary.total.counts.requests
    shown = [row for row in summary.routes if row.shown]
    named = [row for row in shown if not _says_little(row)]
    unmatched = sum(row.counts.requests for row in summary.routes if row.rule == UNMATCHED)
    single = [row for row in shown if row.counts.requests == 1 and not _failed(row)]
    yield log.name
    yield f"{total:,}"
    yield f"{len(summary.routes):,}"
    yield str(len(shown))
    yield _share(_requests(shown), total)
    yield _share(_requests(named), total)
    yield _share(_requests(named), total - unmatched)
    yield str(len(single))


def report_of(log: Path) -> StatusSummary:
    """Return the report of a log as of its newest entry."""
    with TemporaryDirectory() as directory:
        database = Path(directory, "status.db")
        reading = IngestOptions(database, (str(log),), ZoneInfo("UTC"), siblings=False)
        ingest(reading, clock=_clock, progress=lambda *_: None)
        options = ReportOptions(database, ZoneInfo("UTC"), now="last", stale_after=timedelta(9999))
        return summarize(options, clock=_clock)


def _clock() -> datetime:
    return datetime.now(UTC)


def _says_little(row: RouteSummary) -> bool:
    return row.rule == UNMATCHED or CROWD_OF_ROOT.match(row.rule) is not None


def _failed(row: RouteSummary) -> bool:
    return row.counts.failure > 0


def _requests(rows: Iterable[RouteSummary]) -> int:
    return sum(row.counts.requests for row in rows)


def _share(part: int, whole: int) -> str:
    return f"{part * 1000 // whole / 10} %" if whole else "-"


if __name__ == "__main__":
    main(sys.argv[1:])
