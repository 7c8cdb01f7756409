"""W3C extended logs (IIS, CloudFront). Their `#Fields` line names the columns, so it is the format."""

from __future__ import annotations

import re
from datetime import tzinfo
from functools import lru_cache

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.durations import MILLISECONDS, SECONDS, UNKNOWN
from flask_status_cli.formats.families import known_names as names
from flask_status_cli.formats.families.named_parts import PartNames, Value, read_values, time_of
from flask_status_cli.formats.families.request_without_time import EntryWithoutTime
from flask_status_cli.formats.logformat.directives import OPTION
from flask_status_cli.formats.prefixes.carriers import after_carriers
from flask_status_cli.formats.refusal_reasons import IMPOSSIBLE_DATE, NO_STATUS, NO_TIME
from flask_status_cli.frozen import replace
from flask_status_cli.model import LogEntry

HEADER = b"#Fields:"
_LONGEST = 2000
_COLUMN = re.compile(rb'"(?:[^"]|"")*+"|[^\s"]\S*+|')
NAMES = PartNames(
    status=("scstatus",),
    request=(),
    method=("csmethod",),
    target=("csuristem", "csuri"),
    query=("csuriquery",),
    time=("time",),
    date=("date",),
    host=("xhostheader", "cshost"),
    units={"timetaken": UNKNOWN},
)
"""The names of the columns that are read."""

_UNITS = (
    (frozenset(("xedgelocation", "scservicename")), SECONDS),  # CloudFront, NetScaler
    (
        frozenset(("sport", "scomputername", "ssitename", "scwin32status", "scsubstatus")),
        MILLISECONDS,
    ),  # IIS; and W3CLogger of ASP.NET, which writes a fraction
)
"""The unit of `time-taken`, by columns beside it: any of these.

W3C says seconds. Tomcat 10.1 writes whole seconds, earlier versions and WebLogic seconds with a fraction, and
IIS whole milliseconds. So without these columns, the unit is not known.
"""

_NEEDED = (
    ("date", "a date"),
    ("time", "a time"),
    ("scstatus", "sc-status"),
    ("csmethod", "cs-method"),
)


def fields_line(line: bytes) -> str | None:
    """Return the name of the format that a `#Fields` line defines; `None` for any other line."""
    start = after_carriers(line)
    text = line[start:]
    if not text.startswith(HEADER) or len(text) > _LONGEST:
        return None
    columns = text[len(HEADER) :].decode("utf-8", "replace").split()
    return f"#Fields: {' '.join(columns)}" if not _lacking(columns) else None


class ColumnReader:
    """Reads the lines after one `#Fields` line."""

    def __init__(self, text: str) -> None:
        columns = text.removeprefix("#Fields:").split()
        lacking = _lacking(columns)
        if lacking:
            raise OptionError(
                OPTION, f"the #Fields line lacks {lacking}", "configure the server to log it"
            )
        self.text = text
        self.columns = tuple(columns)
        self.names = [names.plain(column) for column in columns]
        units = (unit for beside, unit in _UNITS if not beside.isdisjoint(self.names))
        self.known = replace(NAMES, units={"timetaken": next(units, UNKNOWN)})

    def read(self, line: bytes, *, zone: tzinfo, newest: int | None) -> LogEntry | str | None:
        """Return an entry, the reason why a line is damaged, or `None` for other lines. Times are in UTC."""
        columns = self.split(line)
        if columns is None:
            return None
        values: dict[str, Value] = {}
        for name, column in zip(self.names, columns, strict=True):
            values.setdefault(name, column.decode("utf-8", "surrogateescape"))
        if not isinstance(values.get("time"), str) or ":" not in str(values["time"]):
            return None
        values["time"] = f"{values['date']}T{values['time']}Z"
        if time_of(values, zone=zone, newest=newest, known=NAMES) is None:
            return IMPOSSIBLE_DATE
        found = read_values(values, zone=zone, newest=newest, known=self.known)
        if isinstance(found, EntryWithoutTime):
            return NO_TIME
        return NO_STATUS if found is None else found

    @property
    def unsure_duration(self) -> str:
        """The column of durations whose unit is not known, empty if there is none."""
        unsure = UNKNOWN in self.known.units.values() and "timetaken" in self.names
        return self.columns[self.names.index("timetaken")] if unsure else ""

    def split(self, line: bytes) -> list[bytes] | None:
        """Return the columns of a line, `None` if there are more or fewer than in the `#Fields` line."""
        start = after_carriers(line)
        for text in dict.fromkeys((line, line[start:])):
            if text.startswith(b"#"):
                return None
            columns = text.split(b"\t") if b"\t" in text else text.split(b" ")
            if len(columns) != len(self.columns) and b'"' in text:
                columns = [each for each in _COLUMN.findall(text) if each]
            if len(columns) == len(self.columns):
                return columns
        return None

    def named(self, line: bytes) -> list[tuple[str, bytes]]:
        """Return the columns of a line by name; none if their number is wrong."""
        columns = self.split(line)
        return [] if columns is None else list(zip(self.columns, columns, strict=True))

    def variant(self, _line: bytes) -> str:
        """Return the name of the format, which is its `#Fields` line."""
        return self.text


@lru_cache(maxsize=64)
def columns_of(text: str) -> ColumnReader:
    """Return the reader for a `#Fields` line; raises `OptionError` if the line lacks a needed column."""
    return ColumnReader(text)


def _lacking(columns: list[str]) -> str:
    plain = {names.plain(column) for column in columns}
    lacking = [words for name, words in _NEEDED if name not in plain]
    if not {"csuristem", "csuri"} & plain:
        lacking.append("cs-uri-stem")
    return ", ".join(lacking)
