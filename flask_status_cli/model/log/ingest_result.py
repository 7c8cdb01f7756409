"""The result of an ingest, log by log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, tzinfo
from enum import Enum

from flask_status_cli.errors import FlaskStatusError
from flask_status_cli.frozen import frozen, replace
from flask_status_cli.model.log.entries import SERVER_ERRORS, Refused
from flask_status_cli.model.log.unsaid import ALL_SAID, Unsaid
from flask_status_cli.model.times import zone_name

EMPTY = "empty"
"""What is said of a file without content."""

AS_LOGGED = "as logged"
"""The text shown as the time zone of a log whose times have an offset."""


class LogOutcome(Enum):
    """What happened to a log in a run.

    - `BEGINNING`: the log is now shorter than what was read of it before.
    - `FORK`: the log was edited or restored. It was read from the place where it began to differ.
    - `FAILED`: nothing of the log was counted.
    """

    NEW = "new"
    CONTINUED = "continued"
    BEGINNING = "beginning"
    FORK = "fork"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@frozen
class LogResult:
    """The result of reading one log.

    - `format`, `timezone`: the format and the time zone of the entries, `None` without entries.
    - `noise`, `refused`: numbers of lines by reason.
    - `samples`: the first refused lines, numbered among the lines read. `from_start`: the first line read was
      the first line of the log.
    - `unfinished`: the last line has no line end yet. It will be counted when it has one.
    - `problem`: a line for people; it makes the exit status 1. `whole`: the log was read to its end even so.
    - `answered`: if an app has declared all its rules, the number of entries without a client error (4xx).
      `foreign`: how many of them match no rule.
    - `assumed`: how many last lines were not counted because they seem to be lines of a longer log that was
      read before. They could not be compared.
    - `counted_before`: how many requests of a log that was counted as a new one were probably counted before.
    - `without_host`: if labels come from virtual hosts, the number of entries that name no host.
    - `unsaid`: what the lines do not say, and how it was read.
    """

    path: str
    result: LogOutcome = LogOutcome.UNCHANGED
    format: str | None = None
    timezone: str | None = None
    lines: int = 0
    entries: int = 0
    noise: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    samples: tuple[Refused, ...] = ()
    from_start: bool = True
    unfinished: bool = False
    new_routes: int = 0
    problem: str | None = None
    answered: int = 0
    foreign: int = 0
    without_host: int = 0
    whole: bool = True
    assumed: int = 0
    counted_before: int = 0
    unsaid: Unsaid = ALL_SAID

    @property
    def noise_lines(self) -> int:
        """The number of lines that are known not to be requests."""
        return sum(self.noise.values())

    @property
    def refused_lines(self) -> int:
        """The number of lines that were refused."""
        return sum(self.refused.values())

    def __add__(self, other: LogResult) -> LogResult:
        """Return the sum of this result and that of the next log in the same file or pipe.

        Of two problems, that of a log that was not read to its end is kept, or else the first one.
        """
        worst = other if self.whole and not other.whole else self
        return LogResult(
            self.path,
            self.result if self.lines else other.result,
            format=self.format or other.format,
            timezone=self.timezone or other.timezone,
            lines=self.lines + other.lines,
            entries=self.entries + other.entries,
            noise=sum_by_name(self.noise, other.noise),
            refused=sum_by_name(self.refused, other.refused),
            samples=self.samples + _renumbered(self.lines, other.samples),
            from_start=self.from_start and other.from_start,
            unfinished=self.unfinished or other.unfinished,
            new_routes=self.new_routes + other.new_routes,
            problem=worst.problem or self.problem or other.problem,
            answered=self.answered + other.answered,
            foreign=self.foreign + other.foreign,
            without_host=self.without_host + other.without_host,
            whole=self.whole and other.whole,
            assumed=self.assumed + other.assumed,
            counted_before=self.counted_before + other.counted_before,
            unsaid=other.unsaid if self.unsaid == ALL_SAID else self.unsaid,
        )


@frozen
class IngestResult:
    """The result of a whole run, with the logs in the order in which they were read.

    - `problems`: everything that makes the exit status 1, including problems of logs.
    - `notices`: other lines to print.
    - `older`: for each path that was read for the first time, the number of rotated logs beside it.
    - `busy`: the error, if another ingest held the lock all the time.
    - `unknown`: files of a directory or pattern that are not access logs.
    - `again`: the problems among `problems` that were already printed within the last day.
    - `left_out`: the number of requests that were not counted, because the extension counts them in the app.
    - `other_hosts`: the number of requests of virtual hosts that have no label of their own.
    - `no_lines`: paths in directories that have no lines to read, and what they are, such as a named pipe.
    """

    logs: tuple[LogResult, ...]
    problems: tuple[str, ...]
    notices: tuple[str, ...]
    older: Mapping[str, int]
    busy: FlaskStatusError | None
    unknown: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    left_out: int = 0
    other_hosts: int = 0
    no_lines: tuple[tuple[str, str], ...] = ()


@frozen
class FollowStatus:
    """The progress of `--follow`: numbers of what was read since it began, stored or not.

    `files` is the number of open files. `statuses` has the requests by status code. `stored_at` is when
    counts were last stored.
    """

    files: int
    lines: int
    entries: int
    statuses: Mapping[int, int]
    stored_at: datetime | None

    @property
    def not_found(self) -> int:
        """The number of responses with 404."""
        return self.statuses.get(404, 0)

    @property
    def server_errors(self) -> int:
        """The number of responses with 5xx."""
        return sum(number for status, number in self.statuses.items() if status in SERVER_ERRORS)


def timezone_of(unsaid: Unsaid, zone: tzinfo) -> str:
    """Return the time zone of a log for people, if times without an offset are read in `zone`."""
    if not unsaid.zone:
        return AS_LOGGED
    return "UTC" if unsaid.in_utc else zone_name(zone)


def sum_by_name(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    """Return the sum of both numbers of each name."""
    if not (one and other):  # true for nearly all logs
        return one or other
    return dict(Counter(one) + Counter(other))


def _renumbered(lines: int, samples: tuple[Refused, ...]) -> tuple[Refused, ...]:
    """Return the samples with the line numbers that they have after this many earlier lines."""
    return tuple(replace(sample, line_number=lines + sample.line_number) for sample in samples)
