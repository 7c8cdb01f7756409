"""Readers that are imported when they read their first line, because most logs need none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_status_cli.formats.families.request_without_time import EntryWithoutTime
    from flask_status_cli.model import LogEntry

    Read = LogEntry | EntryWithoutTime | str | None


def read_json(line: bytes, *, zone: tzinfo, newest: int | None) -> Read:
    """Read a line that is a JSON object with the parts of a request."""
    if not line.endswith((b"}", b"} ")) or b"{" not in line:
        return None
    from flask_status_cli.formats.families.json.json_lines import read

    return read(line, zone=zone, newest=newest)


def read_ltsv(line: bytes, *, zone: tzinfo, newest: int | None) -> Read:
    """Read a line of labels and values between tabs."""
    if b"\t" not in line or b":" not in line:
        return None
    from flask_status_cli.formats.families.ltsv_and_logfmt import read_ltsv as read

    return read(line, zone=zone, newest=newest)


def read_logfmt(line: bytes, *, zone: tzinfo, newest: int | None) -> Read:
    """Read a line of names and values with equals signs between them."""
    if b"=" not in line:
        return None
    from flask_status_cli.formats.families.ltsv_and_logfmt import read_logfmt as read

    return read(line, zone=zone, newest=newest)


def split_json(line: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of the request in a JSON object, by name."""
    from flask_status_cli.formats.families.json.json_lines import named

    return named(line)


def split_ltsv(line: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of the request in a line of LTSV, by name."""
    from flask_status_cli.formats.families.ltsv_and_logfmt import named_ltsv

    return named_ltsv(line)


def split_logfmt(line: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of the request in a line of logfmt, by name."""
    from flask_status_cli.formats.families.ltsv_and_logfmt import named_logfmt

    return named_logfmt(line)


def server_splitter(names: Sequence[str]) -> Callable[[bytes], list[tuple[str, bytes]]]:
    """Return a function that splits a line of one of these servers into its fields, by name."""

    def split(line: bytes) -> list[tuple[str, bytes]]:
        from flask_status_cli.formats.families.server_lines import named

        return named(line, names)

    return split


def server_reader(names: Sequence[str]) -> Callable[..., Read]:
    """Return a function that reads a line of one of these servers."""

    def read(line: bytes, *, zone: tzinfo, newest: int | None) -> Read:
        from flask_status_cli.formats.families.server_lines import read as read_line

        return read_line(line, names, zone=zone, newest=newest)

    return read


def server_variant(names: Sequence[str]) -> Callable[[bytes], str]:
    """Return a function that returns the name of the server that wrote an entry."""

    def variant(line: bytes) -> str:
        from flask_status_cli.formats.families.server_lines import find
        from flask_status_cli.formats.prefixes.json_envelope import message

        found = find(message(line), names)
        return names[0] if found is None else found.server.name

    return variant
