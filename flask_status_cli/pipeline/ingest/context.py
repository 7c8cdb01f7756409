"""What the parts of one ingest share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask_status_cli.errors import LogError
from flask_status_cli.model.times import Clock
from flask_status_cli.pipeline.ingest.file_state import FileStates
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.sources import Content

if TYPE_CHECKING:
    from flask_status_cli.routes import Finder


class LogReplaced(Exception):  # noqa: N818 - it names what happened: the log is to be looked up anew
    """The file is no longer the one that was read. Nothing of the batch was stored."""


@dataclass(frozen=True, slots=True)
class IngestContext:
    """The database, the recorded states of paths, the options, and the clock of an ingest."""

    writer: Writer
    seen: FileStates
    options: IngestOptions
    clock: Clock

    def finder(self) -> Finder:
        """Return the finder of rules, with the rules that the database has now."""
        from flask_status_cli.routes import finder

        options = self.options
        version = self.writer.rules_version()  # before the maps: a change in between is seen
        maps = self.writer.url_maps(options.label)
        found = finder(maps, discover=options.discover, prefixes=options.prefixes)
        return replace(found, version=version)

    def first_minute(self, path: str) -> int | None:
        """Return the minute of the first entry of a file, looked for at its beginning; raises `LogError`."""
        content = Content(path)
        try:
            return self.first_minute_in(content)
        finally:
            content.close()

    def first_minute_in(self, content: Content) -> int | None:
        """Return the minute of the first entry of an open log, looked for at its beginning."""
        from flask_status_cli.formats import first_minute

        zone, order = self.options.zone, self.options.order
        return first_minute(content.beginning, zone=zone, order=order)

    def first_minute_if_readable(self, path: str) -> int | None:
        """Return the same, or `None` if the file cannot be read."""
        try:
            return self.first_minute(path)
        except LogError:
            return None
