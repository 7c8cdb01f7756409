"""The options of an ingest, and what a follower has read already."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask_status_cli.errors import OptionError
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.patience import Patience
from flask_status_cli.model.settings import PolicySettings, Retention

if TYPE_CHECKING:
    from flask_status_cli.model import Expectation, LogResult, UrlMap

Progress = Callable[[str, int, int | None], None]
"""`progress(path, bytes read, all bytes or None)`, called now and then while a log is read."""


PATIENCE: Final = Patience(30)
"""A server that restarts, or hands over to another one, is back within so many seconds."""


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How to read logs.

    - `arguments`: paths, globs, directories or `-`.
    - `zone`: the zone of times without an offset.
    - `format`: the only format to try, as a name or a format string.
    - `label`: the app, if several share one database.
    - `siblings`: whether rotated files are looked for.
    - `wait`: how many seconds another ingest may hold the lock.
    - `patience`: how long a database server may be away.
    - `dry_run`: whether nothing is stored.
    - `stream`: the name of the one pipe to read.
    - `sparing`: whether a problem that persists is printed once a day.
    - `discover`: whether rules are made from paths that match no declared rule.
    - `keep`: globs on rules that are never folded.
    - `prefixes`: removed from paths before they are matched, instead of those declared with the rules.
    - `routes`: the rules of the configuration, `None` without one; `routes_from` names it in messages.
    - `jobs`: the number of processes for a large log.
    - `rejects`: the file to which refused lines are appended.
    - `retention`, `policy`: for how long counts are kept; minutes of incidents are kept longer.
    - `yes`: whether a log is counted although its requests were counted from another log.
    - `expectations`: the promised traffic; `None` leaves it unchanged.
    - `hosts`: the virtual hosts that make labels: none of them (`None`), all, or those that are named.
    - `formats`: tried before the built-in ones, by the path of a log.
    """

    database: Database
    arguments: tuple[str, ...]
    zone: tzinfo
    sparing: bool = False
    format: str | None = None
    label: str = ""
    host: str = ""
    adopt: bool = False
    separate: bool = False
    siblings: bool = True
    wait: float = 10.0
    patience: Patience = PATIENCE
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
    formats: Configured = ()
    hosts: tuple[str, ...] | None = None

    @property
    def order(self) -> tuple[str, ...] | None:
        """The formats to try: the one that was asked for, or all (`None`), those of `formats` first."""
        if self.format is not None:
            return (self.format,)
        if not self.formats:
            return None
        from flask_status_cli.formats import FORMAT_NAMES

        described = [name for _, names in self.formats for name in names]
        return tuple(dict.fromkeys((*described, *FORMAT_NAMES)))

    def formats_of(self, path: str) -> tuple[str, ...]:
        """Return the formats configured for a log or its rotated files, else all formats."""
        return formats_of(path, self.formats)


Configured = tuple[tuple[str, tuple[str, ...]], ...]
"""Paths or patterns of logs, each with the formats that lines of it may have."""


def formats_of(path: str, configured: Configured) -> tuple[str, ...]:
    """Return the formats that are configured for a log or its rotated files, else all of them."""
    for pattern, names in configured:
        if any(fnmatch(path, f"{pattern}{ending}") for ending in ("", ".*", "-*")):
            return names
    return tuple(dict.fromkeys(name for _, names in configured for name in names))


def known_format(name: str, *, option: str) -> str:
    """Return the name of a format as it is spelt, or the string of one.

    Raises `OptionError`, which names `option`, if no such format can be read.
    """
    from flask_status_cli.formats import FORMAT_NAMES, described, lookup

    if name.lower() in FORMAT_NAMES:
        return name.lower()
    if not described(name):
        import difflib

        near = difflib.get_close_matches(name.lower(), FORMAT_NAMES, n=1)
        raise OptionError(
            option,
            f"{name!r} is not a known format, an Apache LogFormat or an nginx log_format",
            f"did you mean {near[0]}?" if near else "flask-status formats list",
        )
    try:
        lookup(name)
    except OptionError as error:
        raise OptionError(option, error.what, error.hint) from None
    return name


def hosts_of(given: Iterable[str], *, option: str) -> tuple[str, ...]:
    """Return the names of hosts as labels have them; raises `OptionError`, which names `option`."""
    from flask_status_cli.routes.host_labels import name_of

    found = []
    for each in given:
        name = name_of(each)
        if name is None:
            hint = "give names such as shop.example,api.example"
            raise OptionError(option, f"{each!r} is not the name of a host", hint)
        found.append(name)
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class ReadWhileOpen:
    """What a follower with open logs has already read, so that this run does not read it.

    - `results`: the results stored since the last run.
    - `streams`: the streams that the follower reads to their end, from files that are no longer at the path
      of a log.
    """

    results: tuple[LogResult, ...] = ()
    streams: frozenset[int] = frozenset()


NOTHING_READ = ReadWhileOpen()
