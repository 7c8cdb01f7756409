"""What a log turned out to be, as far as that may be told in public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_status_cli.model.log.entries import OTHER_TEXT, Refused


@dataclass(frozen=True, slots=True)
class LogFile:
    """The file that was looked at.

    `path` is as it was named; `compression` is the kind of an archive; `size` is that of the file,
    `None` of a pipe; `read` are the bytes of the log that were read, unpacked; `damage` is what is broken in
    an archive, `cut` tells that it lacks its end mark, and `unfinished` of a last line without an end, which
    was not counted.
    """

    path: str
    compression: str | None
    size: int | None
    read: int
    damage: str | None = None
    cut: bool = False
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A line of the log, its fields by name in the order of the line; the values are masked."""

    line_number: int
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one log holds and how it was read: nothing in it is of a person, so it may be published.

    `format` is the one its entries are in, `None` without entries, `wanted` the one that was asked for;
    `votes` are those of `sampled` lines, most first; `timezone` is that of the entries; `noise` and
    `refused` are lines by reason; `samples` are a few lines of each reason that were not understood;
    `stranger` is what a log is of which nothing is read, and `hint` what to do then; `first` and `last`
    are the epoch minutes of the oldest and the newest entry.
    """

    file: LogFile
    format: str | None
    wanted: str | None
    votes: tuple[tuple[str, int], ...]
    sampled: int
    timezone: str | None
    lines: int
    entries: int
    noise: Mapping[str, int]
    refused: Mapping[str, int]
    samples: tuple[Refused, ...]
    entry: TakenApart | None
    first: int | None
    last: int | None
    stranger: str | None = None
    hint: str | None = None

    @property
    def noise_lines(self) -> int:
        """All lines that were known to be no request."""
        return sum(self.noise.values())

    @property
    def refused_lines(self) -> int:
        """All lines that were not understood."""
        return sum(self.refused.values())

    @property
    def understood(self) -> bool:
        """Whether an ingest would take the log and not complain."""
        known = self.unread_lines <= self.entries and self.stranger is None
        return known and self.file.damage is None

    @property
    def unread_lines(self) -> int:
        """All lines that were not understood; with no entry, other text is among them."""
        other = 0 if self.entries else self.noise.get(OTHER_TEXT, 0)
        return self.refused_lines + other


@dataclass(frozen=True, slots=True)
class KnownFormat:
    """A format by the name that `--format` takes: what writes it, a line, whether its stamps have a zone."""

    name: str
    writers: str
    example: str
    carries_zone: bool
