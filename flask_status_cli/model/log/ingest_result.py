"""The result of an ingest, log by log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from flask_status_cli.errors import FlaskStatusError
from flask_status_cli.model.log.entries import Refused

AS_LOGGED = "as logged"
"""The time zone of times that have an offset."""


class LogOutcome(Enum):
    """What happened to a log in a run.

    `BEGINNING`: it has less than was read of it before. `FORK`: it was edited or restored, and was read from
    where it still agreed. `FAILED`: nothing of it was counted.
    """

    NEW = "new"
    CONTINUED = "continued"
    BEGINNING = "beginning"
    FORK = "fork"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LogResult:
    """The result of reading one log.

    - `format`, `timezone`: those of the entries, `None` without entries.
    - `noise`, `refused`: numbers of lines by reason.
    - `samples`: the first refused lines, numbered within what was read. `from_start` says that this began
      with the first line of the log.
    - `unfinished`: the last line has no line end yet, and waits for it.
    - `problem`: a line for people; it makes the exit status 1. `whole` says that the log was read to its end
      even so.
    - `answered`, `foreign`: if an app has declared all its rules, the entries that were no client error, and
      those among them without a rule.
    - `without_host`: if labels are made of virtual hosts, the entries that name none.
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

    @property
    def noise_lines(self) -> int:
        """The number of lines that are known to be no request."""
        return sum(self.noise.values())

    @property
    def refused_lines(self) -> int:
        """The number of lines that were refused."""
        return sum(self.refused.values())

    def __add__(self, other: LogResult) -> LogResult:
        """Return the sum of this result and that of the next log in the same file or pipe."""
        return LogResult(
            self.path,
            self.result if self.lines else other.result,
            format=self.format or other.format,
            timezone=self.timezone or other.timezone,
            lines=self.lines + other.lines,
            entries=self.entries + other.entries,
            noise=sum_by_name(self.noise, other.noise),
            refused=sum_by_name(self.refused, other.refused),
            samples=self.samples + _behind(self.lines, other.samples),
            from_start=self.from_start and other.from_start,
            unfinished=self.unfinished or other.unfinished,
            new_routes=self.new_routes + other.new_routes,
            problem=self.problem or other.problem,
            answered=self.answered + other.answered,
            foreign=self.foreign + other.foreign,
            without_host=self.without_host + other.without_host,
            whole=self.whole and other.whole,
        )


@dataclass(frozen=True, slots=True)
class IngestResult:
    """The result of a whole run, with the logs in the order in which they were read.

    - `problems`: everything that makes the exit status 1, including problems of logs.
    - `notices`: lines to print that are no problems.
    - `older`: the number of rotated logs beside a path that was read for the first time.
    - `busy`: another ingest held the lock to the end.
    - `unknown`: files of a directory or pattern that are not access logs.
    - `again`: those of the problems that were already printed within the last day.
    - `left_out`: the number of requests that were not counted, because the extension counts them in the app.
    - `other_hosts`: the number of requests of virtual hosts that have no label of their own.
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


@dataclass(frozen=True, slots=True)
class FollowStatus:
    """The progress of `--follow`: what was read since it began, stored or not.

    `files` is the number of open files. `statuses` are the requests by status code. `stored_at` is when
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
        return sum(number for status, number in self.statuses.items() if 500 <= status <= 599)


def sum_by_name(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    """Add up two numbers for each name."""
    if not (one and other):  # as of nearly all logs
        return one or other
    return dict(Counter(one) + Counter(other))


def _behind(lines: int, samples: tuple[Refused, ...]) -> tuple[Refused, ...]:
    return tuple(replace(sample, line_number=lines + sample.line_number) for sample in samples)
