"""The result of `formats explain`, without anything private."""

from __future__ import annotations

from collections.abc import Mapping

from flask_status_cli.frozen import frozen
from flask_status_cli.model.log.entries import LOGGED_REQUEST, OTHER_TEXT, Refused
from flask_status_cli.model.log.unsaid import ALL_SAID, Unsaid


@frozen
class LogFile:
    """The file that was examined.

    - `path`: as it was given.
    - `compression`: the kind of archive, `None` for plain text.
    - `size`: the size of the file in bytes, `None` for a pipe.
    - `read`: the number of bytes that were read, after decompression.
    - `damage`: the error in an archive, if any. `cut`: its end is missing.
    - `unfinished`: the last line has no line end, and was not counted.
    """

    path: str
    compression: str | None
    size: int | None
    read: int
    damage: str | None = None
    cut: bool = False
    unfinished: bool = False


@frozen
class TakenApart:
    """A line that was split into its fields. They have names and masked values, in the order of the line."""

    line_number: int
    fields: tuple[tuple[str, str], ...]


@frozen
class Explanation:
    """The contents of one log, and how it was read. There is no personal data in it, so it may be published.

    - `format`: the format of the entries, `None` without entries. `wanted`: the format that was asked for.
    - `votes`: how many of the `sampled` lines have each format, the most frequent format first.
    - `timezone`: the zone of the entries. `first`, `last`: the epoch minutes of the oldest and newest entry.
    - `noise`, `refused`: numbers of lines by reason. `samples`: a few refused lines for each reason.
    - `entry`: the first entry.
    - `unsupported`, `hint`: if nothing could be read, what kind of log this is, and what to do.
    - `proposal`: options with a format that was made from the lines. `proposed_entries`: how many of the
      lines it reads.
    - `unsaid`: what the lines do not say, and how it was read.
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
    unsupported: str | None = None
    hint: str | None = None
    proposal: str | None = None
    proposed_entries: int = 0
    unsaid: Unsaid = ALL_SAID

    @property
    def noise_lines(self) -> int:
        """The number of lines that are known not to be requests."""
        return sum(self.noise.values())

    @property
    def refused_lines(self) -> int:
        """The number of lines that were refused."""
        return sum(self.refused.values())

    @property
    def understood(self) -> bool:
        """Whether an ingest would read the log without a problem."""
        known = self.unread_lines <= self.entries and self.unsupported is None
        return known and self.file.damage is None

    @property
    def unread_lines(self) -> int:
        """The number of lines that were not understood. Without entries, some kinds of noise count, too."""
        other = (self.noise.get(reason, 0) for reason in (OTHER_TEXT, LOGGED_REQUEST))
        return self.refused_lines + (0 if self.entries else sum(other))


@frozen
class KnownFormat:
    """A format by its name for `--format`: what writes it, an example, and whether its times have a zone."""

    name: str
    writers: str
    example: str
    carries_zone: bool
