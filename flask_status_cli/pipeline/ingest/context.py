"""What the parts of one ingest share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from flask_status_cli.errors import LogError
from flask_status_cli.pipeline.ingest.file_state import FileStates
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.sources import Content

if TYPE_CHECKING:
    from flask_status_cli.routes import Finder

Clock = Callable[[], datetime]
"""`clock()` is the present instant, in UTC."""


class LogReplaced(Exception):  # noqa: N818 - it names what happened: the log is to be looked up anew
    """The file is no longer what was read; nothing of the batch was stored."""


@dataclass(frozen=True, slots=True)
class IngestContext:
    """The database, what it knows of paths, how to read, and the clock."""

    writer: Writer
    seen: FileStates
    options: IngestOptions
    clock: Clock

    def finder(self) -> Finder:
        """Return how requests find their rules, as the database has them now."""
        from flask_status_cli.routes import finder

        options = self.options
        version = self.writer.rules_version()  # before the maps: a change in between is seen
        maps = self.writer.url_maps(options.label)
        found = finder(maps, discover=options.discover, prefixes=options.prefixes)
        return replace(found, version=version)

    def first_minute(self, path: str) -> int | None:
        """Return the minute of the first entry at the beginning of a file; raises `LogError`."""
        content = Content(path)
        try:
            return self.first_minute_in(content)
        finally:
            content.close()

    def first_minute_in(self, content: Content) -> int | None:
        """Return the minute of the first entry at the beginning of an open log."""
        from flask_status_cli.formats import first_minute

        zone, order = self.options.zone, self.options.order
        return first_minute(content.beginning, zone=zone, order=order)

    def first_minute_if_readable(self, path: str) -> int | None:
        """Return the same, and `None` for a file that cannot be read."""
        try:
            return self.first_minute(path)
        except LogError:
            return None
