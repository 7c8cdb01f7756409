"""The output of the `formats` commands: an explanation of a log for a bug report, and lists of formats."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping

from flask_status_cli.model import (
    AS_LOGGED,
    LOCAL,
    Explanation,
    KnownFormat,
    LogFile,
    NginxLog,
    instant_of,
)
from flask_status_cli.render.commands.unsaid import sentences
from flask_status_cli.render.escape import encodable, printable
from flask_status_cli.render.text.words import counted, grouped

SCHEMA_VERSION = 1

PIPE = "-"

_JSON_MAP = "json:"

_VALUE = 200
"""The longest part of a value that is shown, in characters."""

MASKED = (
    "Masked: words are x, numbers 9, a query is ?*. Only known words, time stamps and",
    "status codes are as logged. The name of the file is as you gave it.",
)


def lines(found: Explanation, *, program: str) -> Iterator[str]:
    """Yield the explanation for people. `program` names the program and its version."""
    yield f"Program  {program}"
    yield f"File     {_file(found.file)}"
    yield f"Read     {_read(found.file)}"
    yield f"Lines    {_lines(found)}"
    yield f"Format   {_format(found)}"
    if found.timezone is not None:
        yield f"Times    {_times(found.timezone)}"
        yield from (f"         {sentence}" for sentence in sentences(found.unsaid))
        yield f"Entries  from {_instant(found.first)} until {_instant(found.last)}"
    if found.entry is not None:
        yield from ("", f"Line {grouped(found.entry.line_number)}, field by field:")
        yield from _columns(found.entry.fields)
    yield from _noise(found)
    yield from _refused(found)
    if found.entry is not None or found.samples:
        yield from ("", *MASKED)
    yield from ("", *_verdict(found))


def _columns(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    shown = [(printable(name, 40), printable(value, _VALUE)) for name, value in rows]
    width = max((len(name) for name, _ in shown), default=0)
    yield from (f"  {name:{width}}  {value}".rstrip() for name, value in shown)


def _file(file: LogFile) -> str:
    kind = file.compression or "plain"
    if file.size is None:
        return f"standard input, {kind}" if file.path == PIPE else f"{_path(file)}: a pipe, {kind}"
    return f"{_path(file)}: {kind}, {counted(file.size, 'byte', 'bytes')}"


def _path(file: LogFile) -> str:
    return printable(file.path, 500)


def _read(file: LogFile) -> str:
    unpacked = " unpacked" if file.compression else ""
    whole = "up to the damage" if file.damage else "all of it"
    return f"{counted(file.read, 'byte', 'bytes')}{unpacked}, {whole}"


def _lines(found: Explanation) -> str:
    noise, refused = grouped(found.noise_lines), grouped(found.refused_lines)
    entries = counted(found.entries, "entry", "entries")
    return f"{grouped(found.lines)}: {entries}, {noise} noise, {refused} refused"


def _format(found: Explanation) -> str:
    votes = [f"{printable(name)} {grouped(lines)}" for name, lines in found.votes]
    sampled = counted(found.sampled, "sampled line", "sampled lines")
    if not votes:
        result = f"of {sampled}: none is a request"
    else:
        result = f"of {sampled}: {votes[0]}; runner-up: {votes[1] if votes[1:] else 'none'}"
    name = "none" if found.format is None else printable(found.format)
    if found.wanted is not None:
        asked = (
            "asked for" if found.wanted == found.format else f"asked for {printable(found.wanted)}"
        )
        name = f"{name}, {asked}"
    return f"{name} ({result})"


def _times(zone: str) -> str:
    if zone == AS_LOGGED:
        return "each has an offset"
    return f"without an offset; read in the time zone {printable(zone)}"


def _noise(found: Explanation) -> Iterator[str]:
    if found.noise:
        yield from ("", "Noise:")
    yield from _with_samples(found, found.noise)


def _refused(found: Explanation) -> Iterator[str]:
    if found.refused:
        yield from ("", "Refused:")
    yield from _with_samples(found, found.refused)


def _with_samples(found: Explanation, reasons: Mapping[str, int]) -> Iterator[str]:
    for reason, heading, margin in _counted(reasons):
        yield heading
        for sample in found.samples:
            if sample.reason == reason:
                number = grouped(sample.line_number)
                yield f"{margin}line {number}: {printable(sample.sample, _VALUE)}"


def _counted(reasons: Mapping[str, int]) -> Iterator[tuple[str, str, str]]:
    """Yield each reason, the line with its count, and the margin of the samples below it."""
    width = max((len(grouped(lines)) for lines in reasons.values()), default=0)
    for reason, number in _most_first(reasons):
        yield reason, f"  {grouped(number):>{width}}  {reason}", " " * (width + 6)


def _verdict(found: Explanation) -> Iterator[str]:
    yield from _state(found)
    if found.entries:
        yield f"  {command(found)}"
    if found.entries and found.proposal is not None:
        yield from _proposed(found)


def _state(found: Explanation) -> Iterator[str]:
    refused, of = grouped(found.unread_lines), grouped(found.unread_lines + found.entries)
    if found.file.unfinished:
        yield "The last line has no end yet, so it was not counted."
    if found.file.damage is not None:
        yield f"The archive is damaged ({printable(found.file.damage)}); this is what could be read."
    if found.file.cut:
        yield "The archive is incomplete: it is still being written, or was cut off."
    if found.unread_lines > found.entries:
        if found.entries:
            yield f"Mostly refused: {refused} of {of}. An ingest counts the rest and exits with 1:"
        else:
            yield f"Not understood: {refused} of {of} lines. An ingest counts none and exits with 1."
            yield from _what_to_do(found)
    elif found.entries:
        yield "Understood. To count it:"
    elif found.lines:
        yield "No requests: all lines are noise."
        if found.unsupported is not None:
            yield from _what_to_do(found)
    else:
        yield "Nothing to read: there is no complete line."
        if found.unsupported is not None:
            yield from _what_to_do(found)


def _proposed(found: Explanation) -> Iterator[str]:
    of = f"{grouped(found.proposed_entries)} of its lines"
    yield f"A format made from its lines reads {of}. If it looks right, count it:"
    yield f"  flask-status ingest {printable(found.proposal or '', 500)} {_in_shell(found.file.path)}"


def _what_to_do(found: Explanation) -> Iterator[str]:
    if found.unsupported is not None:
        todo = "" if found.proposal else f" What to do: {printable(found.hint or '', 500)}."
        yield f"This is {printable(found.unsupported, 500)}.{todo}"
    if found.wanted is not None and found.votes:
        yield f"Leave out --format: then its lines are read as {printable(found.votes[0][0])}."
    elif found.proposal is not None:
        yield from _proposed(found)
    elif found.unsupported is None:
        yield "A --format string may describe it. If not, report this text in an issue of flask-status."


def command(found: Explanation) -> str:
    """Return the command that ingests the log in the same way."""
    words = ["flask-status", "ingest"]
    if found.wanted is not None:
        json_map = found.wanted.startswith(_JSON_MAP)
        words += ["--json-map" if json_map else "--format", found.wanted.removeprefix(_JSON_MAP)]
    if found.timezone not in (None, AS_LOGGED, LOCAL):
        words += ["--log-timezone", str(found.timezone)]
    return " ".join(
        [*(shlex.quote(printable(word, 500)) for word in words), _in_shell(found.file.path)]
    )


def _in_shell(path: str) -> str:
    """Return the path of a log as one word of a shell command."""
    word = f"./{path}" if path.startswith("-") and path != PIPE else path
    return shlex.quote(printable(word, 500))


def as_json(found: Explanation, *, program: str) -> str:
    """Return the explanation as JSON."""
    file, entry = found.file, found.entry
    document = {
        "schema_version": SCHEMA_VERSION,
        "program": program,
        "file": {
            "path": encodable(file.path),
            "compression": file.compression,
            "size": file.size,
            "read": file.read,
            "damage": None if file.damage is None else encodable(file.damage),
            "cut": file.cut,
            "unfinished": file.unfinished,
        },
        "understood": found.understood,
        "format": found.format,
        "asked_format": found.wanted,
        "votes": dict(found.votes),
        "sampled": found.sampled,
        "timezone": found.timezone,
        "first": _json_instant(found.first),
        "last": _json_instant(found.last),
        "unsupported": None if found.unsupported is None else encodable(found.unsupported),
        "hint": found.hint,
        "proposal": None if found.proposal is None else encodable(found.proposal),
        "lines": found.lines,
        "entries": found.entries,
        "noise": dict(_most_first(found.noise)),
        "refused": dict(_most_first(found.refused)),
        "samples": [
            {"line": each.line_number, "reason": each.reason, "text": encodable(each.sample)}
            for each in found.samples
        ],
        "entry": entry
        and {
            "line": entry.line_number,
            "fields": [
                {"name": encodable(name), "value": encodable(value)} for name, value in entry.fields
            ],
        },
        "command": encodable(command(found)) if found.entries else None,
    }
    return json.dumps(document, indent=2) + "\n"


def nginx_lines(logs: Iterable[NginxLog]) -> Iterator[str]:
    """Yield lines about the access logs of an nginx configuration: where each is named, and its format."""
    for log in logs:
        yield printable(log.path)
        yield f"  named in  {printable(log.where)}"
        if log.format is not None:
            yield f"  format    {printable(log.format)}"
        if log.problem is not None:
            yield f"  {'note    ' if log.format else 'not read'}  {printable(log.problem)}"
        if log.conditional:
            yield "  note      nginx writes only some of the requests there (if=)"


def format_lines(formats: Iterable[KnownFormat]) -> Iterator[str]:
    """Yield the lines of `formats list`: the name of each format, its programs, its times, an example."""
    for one in formats:
        yield one.name
        yield f"  written by  {one.writers}"
        yield f"  times       {'have an offset' if one.carries_zone else 'have no offset'}"
        yield f"  example     {one.example}"
        yield ""
    yield "Without --format, the format of each line is found automatically. Times without"
    yield "an offset are read in the time zone of --log-timezone."


def _most_first(reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda item: (-item[1], item[0]))


def _instant(minute: int | None) -> str:
    return "-" if minute is None else f"{instant_of(minute):%Y-%m-%d %H:%M} UTC"


def _json_instant(minute: int | None) -> str | None:
    return None if minute is None else f"{instant_of(minute):%Y-%m-%dT%H:%MZ}"
