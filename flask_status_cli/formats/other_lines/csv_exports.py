"""Recognizes CSV that Kibana, Datadog, CloudWatch and others export, with the lines of a log in a column."""

from __future__ import annotations

import re
from datetime import UTC

from flask_status_cli.formats.line_parser import parse_line
from flask_status_cli.model import LogEntry

_ROWS = 20
_BYTES = 64 << 10
_NAME = re.compile(r"[\w@. ()/-]{1,60}", re.ASCII)


def column_with_lines(sample: bytes) -> str | None:
    """Return the name of the column of CSV that has the lines of a log, `None` for anything else."""
    text = sample[:_BYTES].decode("utf-8-sig", "replace")
    header = text.partition("\n")[0]
    if "," not in header or '""' not in text:
        return None
    import csv

    try:
        names, *rows = csv.reader(text.splitlines()[: _ROWS + 1])
    except (csv.Error, ValueError):
        return None
    if not rows or not all(map(_NAME.fullmatch, names)):
        return None
    for place, name in enumerate(names):
        lines = [row[place].encode("utf-8", "replace") for row in rows if len(row) > place]
        entries = sum(isinstance(parse_line(line, zone=UTC), LogEntry) for line in lines)
        if entries * 2 > len(rows):
            return name
    return None
