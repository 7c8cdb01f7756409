"""What a caller asks of an ingest, what it reads beside it, and how it is told of progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from flask_status_cli.errors import OptionError
from flask_status_cli.model.settings import PolicySettings, Retention

if TYPE_CHECKING:
    from flask_status_cli.model import Expectation, LogResult, UrlMap

Progress = Callable[[str, int, int | None], None]
"""`progress(path, bytes read, bytes in all or None)`, called now and then while a log is read."""


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How to read: `arguments` are paths, globs, directories or `-`; `format` is the only one to try.

    A format is a name or a LogFormat string; `zone` is that of stamps without offset; `label` tells apps
    in one database apart; `siblings` lets rotated files be found; `wait` is how many seconds another ingest
    may hold the lock; a problem that lasts is said once a day where it is `sparing`;
    with `dry_run` nothing is stored; refused lines are appended to `rejects`; `jobs`
    processes count a large log; `stream` is the name by which the one pipe to read is known. What no rule
    is declared for is discovered with `discover`; rules that the globs `keep` name are never folded;
    `prefixes` are taken off a path before it is matched, in
    place of those that were declared with the rules. `routes` are the rules that a configuration declares,
    `None` where there is no configuration; `routes_from` is what a message on them names. Counts are kept as
    `retention` says, and minutes of incidents, which `policy` finds, for longer. A log whose requests are
    counted already is left alone, but for `yes`. `expectations` is what traffic is expected from now on;
    `None` leaves it as it is.
    """

    database: Path
    arguments: tuple[str, ...]
    zone: tzinfo
    sparing: bool = False
    format: str | None = None
    label: str = ""
    siblings: bool = True
    wait: float = 10.0
    dry_run: bool = False
    rejects: Path | None = None
    jobs: int = 1
    stream: str | None = None
    discover: bool = True
    keep: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    routes: UrlMap | None = None
    routes_from: str = ""
    retention: Retention = field(default_factory=Retention)
    policy: PolicySettings = field(default_factory=PolicySettings)
    yes: bool = False
    expectations: tuple[Expectation, ...] | None = None

    @property
    def order(self) -> tuple[str, ...] | None:
        """The formats to try: the one that was asked for, or all (`None`)."""
        return None if self.format is None else (self.format,)


def known_format(name: str, *, option: str) -> str:
    """Return the name of a format as it is spelt, or the string of one.

    Raises `OptionError`, which names `option`, if no such format can be read.
    """
    from flask_status_cli.formats import FORMAT_NAMES, lookup

    if name.lower() in FORMAT_NAMES:
        return name.lower()
    if "%" not in name and "$" not in name:
        known = ", ".join(FORMAT_NAMES)
        raise OptionError(
            option,
            f"{name!r} is no format, no Apache LogFormat, and no nginx log_format",
            f"known: {known}",
        )
    try:
        lookup(name)
    except OptionError as error:
        raise OptionError(option, error.what, error.hint) from None
    return name


@dataclass(frozen=True, slots=True)
class ReadWhileOpen:
    """What a follower that keeps logs open has read already, so that this run does not.

    Attributes:
        results: What the follower has stored since the last run.
        streams: Streams that it reads to their end from files which lie at no log's path any more.

    """

    results: tuple[LogResult, ...] = ()
    streams: frozenset[int] = frozenset()


NOTHING_READ = ReadWhileOpen()
