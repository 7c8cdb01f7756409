"""What people must know about the figures of a report, a sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from fractions import Fraction

from flask_status_cli import classify
from flask_status_cli.model import UNMATCHED, DataSpan, Outcome, Policy, RouteSummary, Run, Window

NOT_UNDERSTOOD = Fraction(1, 100)
"""The share of refused lines, of these and the entries, above which a report says so."""


def problems(
    data: DataSpan, window: Window, *, now: datetime, zone: tzinfo, run: Run | None
) -> Iterator[str]:
    """Yield what is wrong with the data of a report; `run` is the last one, whatever came of it."""
    if not data.entries:
        yield _nothing(data, window, zone)
    if run is not None and run.problems:  # they name files: not for a page that the world reads
        many = "a problem" if len(run.problems) == 1 else f"{len(run.problems)} problems"
        yield f"The last ingest had {many}; flask-status db info tells"
    read = data.refused + data.entries
    if data.refused * NOT_UNDERSTOOD.denominator > read * NOT_UNDERSTOOD.numerator:
        share = _hundredths(data.refused, read)
        yield (
            f"{data.refused:,} of {read:,} lines ({share} %) were not understood. "
            "Try: flask-status ingest --dry-run --json --db new.db LOG"
        )
    if data.future and data.future_until:
        until, then = data.future_until.astimezone(zone), now.astimezone(zone)
        past = run is not None and run.finished_at > now
        yield _later(data.future, until, then) if past else _future(data.future, until, then)


def hints(routes: Iterable[RouteSummary], policy: Policy) -> Iterator[str]:
    """Yield what helps to read the figures: that most of the failures shown are 404s."""
    rows = list(routes)
    failures = sum(row.counts.failure for row in rows)
    not_found = sum(row.statuses.get(404, 0) for row in rows if row.rule != UNMATCHED)
    if classify.outcome(404, policy) is Outcome.FAILURE and not_found * 2 > failures:
        yield (
            f"404s are {not_found * 100 // failures} % of these failures; "
            '"--policy server-errors" judges 5xx only'
        )


def _nothing(data: DataSpan, window: Window, zone: tzinfo) -> str:
    when = "today" if window.days == 1 else f"in the last {window.days} days"
    if data.last is not None:
        newest = data.last.astimezone(zone)
        return (
            f"No entries {when}; the newest is of {newest:%Y-%m-%d %H:%M %Z}. "
            "Try: flask-status report --now last"
        )
    if data.first is not None:
        return (
            f"No entries {when}; the oldest is of {data.first.astimezone(zone):%Y-%m-%d %H:%M %Z}"
        )
    return "The database holds no entries. Try: flask-status ingest LOG"


def _future(entries: int, until: datetime, now: datetime) -> str:
    what = "1 entry lies" if entries == 1 else f"{entries:,} entries lie"
    return f"{what} in the future (until {_when(until, now)}): wrong --log-timezone?"


def _later(entries: int, until: datetime, now: datetime) -> str:
    what = "1 entry is" if entries == 1 else f"{entries:,} entries are"
    return f"{what} later than the instant of this report (until {_when(until, now)})"


def _when(until: datetime, now: datetime) -> str:
    return f"{until:%H:%M}" if until.date() == now.date() else f"{until:%Y-%m-%d %H:%M}"


def _hundredths(part: int, whole: int) -> str:
    share = part * 10_000 // whole
    return f"{share // 100}.{share % 100:02}"
