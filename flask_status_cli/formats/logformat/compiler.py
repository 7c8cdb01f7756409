"""Compiles an Apache LogFormat string to a layout: the fields, and a pattern that splits a line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.logformat.apache_field_names import field_name
from flask_status_cli.formats.logformat.directives import OPTION, Directive, parse
from flask_status_cli.formats.logformat.duration_fields import chosen, duration_place, duration_tail
from flask_status_cli.formats.logformat.gunicorn_log_format import as_apache, is_gunicorn
from flask_status_cli.formats.logformat.layout import BACKSLASH, Layout
from flask_status_cli.formats.logformat.line_pattern import (
    FIXED,
    LOOSE,
    NUMBER,
    STRING,
    Atom,
    Field,
    compile_fields,
    needed,
)
from flask_status_cli.formats.logformat.strftime import TimeReader, pattern_of, without_group_names
from flask_status_cli.formats.reason_phrases import ARGUMENT, OPTIONAL, VARIABLE

# Our names for fields that have other names in apache-log-parser.
_OURS: Mapping[str, str] = MappingProxyType(
    {
        "remote_logname": "ident",
        "remote_user": "user",
        "time_received": "time",
        "request_first_line": "request",
        "response_bytes": "size",
        "response_bytes_clf": "size",
        "bytes_tx": "size",
        "server_name": "vhost",
        "server_name2": "vhost",
        "request_header_referer": "referer",
        "request_header_user_agent": "user_agent",
        "url_path": "path",
        "query_string": "query",
    }
)
# Directives of httpd 2.4 that apache-log-parser does not know.
_LATER: Mapping[str, str] = MappingProxyType(
    {
        "L": "log_id",
        "S": "bytes_transferred",
        "^FB": "time_to_first_byte_us",
        "^ti": "request_trailer",
        "^to": "response_trailer",
    }
)
# The part of a request in each directive, for formats without a request line.
_ROLES: Mapping[str, str] = MappingProxyType({"m": "method", "U": "path", "q": "query"})
_SHAPES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("B", "b", "D", "I", "O", "S", "T", "k", "p", "^FB"), NUMBER)
    | dict.fromkeys(("u", "r", "U", "f", "i", "o", "e", "n", "C", "x", "V", "^ti", "^to"), LOOSE)
)
# Variables of httpd's modules whose values have no blanks.
_WORDS = frozenset(("SSL_PROTOCOL", "SSL_CIPHER", "UNIQUE_ID"))
STATUS = r"\d{3}|-"
RAW_ROLE = "uri"
"""The role of a target that is unchanged, as the client sent it."""


def compile_format(text: str) -> Layout:
    """Compile a LogFormat string; raises `OptionError` if a field is missing or a line is ambiguous."""
    items = parse(as_apache(text) if is_gunicorn(text) else text)
    directives = [item for item in items if isinstance(item, Directive)]
    status = _final_status(directives)
    _check_complete(directives)
    lines = [one for one in directives if one.letter == "r" and not one.conditional]
    roles = {id(status): "status"} | {id(one): "request" for one in lines[:1]}
    if not lines:
        roles |= {id(one): _role(one) for one in directives if one is not status}
    wholes: list[Atom] = [
        item if isinstance(item, str) else _field(item, roles.get(id(item), "")) for item in items
    ]
    clock = TimeReader([one for one in directives if one.letter == "t" and not one.conditional])
    if not clock.complete:
        hint = "add %t, or %{sec}t"
        raise OptionError(OPTION, "its time lacks a part of date, hour and minute", hint)
    return layout_of(text, wholes, clock)


def layout_of(
    text: str,
    wholes: Sequence[Atom],
    clock: TimeReader,
    *,
    no_query: bytes = b"",
    escape: str = BACKSLASH,
) -> Layout:
    """Return the layout of these literals and fields; raises `OptionError` if a line would be ambiguous."""
    pattern, fields = compile_fields(wholes)
    head = needed(wholes)
    if head is None:
        took = duration_place(fields)
        return Layout(
            text, pattern.encode(), fields, clock, no_query=no_query, took=took, escape=escape
        )
    begin, another = _head_pattern(head, wholes), _another(wholes)
    tail = duration_tail(wholes, head)
    took = None if tail else duration_place(compile_fields(head, wholes)[1])
    whole = pattern.encode()
    at = None if took or tail else chosen(wholes)
    lost = "" if at is None else str(getattr(wholes[at], "written", ""))
    return Layout(text, whole, fields, clock, begin, another, no_query, took, tail, escape, lost)


def _head_pattern(head: Sequence[Atom], whole: Sequence[Atom]) -> bytes:
    pattern, _ = compile_fields(head, whole)
    return (pattern + r"(?=[\s|;,\"]|\Z)").encode()


def _another(items: Sequence[Atom]) -> bytes:
    """Return a pattern that finds a second record in the same line: a time next to a quote.

    A visitor cannot send text that matches, because servers escape quotes. The pattern is empty if the format
    has two times, or no quote next to the time.
    """
    times = [
        (at, item.pattern)
        for at, item in enumerate(items)
        if isinstance(item, Field) and item.role == "time"
    ]
    if len(times) != 1 or ":" not in times[0][1].replace("?:", ""):
        return b""
    at, pattern = times[0]
    before, behind = _literal(items, at - 1), _literal(items, at + 1)
    if '"' in behind:
        return (pattern + re.escape(behind)).encode()
    return (rf"(?<!\\){re.escape(before)}{pattern}" if before[:1] == '"' else "").encode()


def _literal(items: Sequence[Atom], at: int) -> str:
    item = items[at] if 0 <= at < len(items) else ""
    return item if isinstance(item, str) else ""


def _final_status(directives: Sequence[Directive]) -> Directive | None:
    """Return the directive of the final status, else that of the original status, else `None`."""
    found = [one for one in directives if _is_status(one) and not one.conditional]
    return next((one for one in found if one.original == ">"), found[0] if found else None)


def _role(directive: Directive) -> str:
    return RAW_ROLE if _is_raw_target(directive) else _ROLES.get(directive.letter, "")


def _is_raw_target(directive: Directive) -> bool:
    """Return whether a directive is `%{raw}U`: the target as the client sent it. Apache has none for it."""
    return directive.letter == "U" and directive.argument == "raw"


def _is_status(directive: Directive) -> bool:
    return directive.letter == "s" and directive.argument != ARGUMENT


def _check_complete(directives: Sequence[Directive]) -> None:
    letters = {one.letter for one in directives if not one.conditional}
    missing = []
    if not any(_is_status(one) and not one.conditional for one in directives):
        missing.append("a status (%>s)")
    if "t" not in letters:
        missing.append("a time (%t)")
    if "r" not in letters and not {"m", "U"} <= letters:
        missing.append('a request ("%r", or %m with %U%q)')
    if missing:
        raise OptionError(
            OPTION, f"the format lacks {' and '.join(missing)}", "add what is missing"
        )


def _field(directive: Directive, role: str) -> Field:
    if directive.letter == "s" and directive.argument == ARGUMENT:
        return Field(VARIABLE, directive.written, FIXED, "", OPTIONAL)
    if _is_raw_target(directive):
        return Field("target", directive.written, LOOSE, role)
    name = _name(directive)
    letter, written = directive.letter, directive.written
    if directive.conditional:
        shape = _SHAPES.get(letter, STRING)
        return Field(name, written, LOOSE if letter in "st" else shape)
    if letter == "t":
        return Field("time", written, FIXED, "time", without_group_names(pattern_of(directive)))
    if letter == "s":
        return Field(name if role else "original_status", written, FIXED, role, STATUS)
    shape = STRING if directive.argument in _WORDS else _SHAPES.get(letter, STRING)
    return Field(name, written, shape, role)


def _name(directive: Directive) -> str:
    if directive.letter == "t":
        return "time"
    name = field_name(directive.letter, directive.argument) or _LATER.get(directive.letter)
    if name is None:
        hint = "directives are those of Apache's mod_log_config, mod_logio and mod_ssl"
        raise OptionError(OPTION, f"{directive.written} is not a known directive", hint)
    return _OURS.get(name, name)
