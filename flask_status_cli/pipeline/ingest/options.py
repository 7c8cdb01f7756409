"""The options of an ingest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import tzinfo
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask_status_cli.errors import OptionError
from flask_status_cli.frozen import frozen
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.model.settings import PolicySettings, Retention

if TYPE_CHECKING:
    from flask_status_cli.model import Expectation, LogResult, UrlMap

Progress = Callable[[str, int, int | None], None]
"""Is called while a log is read, with its path, the bytes read so far, and its size if that is known."""


SERVER_WAIT: Final = ServerWaitLimits(30)
"""The default of how long to wait for a database server that restarts or fails over: 30 seconds."""


@frozen
class IngestOptions:
    """How to read logs.

    - `arguments`: paths, globs, directories or `-`.
    - `zone`: the time zone of times without an offset.
    - `sparing`: whether a problem that persists is printed only once a day.
    - `format`: the only format to try, as a name or a format string.
    - `label`: the label of the routes, if several apps share one database.
    - `host`: the name of this host, if several hosts share one database.
    - `adopt`: whether to continue a log that another host has read.
    - `separate`: whether a log that begins like one of another host is counted as a different log.
    - `siblings`: whether to look for rotated files.
    - `wait`: how many seconds to wait for the lock.
    - `wait_limits`: how long to wait for a database server that is away.
    - `dry_run`: whether nothing is stored.
    - `rejects`: the file to which refused lines are appended.
    - `jobs`: the number of processes that count a large log.
    - `stream`: the name of the stream, if the only input is a pipe that is sent again.
    - `discover`: whether rules are made from paths that match no declared rule.
    - `keep`: globs on rules that are never folded.
    - `prefixes`: removed from paths before rules are matched, instead of the declared prefixes.
    - `routes`: the rules of the configuration, `None` without a configuration.
    - `routes_from`: the name of the configuration in messages.
    - `retention`: how long counts are kept.
    - `policy`: how incidents are found. Their minutes are kept longer.
    - `yes`: whether to count a log even if its requests were counted from another log.
    - `expectations`: for which routes traffic is expected. `None` leaves this unchanged.
    - `formats`: the formats of each log that are tried before the built-in ones.
    - `hosts`: the virtual hosts whose names become labels. `None` means none, an empty tuple means all.
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
    wait_limits: ServerWaitLimits = SERVER_WAIT
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
        """The formats to try: only `format`, or those of `formats` and then all others. `None` means all."""
        if self.format is not None:
            return (self.format,)
        if not self.formats:
            return None
        from flask_status_cli.formats import FORMAT_NAMES

        described = [name for _, names in self.formats for name in names]
        return tuple(dict.fromkeys((*described, *FORMAT_NAMES)))

    def formats_of(self, path: str) -> tuple[str, ...]:
        """Return the formats configured for a log or its rotated files, otherwise all configured formats."""
        return formats_of(path, self.formats)


Configured = tuple[tuple[str, tuple[str, ...]], ...]
"""Paths or globs of logs, each with the formats that its lines may have."""


def formats_of(path: str, configured: Configured) -> tuple[str, ...]:
    """Return the formats configured for a log or its rotated files, otherwise all configured formats."""
    for pattern, names in configured:
        if any(fnmatch(path, f"{pattern}{ending}") for ending in ("", ".*", "-*")):
            return names
    return tuple(dict.fromkeys(name for _, names in configured for name in names))


def known_format(name: str, *, option: str) -> str:
    """Return the name of a format in lower case, or a format string unchanged.

    Raises `OptionError`, which names `option`, if there is no such format.
    """
    from flask_status_cli.formats import FORMAT_NAMES, lookup, may_be_format_string

    if name.lower() in FORMAT_NAMES:
        return name.lower()
    if not may_be_format_string(name):
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
    """Return the names of virtual hosts as they are written in labels, without duplicates.

    Raises `OptionError`, which names `option`, if a text cannot be the name of a host.
    """
    from flask_status_cli.routes.host_labels import name_of

    found = []
    for each in given:
        name = name_of(each)
        if name is None:
            hint = "give names such as shop.example,api.example"
            raise OptionError(option, f"{each!r} is not the name of a host", hint)
        found.append(name)
    return tuple(dict.fromkeys(found))


@frozen
class ReadWhileOpen:
    """What `ingest --follow` has read from its open files since the last run.

    - `results`: the results of these logs.
    - `streams`: the ids of streams in renamed or deleted files, which it reads to their end.
    """

    results: tuple[LogResult, ...] = ()
    streams: frozenset[int] = frozenset()


NOTHING_READ = ReadWhileOpen()
