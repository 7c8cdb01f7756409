"""The output of the `db` commands: lines about the contents of a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from flask_status_cli.model import DatabaseInfo, ImportedHistory, Run, StreamInfo, instant_of
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.model.pruning import Pruned
from flask_status_cli.model.trusted_clock import DAYS_UNTIL_TRUSTED, ClockTrust
from flask_status_cli.render.commands.format_names import format_name
from flask_status_cli.render.escape import printable
from flask_status_cli.render.text.words import counted, grouped

_KIB = 1024


def lines(info: DatabaseInfo) -> Iterator[str]:
    """Yield the lines of `db info`. Times are in UTC."""
    yield f"Database  {printable(str(info.path))}"
    yield f"Size      {size_text(info.size)}, schema {info.schema_version}, made {_instant(info.created_at)}"
    yield f"Entries   {_span(info)}"
    yield f"Minutes   {_minutes(info)}"
    yield from _clock(info.clock_trust)
    yield f"Rows      {_rows(info.rows)}"
    yield f"Routes    {_of(info.answering, info.answering_bound)} answering paths"
    yield f"Waiting   {_of(info.waiting, info.waiting_bound)} rows of paths that have not answered yet"
    yield f"Unmatched {grouped(info.poured)} requests of paths that did not answer in time"
    yield f"Other     {grouped(info.other)} requests of paths beyond the limit of routes"
    yield f"Merged    {grouped(info.merged)} requests at most that a later rule cannot separate"
    yield ""
    yield f"Crowds: {len(info.crowds)}"
    yield from (f"  {_crowd(*crowd)}" for crowd in info.crowds)
    yield ""
    if info.hosts:
        yield f"Hosts: {len(info.hosts)}"
        yield from (f"  {line}" for line in host_lines(info.hosts))
        yield ""
    yield f"Logs read: {len(info.streams)}"
    yield from (f"  {_stream(stream)}" for stream in info.streams)
    yield ""
    yield f"Last runs: {len(info.runs)}"
    for run in info.runs:
        yield from _run(run)


def host_lines(hosts: Sequence[Host]) -> Iterator[str]:
    """Yield a line for each host. Times are in UTC."""
    if not hosts:
        yield "the database has no hosts"
    for host in hosts:
        good = "never" if host.good_at is None else _instant(host.good_at)
        gone = "; retired" if host.retired else ""
        yield f"{printable(host.name)}  last run {_instant(host.seen_at)}, without problems {good}{gone}"


def pruned(gone: Pruned, *, before: int, after: int) -> Iterator[str]:
    """Yield the lines of `db prune`. `before` and `after` are the sizes of the file in bytes."""
    if gone.minutes is None:
        yield "nothing to prune: the database holds no entries"
        return
    yield f"minutes are kept from {_minute(gone.minutes)} on, and those of incidents before"
    if gone.poured:
        yield f"{grouped(gone.poured)} requests of paths that never answered moved to <unmatched>"
    if gone.quarter_rows:
        yield f"deleted {grouped(gone.quarter_rows)} rows of quarters"
    yield f"deleted {grouped(gone.minute_rows)} rows of minutes; {size_text(before)} -> {size_text(after)}"


def _of(number: int, bound: int) -> str:
    return f"{grouped(number)} of at most {grouped(bound)}"


def _crowd(label: str, rule: str) -> str:
    return f"{printable(rule)}  of {printable(label)}" if label else printable(rule)


def _rows(rows: Mapping[str, int]) -> str:
    """Return the number of rows in each table that has any, and how many tables are empty."""
    tables = [f"{name} {grouped(n)}" for name, n in rows.items() if n]
    empty = len(rows) - len(tables)
    if empty:
        tables.append("1 empty table" if empty == 1 else f"{empty} empty tables")
    return ", ".join(tables)


def _span(info: DatabaseInfo) -> str:
    if info.first is None or info.newest is None:
        return "none yet"
    return f"from {_minute(info.first)} until {_minute(info.newest)}"


def _clock(trust: ClockTrust | None) -> Iterator[str]:
    """Yield lines about a clock that is not trusted; none if the clock is trusted."""
    if trust is not None and trust.ahead and trust.doubted is not None:
        days = (trust.doubted - trust.trusted).days
        yield (
            f"Clock     {_instant(trust.doubted)} in the last run, {grouped(days)} days ahead of the run "
            f"before: pruning does not trust it yet"
        )
        yield (
            f"          (runs on {trust.days} of {DAYS_UNTIL_TRUSTED} days); if it is right: flask-status "
            "db prune --believe-clock"
        )


def _minutes(info: DatabaseInfo) -> str:
    if info.minutes_from is None:
        return "all kept"
    return f"kept from {_minute(info.minutes_from)} on, and those of incidents before"


def _stream(stream: StreamInfo) -> str:
    newest = "no entries" if stream.newest is None else f"until {_minute(stream.newest)}"
    paths = ", ".join(printable(path) for path in stream.paths) or "no path any more"
    name = "no format" if stream.format is None else format_name(stream.format)
    return f"{stream.id}  {name}, {size_text(stream.offset)} read, {newest}: {paths}"


def _run(run: Run) -> Iterator[str]:
    lines = counted(run.lines, "line", "lines")
    entries = counted(run.entries, "entry", "entries")
    others = f"{grouped(run.noise)} noise, {grouped(run.refused)} refused"
    yield f"  {_instant(run.finished_at)}  logs {run.logs}, {lines}: {entries}, {others}"
    yield from (f"    {printable(problem, 500)}" for problem in run.problems)


def _minute(minute: int) -> str:
    return _instant(instant_of(minute))


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def size_text(size: int) -> str:
    """Return a size in bytes for people: `12.5 MiB`."""
    if size < _KIB:
        return f"{size} bytes"
    value, units = float(size), iter(("KiB", "MiB", "GiB", "TiB"))
    unit = next(units)
    value /= _KIB
    while value >= _KIB and unit != "TiB":
        value, unit = value / _KIB, next(units)
    return f"{value:.1f} {unit}"


def imported(done: ImportedHistory) -> str:
    """Return the line of `db import` about the requests that were copied from another program."""
    if done.first is None or done.last is None:
        taken = "it holds no requests"
    else:
        requests = counted(done.requests, "request", "requests")
        span = f"{done.first:%Y-%m-%d} to {done.last:%Y-%m-%d}"
        taken = f"{requests} of {counted(done.rules, 'route', 'routes')} imported, {span}"
    if not done.skipped:
        return taken
    was = "was" if done.skipped == 1 else "were"
    return f"{taken}; {counted(done.skipped, 'row', 'rows')} {was} not understood"
