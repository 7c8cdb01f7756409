"""The objects that the parts of one ingest share."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from flask_status_cli.errors import LogError
from flask_status_cli.frozen import frozen, replace
from flask_status_cli.model.times import Clock
from flask_status_cli.pipeline.ingest.file_state import FileStates
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.sources import Content, SmallLog, open_small

if TYPE_CHECKING:
    from flask_status_cli.pipeline.ingest.counters import Counters
    from flask_status_cli.routes import Finder
    from flask_status_cli.tally import RuleOf, Tally


_FINDERS = 256
"""The finders of at most this many labels are cached."""


class LogReplaced(Exception):  # noqa: N818 - it names what happened: the log must be looked up again
    """The file was truncated or replaced while it was read. The last batch is not stored."""


@frozen
class IngestContext:
    """The database, the recorded file states, the options, and the clock of an ingest."""

    writer: Writer
    seen: FileStates
    options: IngestOptions
    clock: Clock

    def finder(self) -> Finder:
        """Return a finder for the declared rules that the database has now."""
        from flask_status_cli.routes import finder

        options = self.options
        # the version is read before the maps, so that a later change is noticed
        version = self.writer.store.rules_version()
        maps = self.writer.store.url_maps(options.label)
        found = finder(maps, discover=options.discover, prefixes=options.prefixes)
        return replace(found, version=version)

    @property
    def compares(self) -> bool:
        """Whether to estimate if the requests of a new log were counted before, from another log.

        The options may say that it is another log: of another host, or because both are to be counted.
        """
        return not (self.options.yes or self.options.host or self.options.hosts is not None)

    def counters(self) -> Counters:
        """Return new counters for the declared rules that the database has now."""
        from flask_status_cli.pipeline.ingest.counters import Counters

        found = self.finder()
        return Counters(found, self.options, partial(self.tally, found))

    def rules_of_labels(self) -> Callable[[str], RuleOf]:
        """Return a function that returns, for a label, the function that finds the rule of a request.

        The database is read only now. A label without declared rules uses those of `options.label`, except
        rules for another host.
        """
        from flask_status_cli.routes import finder
        from flask_status_cli.routes.host_labels import maps_of_host

        options = self.options
        maps = {
            label: self.writer.store.url_maps(label)
            for label in self.writer.store.labels_with_rules()
        }
        ours = maps.get(options.label, ())

        @lru_cache(maxsize=_FINDERS)
        def rules_of(label: str) -> RuleOf:
            mine = maps.get(label) or maps_of_host(ours, label)
            return finder(mine, discover=options.discover, prefixes=options.prefixes).rule_of

        return rules_of

    def tally(self, found: Finder) -> Tally:
        """Return a new tally that finds the rules of requests with `found`."""
        from flask_status_cli.tally import HostTally, Tally

        options = self.options
        if options.hosts is None:
            return Tally(
                found.rule_of,
                label=options.label,
                rule_of_path=found.rule_of_path,
                discover=found.discover,
            )
        from flask_status_cli.routes.host_labels import labels_of

        return HostTally(self.rules_of_labels(), labels_of(options.hosts), label=options.label)

    def first_minute(self, path: str) -> int | None:
        """Return the epoch minute of the first entry at the beginning of a file. Raises `LogError`."""
        small = open_small(path)
        if small is not None:
            try:
                minute = self._first_minute_of(small)
            finally:
                small.close()
            if minute is not None:
                return minute
        content = Content(path)
        try:
            return self.first_minute_in(content)
        finally:
            content.close()

    def _first_minute_of(self, log: SmallLog) -> int | None:
        from flask_status_cli.formats.line_parser import first_minute

        zone, order = self.options.zone, self.options.order
        first = first_minute(log.first_line, zone=zone, order=order)
        return first_minute(log.whole, zone=zone, order=order) if first is None else first

    def first_minute_in(self, content: Content) -> int | None:
        """Return the epoch minute of the first entry at the beginning of an open log."""
        from flask_status_cli.formats import first_minute

        zone, order = self.options.zone, self.options.order
        return first_minute(content.beginning, zone=zone, order=order)

    def first_minute_if_readable(self, path: str) -> int | None:
        """Return the epoch minute of the first entry of a file, `None` if it has none or is not readable."""
        try:
            return self.first_minute(path)
        except LogError:
            return None
