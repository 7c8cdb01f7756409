"""Readers whose modules are imported with the first line they read, because most logs need none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_status_cli.formats.families.request_without_time import Timeless
    from flask_status_cli.model import LogEntry

    Read = LogEntry | Timeless | str | None


def read_json(line: bytes, *, zone: tzinfo, newest: int | None) -> Read:
    """Read a JSON object that is a request."""
    if not line.endswith((b"}", b"} ")) or b"{" not in line:
        return None
    from flask_status_cli.formats.families.json.json_lines import read

    return read(line, zone=zone, newest=newest)


def read_ltsv(line: bytes, *, zone: tzinfo, newest: int | None) -> Read:
    """Read labels and values between tabs."""
    if b"\t" not in line or b":" not in line:
        return None
    from flask_status_cli.formats.families.ltsv_and_logfmt import read_ltsv as read

    return read(line, zone=zone, newest=newest)


def read_logfmt(line: bytes, *, zone: tzinfo, newest: int | None) -> Read:
    """Read names and values with an equals sign between them."""
    if b"=" not in line:
        return None
    from flask_status_cli.formats.families.ltsv_and_logfmt import read_logfmt as read

    return read(line, zone=zone, newest=newest)


def names_json(line: bytes) -> list[tuple[str, bytes]]:
    """Split a JSON object."""
    from flask_status_cli.formats.families.json.json_lines import named

    return named(line)


def names_ltsv(line: bytes) -> list[tuple[str, bytes]]:
    """Split labels and values."""
    from flask_status_cli.formats.families.ltsv_and_logfmt import named_ltsv

    return named_ltsv(line)


def names_logfmt(line: bytes) -> list[tuple[str, bytes]]:
    """Split names and values."""
    from flask_status_cli.formats.families.ltsv_and_logfmt import named_logfmt

    return named_logfmt(line)


def names_servers(names: Sequence[str]) -> Callable[[bytes], list[tuple[str, bytes]]]:
    """Return a function that splits the lines of these servers."""

    def named(line: bytes) -> list[tuple[str, bytes]]:
        from flask_status_cli.formats.families.server_lines import named as apart

        return apart(line, names)

    return named


def reads_servers(names: Sequence[str]) -> Callable[..., Read]:
    """Return a function that reads the lines of these servers."""

    def read(line: bytes, *, zone: tzinfo, newest: int | None) -> Read:
        from flask_status_cli.formats.families.server_lines import read as read_line

        return read_line(line, names, zone=zone, newest=newest)

    return read


def server_variant(names: Sequence[str]) -> Callable[[bytes], str]:
    """Return a function that names the server of an entry's line."""

    def variant(line: bytes) -> str:
        from flask_status_cli.formats.families.server_lines import find

        found = find(line, names)
        return names[0] if found is None else found.server.name

    return variant
