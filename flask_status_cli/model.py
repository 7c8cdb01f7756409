"""The nouns of flask-status: frozen data and enums that the rooms hand each other; no I/O, no clock.

Instants are aware datetimes in UTC, or integers counted from the epoch in minutes (`minute`) or in
quarters of an hour (`quarter`, because every time zone's midnight falls on one).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from pathlib import Path

UNMATCHED = "<unmatched>"
"""The route of everything that is no known route."""

OTHER = "<other>"
"""The route of answering paths beyond the bound."""

MINUTES_PER_QUARTER = 15


class Outcome(Enum):
    """What a response means for availability."""

    SUCCESS = "success"
    FAILURE = "failure"
    IGNORED = "ignored"


class Condition(Enum):
    """The state of a stretch of time, worst last but for `NO_DATA`."""

    OPERATIONAL = "operational"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"
    NO_DATA = "no_data"


class NoData(Enum):
    """Why there is nothing to judge."""

    NOT_READ = "not_read"
    NO_TRAFFIC = "no_traffic"
    BEFORE_FIRST = "before_first"


class Origin(Enum):
    """Where a route's rule came from."""

    DISCOVERED = "discovered"
    CONFIGURED = "configured"
    APP = "app"


class Unread(Enum):
    """The two kinds of lines that are no entries."""

    REFUSED = "refused"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One request as a server logged it.

    `minute` is the epoch minute of the logged time; `method` and `target` are `None` where the request
    line did not parse; `target` is as the client sent it, the server's escapes undone (RFC 9112, section
    3.2); bytes that are not UTF-8 are lone surrogates.
    """

    minute: int
    method: str | None
    target: str | None
    status: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not understood: its number in what was read (from 1), the reason, its beginning."""

    line_number: int
    reason: str
    sample: str


