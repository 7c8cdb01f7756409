"""What a caller asks of an ingest, and what it is told afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

from flask_status_cli.errors import FlaskStatusError
from flask_status_cli.model import Refused

Progress = Callable[[str, int, int | None], None]
"""`progress(path, bytes read, bytes in all or None)`, called now and then while a log is read."""


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How to read: `arguments` are paths, globs, directories or `-`; `format` restricts the format.

    `zone` is that of stamps without offset; `label` tells apps in one database apart; `siblings` lets
    rotated files be found; `wait` is how many seconds another ingest may hold the lock; with `dry_run`
    nothing is stored.
    """

    database: Path
    arguments: tuple[str, ...]
    zone: tzinfo
    format: str | None = None
    label: str = ""
    siblings: bool = True
    wait: float = 10.0
    dry_run: bool = False


@dataclass(slots=True)
class LogResult:
    """What one log gave; `result` is one of `new`, `continued`, `beginning`, `fork`, `unchanged`, `failed`.

    `format` and `timezone` are those of the entries, `None` where there were none; `unfinished` tells of
    a last line that has no end yet and waits for it; `problem` is a line for people, exit status 1.
    """

    path: str
    result: str = "unchanged"
    format: str | None = None
    timezone: str | None = None
    lines: int = 0
    entries: int = 0
    noise: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    samples: list[Refused] = field(default_factory=list)
    unfinished: bool = False
    new_routes: int = 0
    problem: str | None = None

    def add(self, other: LogResult) -> None:
        """Take in what another log in the same file or pipe gave; the first one's words come first."""
        if not self.lines:
            self.result = other.result
        self.format = self.format or other.format
        self.timezone = self.timezone or other.timezone
        self.lines += other.lines
        self.entries += other.entries
        self.noise.update(other.noise)
        self.refused.update(other.refused)
        self.samples.extend(other.samples)
        self.unfinished = self.unfinished or other.unfinished
        self.new_routes += other.new_routes
        self.problem = self.problem or other.problem


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What a whole run gave, in the order in which the logs were read.

    `problems` are all that make the exit status 1, those of logs included; `notices` are worth a line and
    no more; `busy` says that another ingest held the lock to the end, and what was not read then waits.
    """

    logs: tuple[LogResult, ...]
    problems: tuple[str, ...]
    notices: tuple[str, ...]
    older: Mapping[str, int]
    busy: FlaskStatusError | None

    def total(self, name: str) -> int:
        """Return the sum over all logs of a number, or of the lines a reason was given for."""
        values = (getattr(log, name) for log in self.logs)
        return sum(v.total() if isinstance(v, Counter) else v for v in values)
