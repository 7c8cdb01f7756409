"""What an ingest gave, log by log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from flask_status_cli.errors import FlaskStatusError
from flask_status_cli.model.log.entries import Refused

AS_LOGGED = "as logged"
"""The time zone of stamps that carry their offset."""


class LogOutcome(Enum):
    """What became of a log in a run.

    `BEGINNING`: it holds less than was read of it before; `FORK`: it was edited or restored, and read on
    from where it still agreed; `FAILED`: nothing of it was taken.
    """

    NEW = "new"
    CONTINUED = "continued"
    BEGINNING = "beginning"
    FORK = "fork"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LogResult:
    """What one log gave.

    `format` and `timezone` are those of the entries, `None` where there were none; `noise` and `refused`
    are lines by reason; `samples` are the first refused lines, numbered in what was read, which
    `from_start` says began with the log's first line; `unfinished` tells of a last line that has no end
    yet and waits for it; `problem` is a line for people, exit status 1; `whole` says that the log was
    read to its end all the same. Where an app has declared all its rules, `answered` are the entries that
    were no client error, `foreign` those of them that no rule was found for.
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
    whole: bool = True

    @property
    def noise_lines(self) -> int:
        """All lines that were known to be no request."""
        return sum(self.noise.values())

    @property
    def refused_lines(self) -> int:
        """All lines that were not understood."""
        return sum(self.refused.values())

    def __add__(self, other: LogResult) -> LogResult:
        """Return this log and the one behind it in the same file or pipe as one; its words come first."""
        return LogResult(
            self.path,
            self.result if self.lines else other.result,
            format=self.format or other.format,
            timezone=self.timezone or other.timezone,
            lines=self.lines + other.lines,
            entries=self.entries + other.entries,
            noise=_sum(self.noise, other.noise),
            refused=_sum(self.refused, other.refused),
            samples=self.samples + _behind(self.lines, other.samples),
            from_start=self.from_start and other.from_start,
            unfinished=self.unfinished or other.unfinished,
            new_routes=self.new_routes + other.new_routes,
            problem=self.problem or other.problem,
            answered=self.answered + other.answered,
            foreign=self.foreign + other.foreign,
            whole=self.whole and other.whole,
        )


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What a whole run gave, in the order in which the logs were read.

    `problems` are all that make the exit status 1, those of logs included; `notices` are worth a line and
    no more; `older` is how many rotated logs lie beside a path read for the first time; `busy` says that
    another ingest held the lock to the end, and what was not read then waits; `unknown` are
    files of a directory or a pattern that are no access logs; `again` are those of the problems that were
    said within the last day; `left_out` is how many requests were not counted, since the extension counts
    them in the app.
    """

    logs: tuple[LogResult, ...]
    problems: tuple[str, ...]
    notices: tuple[str, ...]
    older: Mapping[str, int]
    busy: FlaskStatusError | None
    unknown: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class FollowStatus:
    """Where a following stands: what was read since it began, stored or not.

    `files` are open; `statuses` are the requests by status code; `stored_at` is when counts were last
    stored.
    """

    files: int
    lines: int
    entries: int
    statuses: Mapping[int, int]
    stored_at: datetime | None

    @property
    def not_found(self) -> int:
        """The responses with 404."""
        return self.statuses.get(404, 0)

    @property
    def server_errors(self) -> int:
        """The responses with 5xx."""
        return sum(number for status, number in self.statuses.items() if 500 <= status <= 599)


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    return dict(Counter(one) + Counter(other))


def _behind(lines: int, samples: tuple[Refused, ...]) -> tuple[Refused, ...]:
    return tuple(replace(sample, line_number=lines + sample.line_number) for sample in samples)
