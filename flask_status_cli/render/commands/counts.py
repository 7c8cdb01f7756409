"""The output of `flask-status counts`. It is made line by line, because there may be millions of counts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from flask_status_cli.frozen import frozen
from flask_status_cli.model import MinuteCount, Stretch, instant_of
from flask_status_cli.model.latency import DurationCount
from flask_status_cli.render.escape import cell, encodable

COLUMNS = ("time", "label", "route", "status", "requests")
"""The columns of the CSV, and the keys of the JSON."""

TIMES: Mapping[Stretch, str] = {
    "minute": "%Y-%m-%dT%H:%MZ",
    "hour": "%Y-%m-%dT%H:%MZ",
    "day": "%Y-%m-%d",
}
"""The format of the time for each unit of time. Times are always in UTC."""

Values = tuple[str | int | float | None, ...]


@frozen
class Listing:
    """A kind of listing: its columns, and a function for the values after the time, label and route."""

    columns: tuple[str, ...]
    values: Callable[[Any], Values]


REQUESTS = Listing(COLUMNS, lambda count: (count.status, count.requests))
"""The listing of requests by status code."""

DURATIONS = Listing(
    ("time", "label", "route", "from_ms", "below_ms", "requests"),
    lambda count: (_ms(count.least), _ms(count.below), count.requests),
)
"""The listing of requests by duration in milliseconds. `below_ms` is empty for the longest durations."""


def csv_lines(
    counts: Iterable[MinuteCount | DurationCount], *, by: Stretch, listing: Listing = REQUESTS
) -> Iterator[str]:
    r"""Yield the counts as CSV: the heading, then one line each; lines end with \n."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    time, text = _time(by), lru_cache(cell)
    writer.writerow(listing.columns)
    for count in counts:
        yield _taken(stream)
        row = (time(count.time), text(count.label), text(count.rule), *listing.values(count))
        writer.writerow(row)
    yield _taken(stream)


def json_lines(
    counts: Iterable[MinuteCount | DurationCount], *, by: Stretch, listing: Listing = REQUESTS
) -> Iterator[str]:
    """Yield the counts as one JSON list, one object on each line."""
    time, before = _time(by), "["
    for count in counts:
        texts = (time(count.time), encodable(count.label), encodable(count.rule))
        values = (*texts, *listing.values(count))
        yield before + "\n" + json.dumps(dict(zip(listing.columns, values, strict=True)))
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _ms(microseconds: int | None) -> float | int | None:
    if microseconds is None:
        return None
    whole, rest = divmod(microseconds, 1000)
    return microseconds / 1000 if rest else whole


def time_text(minute: int, *, by: Stretch) -> str:
    """Return an epoch minute as text, as the counts show it."""
    return instant_of(minute).strftime(TIMES[by])


def _time(by: Stretch) -> Callable[[int], str]:
    """Return `time_text` with a cache, because neighboring counts have the same time."""
    return lru_cache(maxsize=16)(partial(time_text, by=by))


def _taken(stream: io.StringIO) -> str:
    line = stream.getvalue()
    stream.seek(0)
    stream.truncate()
    return line