@dataclass(frozen=True, slots=True)
class Route:
    """What we report on: a rule in Flask's syntax under a label (empty unless apps share a database)."""

    label: str
    rule: str
    name: str = ""
    doc: str = ""
    origin: Origin = Origin.DISCOVERED
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class MinuteCounts:
    """Requests per minute, path and status code, in columns: made by the tally, added up by the store.

    `keys[code]` is `(rule, status)`, the rule folded (semantics: discovered routes) or `UNMATCHED`;
    `minutes[minute][code]` is a number of requests.
    """

    label: str
    keys: Sequence[tuple[str, int]]
    minutes: Mapping[int, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class MinuteCount:
    """One cell of `flask-status counts`: the requests of one stretch of time, route and status code.

    `time` is the epoch minute at which the stretch begins.
    """

    time: int
    label: str
    rule: str
    status: int
    requests: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Added-up requests by outcome."""

    success: int = 0
    failure: int = 0
    ignored: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.success + other.success, self.failure + other.failure, self.ignored + other.ignored
        )

    @property
    def requests(self) -> int:
        """All requests, judged or not."""
        return self.success + self.failure + self.ignored

    @property
    def valid(self) -> int:
        """The requests that are judged: successes and failures."""
        return self.success + self.failure


# How far a log has been read


@dataclass(frozen=True, slots=True)
class Mark:
    """A fingerprint of a log: the 64-bit BLAKE2b of the up to 1 KiB before `position`."""

    position: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a log has been read; its content is decompressed and begins behind leading NULs.

    `head` is the digest of the first line; `offset` is just past a line end, unless `partial` says that
    the unfinished last line of a complete archive was counted; `marks` ascend and end at `offset`;
    `newest` is the newest epoch minute read; `pending` are lines that were no entries and came before the
    first one, by (kind, reason): they are counted at the first entry's quarter.
    """

    head: bytes
    offset: int
    marks: tuple[Mark, ...]
    newest: int | None = None
    format: str | None = None
    partial: bool = False
    pending: Mapping[tuple[Unread, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stream:
    """A log that was read before: its number in the database and its checkpoint."""

    id: int
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class InputFact:
    """What was seen of a path when it was last read: hints that say whether anything can have changed.

    `path` is absolute; `read_at` is in nanoseconds since the epoch, as `mtime` is; `stream` is the number
    of the stream last read from it, `None` where there is none (any more).
    """

    path: str
    device: int
    inode: int
    size: int
    mtime: int
    read_at: int
    stream: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """One completed `ingest`: aware UTC instants, totals of what it read, and its problems, a line each."""

    started_at: datetime
    finished_at: datetime
    logs: int
    lines: int
    entries: int
    noise: int
    refused: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """A log as far as it was read: bytes, the newest epoch minute, and the paths it was last read from."""

    id: int
    format: str | None
    offset: int
    newest: int | None
    updated_at: datetime
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatabaseInfo:
    """The contents of a database.

    `size` is in bytes; `first` and `newest` are epoch minutes with requests; `rows` is per table;
    `answering` of `answering_bound` paths have a route of their own, `waiting` of `waiting_bound` rows
    wait for their path's first answer; `poured` requests went to `<unmatched>` before that was read,
    `other` to `<other>`; `streams` are by number, `runs` the last ones, the newest first.
    """

    path: Path
    size: int
    schema_version: str
    created_at: datetime
    first: int | None
    newest: int | None
    rows: Mapping[str, int]
    answering: int
    answering_bound: int
    waiting: int
    waiting_bound: int
    poured: int
    other: int
    streams: tuple[StreamInfo, ...]
    runs: tuple[Run, ...]


# The result


@dataclass(frozen=True, slots=True)
class Policy:
    """Which status codes are successes and failures, and where the thresholds of a condition lie.

    A code is an integer or a class such as `"5xx"`; `operational` and `major` are exact shares.
    """

    preset: str
    success: tuple[int | str, ...]
    failure: tuple[int | str, ...]
    operational: Fraction = Fraction(99, 100)
    major: Fraction = Fraction(3, 10)


@dataclass(frozen=True, slots=True)
class Window:
    """The calendar days of a report, both ends included, in the report's zone."""

    days: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DataSpan:
    """What the figures of a report rest on.

    `first` and `last` are the oldest and the newest entry of the whole database (the newest not from the
    future), `ingested_at` the end of the last run without problems; `entries`, `noise` and `refused` are
    the window's; `future` entries lie later than `now` + 5 minutes, up to `future_until`; `stale` says
    that the log has not been read lately; `problems` are sentences for people.
    """

    first: datetime | None
    last: datetime | None
    ingested_at: datetime | None
    entries: int
    noise: int
    refused: int
    future: int
    future_until: datetime | None
    stale: bool
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One day square of a route; `availability` is floored text, `None` with nothing to judge."""

    date: date
    condition: Condition
    no_data: NoData | None
    counts: Counts
    availability: str | None


@dataclass(frozen=True, slots=True)
class RouteSummary:
    """One row of the report: the state now (`no_data`: why it is none), and the window's figures.

    `statuses` are requests per status code, ascending; `days` one per day of the window, oldest first.
    """

    label: str
    rule: str
    name: str
    doc: str
    origin: Origin
    now: Condition
    no_data: NoData | None
    condition: Condition
    counts: Counts
    availability: str | None
    statuses: Mapping[int, int]
    days: tuple[DaySummary, ...]


@dataclass(frozen=True, slots=True)
class TotalSummary:
    """The sum of the routes shown, `<unmatched>` included as semantics say."""

    now: Condition
    no_data: NoData | None
    condition: Condition
    counts: Counts
    availability: str | None
    statuses: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class StatusSummary:
    """The one result that every medium shows: worst route first, `<unmatched>` last.

    `hints` are sentences that help to read the figures: for the terminal, not for files.
    """

    generated_at: datetime
    timezone: str
    window: Window
    policy: Policy
    data: DataSpan
    total: TotalSummary
    routes: tuple[RouteSummary, ...]
    hints: tuple[str, ...] = ()
