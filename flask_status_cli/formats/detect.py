"""Finds the format of a log by the votes of a sample of its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC

from flask_status_cli.formats.families.request_without_time import EntryWithoutTime
from flask_status_cli.formats.line_parser import split_lines
from flask_status_cli.formats.prefixes.json_envelope import message
from flask_status_cli.formats.registry import FORMAT_NAMES, FORMATS, W3C, Family, families, known
from flask_status_cli.frozen import frozen
from flask_status_cli.model import LogEntry


@frozen
class Detection:
    """The result of a vote about the format of a log.

    - `name`: the format of most entries in the sample, `None` without entries.
    - `votes`: the number of entries by format.
    - `order`: all formats, in the order in which they are tried on a line.
    """

    name: str | None
    votes: Mapping[str, int]
    order: tuple[str, ...]


def detect(
    sample: bytes,
    *,
    former: str | None = None,
    also: Sequence[str] = (),
    before: Detection | None = None,
) -> Detection:
    """Find the format of a log: each line of a sample votes for its format.

    - `former`: the format of the log in earlier runs, which wins a tie.
    - `also`: format strings to try beside the built-in formats.
    - `before`: the result for another log. It is returned without a vote if the sample begins and ends with
      lines of its format.

    The result decides only in which order the formats are tried on a line, never what a line means. But if
    `former` is a LogFormat string that matches any line, no other format is tried, as if the user had named
    it. A `#Fields` line in the sample is a format, too, and so is the last one that was read before.
    """
    if before is not None and former in (None, before.name) and _ends_like(sample, before):
        return before
    headers = dict.fromkeys((*also, *_headers(sample)))
    if former is not None and former not in FORMATS and known(former):
        if former.startswith(W3C) or also:
            headers = dict.fromkeys((*headers, former))
        elif own := _votes(sample, families((former,))):
            return Detection(former, own, (former,))
    names = (*headers, *FORMAT_NAMES)
    votes = _votes(sample, families(names))
    order = sorted(names, key=lambda name: (-votes[name], name != former))
    return Detection(order[0] if votes else None, dict(votes), tuple(order))


def _ends_like(sample: bytes, before: Detection) -> bool:
    """Return whether the first and the last line have the format that all entries of another log have."""
    if before.name not in FORMATS or len(before.votes) > 1 or W3C.encode() in sample:
        return False
    readers = families(before.order)
    text = sample.strip(b"\r\n")
    first, last = text[: text.find(b"\n") + 1].rstrip(), text[text.rfind(b"\n") + 1 :]
    return all(_format_of(line, readers) == before.name for line in (first or last, last))


def _headers(sample: bytes) -> dict[str, None]:
    """Return the names of the formats of `#Fields` lines in a sample, the last one first."""
    if W3C.encode() not in sample:
        return {}
    from flask_status_cli.formats.families.w3c import fields_line

    found = (fields_line(line) for line in reversed(split_lines(sample)))
    return dict.fromkeys(name for name in found if name is not None)


def _votes(sample: bytes, readers: Sequence[Family]) -> Counter[str]:
    """Return the number of entries by format. If all lines are alike, only the first one is read."""
    alike = readers[0].variant_of_all(sample if sample.endswith(b"\n") else sample + b"\n")
    if (
        alike is not None
        and _format_of(sample[: sample.find(b"\n") + 1].rstrip(), readers) == alike
    ):
        return Counter({alike: len(split_lines(sample))})
    names = (_format_of(line, readers) for line in split_lines(sample))
    return Counter(name for name in names if name is not None)


def _format_of(line: bytes, readers: Sequence[Family]) -> str | None:
    line = line.lstrip(b"\0")
    for text in dict.fromkeys((message(line), line)):
        if not text or text.isspace():
            continue
        for family in readers:
            if isinstance(family.read(text, zone=UTC, newest=None), LogEntry | EntryWithoutTime):
                return family.variant(text)
    return None
