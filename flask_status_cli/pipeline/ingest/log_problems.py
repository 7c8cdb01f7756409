"""Describes what is wrong with a log: no line is understood, its format has changed, most are refused."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from flask_status_cli.errors import LogError, LogUnknownError
from flask_status_cli.formats import CountedLines, Detection
from flask_status_cli.formats.refusal_reasons import NO_KNOWN_FORMAT, TOO_LONG, TWO_RECORDS
from flask_status_cli.frozen import frozen
from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.model import UNREAD_NOISE, LogResult, Stream
from flask_status_cli.pipeline.formats.unsaid_of_logs import unsaid_of
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.sources import Relation

if TYPE_CHECKING:
    from flask_status_cli.pipeline.formats.proposal import Proposal
    from flask_status_cli.sources import Reading, ResentReading

_CLIENT: Final = LazyPattern(r"\A[0-9A-Fa-f:.]{2,45} - ")


@frozen
class LogProblems:
    """Finds the problem of a log that was read with these options and this detected format."""

    reading: Reading | ResentReading
    detected: Detection
    options: IngestOptions

    def refuse_unless_understood(
        self, result: LogResult, former: Stream | None, name: str | None
    ) -> None:
        """Raise `LogUnknownError` if no line of a log was ever understood, or its times are misunderstood.

        `result` is what was read until now. `former` is the stream that the log continues. `name` is the
        format.
        """
        known = former is not None and former.checkpoint.format is not None
        if result.entries and not known:
            self._refuse_another_zone(name)
        unread = result.refused or UNREAD_NOISE & set(result.noise)
        if known or result.entries or not unread:
            return
        from flask_status_cli.formats import unsupported_log

        what, hint = NO_KNOWN_FORMAT, self._hint()
        if set(result.refused) == {TWO_RECORDS}:
            what = TWO_RECORDS
            hint = (
                "a line end was lost, two processes wrote at the same time, or a JSON object has several "
                "lines (pm2's log type json)"
            )
        sample, path = self.reading.sample(), shlex.quote(self._path)
        found = unsupported_log(sample)
        if found is not None:
            what = f"{what}: this is {found.what}"
            hint = f'{found.hint}; see "flask-status formats explain {path}"'
        made = self._proposal(sample)
        if made is not None:
            hint = f'{made.hint}; see "flask-status formats explain {path}"'
        raise LogUnknownError(self._where(result), what, hint, requests=bool(result.refused))

    def of(self, result: LogResult, *, misread: bool) -> str | None:
        """Return the problem to print, `None` if there is none.

        It is a problem if no line is understood any more (`misread`), or if most lines of a new log are
        refused. Refused lines among later entries are no problem, because a visitor can cause them.
        """
        refused, entries = result.refused_lines, result.entries
        if misread:
            what = "no line is understood any more: the format of the log has changed"
        elif self.reading.identity.relation is not Relation.CONTINUED and refused > entries:
            what = f"most lines were refused ({refused:,} of {refused + entries:,})"
        else:
            return None
        return str(LogError(self._where(result), what, self._hint()))

    def _refuse_another_zone(self, name: str | None) -> None:
        """Raise `LogError` if lines of the format `name` prove that their times are in another zone."""
        ahead = unsaid_of(self.reading.sample(), name, self.options.zone).ahead
        if ahead:
            hours, minutes = divmod(abs(ahead), 60)
            direction = "ahead of" if ahead > 0 else "behind"
            raise LogError(
                self._path,
                f"its times are {hours}:{minutes:02} h {direction} the UTC times of its responses",
                "Caddy's time_local is set: give the zone of its times with --log-timezone",
            )

    @property
    def _path(self) -> str:
        return self.reading.content.path

    def _proposal(self, sample: bytes) -> Proposal | None:
        """Return a format to propose for a log that no known format reads."""
        if self.detected.name is not None:
            return None
        from flask_status_cli.pipeline.formats.proposal import proposal

        tried, zone = self.options.format, self.options.zone
        return proposal(self.reading.content, sample, zone=zone, tried=tried)

    def _where(self, result: LogResult) -> str:
        """Return the path, with the number of the first refused line if the log was read from its start."""
        first = result.samples[0].line_number if result.samples else 1
        return f"{self._path}:{first}" if self.reading.identity.offset == 0 else self._path

    def _hint(self) -> str:
        explain = f'"flask-status formats explain {shlex.quote(self._path)}"'
        if not self.options.format:
            return f"{explain} shows what is not understood; a --format string may describe it"
        if self.detected.name not in (None, self.options.format):
            of = sum(self.detected.votes.values())
            return (
                f"leave out --format: {of} sampled lines are {self.detected.name}; or see {explain}"
            )
        return f"leave out --format, or see {explain}"


def lines_of_another_format(counted: CountedLines) -> int:
    """Return how many refused lines may show that the log has another format now.

    A visitor can write lines into a log of gunicorn: line feeds in the user name of Basic authentication are
    logged as they are. Such lines have no colon, but every format has a time with one. So if one of the first
    refused lines has no colon, the result is 0.
    """
    by_visitors = (TOO_LONG, TWO_RECORDS)
    samples = [each.sample for each in counted.samples if each.reason not in by_visitors]
    if any(":" not in _CLIENT.sub("", sample) for sample in samples):
        return 0
    return sum(n for why, n in counted.refused.items() if why not in by_visitors)
