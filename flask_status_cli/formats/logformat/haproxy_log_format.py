"""Compiles a `log-format` of HAProxy to a layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.logformat.compiler import layout_of
from flask_status_cli.formats.logformat.directives import OPTION, Directive, joined
from flask_status_cli.formats.logformat.layout import Layout
from flask_status_cli.formats.logformat.line_pattern import FIXED, LOOSE, STRING, Atom, Field
from flask_status_cli.formats.logformat.strftime import TimeReader, pattern_of, without_group_names

# Source: HAProxy's configuration manual, "Custom log format"; src/log.c.
_TIMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    dict.fromkeys(("t", "tr"), ("%d/%b/%Y:%H:%M:%S", ".", "msec_frac"))
    | dict.fromkeys(("T", "Tl", "trg", "trl"), ("%d/%b/%Y:%H:%M:%S %z",))
    | {"Ts": ("sec",), "ms": ("msec_frac",)}
)
"""The aliases of times, as the arguments of Apache's `%{...}t`.

`%t` and `%tr` are local, without an offset.
"""

_ROLES: Mapping[str, str] = MappingProxyType(
    {"ST": "status", "r": "request", "HM": "method", "HU": "uri", "HP": "uri"}
)
_NAMES: Mapping[str, str] = MappingProxyType({"ci": "remote_host", "H": "host_name"})
_NUMBER: Final = r"[-+]?\d*+"
_STATUS: Final = r"\d{3}|-1"
_CAPTURES: Final = r"(?:\{[^{}\"]*+\} ){0,2}"
"""The captured headers, each behind a blank. HAProxy leaves out the blank if there are none."""

_IS_HAPROXY = re.compile(r"%(?:\{[^}]*\})?ST(?![A-Za-z])")
_STATEMENT = re.compile(r"\s*log-format\s+")
_ITEM = re.compile(
    r"%(?:\{(?P<flags>[^}]*)\})?(?:(?P<alias>[A-Za-z]{1,5})|\[(?P<fetch>(?:[^\]\\]|\\.)*)\])"
    r"|(?P<percent>%%)|\\(?P<escaped>.)|(?P<text>[^%\\]+)|(?P<broken>[%\\].{0,40})",
    re.DOTALL,
)


def is_haproxy(text: str) -> bool:
    """Return whether a format string has HAProxy's alias of the status. No other server has one like it."""
    return _IS_HAPROXY.search(text) is not None


def compile_haproxy(text: str) -> Layout:
    """Compile a log-format string, or a whole `log-format` line.

    Raises `OptionError` if a field is missing or a line is ambiguous.
    """
    items = joined(_items(_string(text)))
    times = [item for item in items if isinstance(item, Directive) and item.letter == "t"]
    clock = TimeReader(times)
    named = {item.written.lstrip("%") for item in items if isinstance(item, Directive)}
    _check_complete(named, clock)
    roles = {"ST", "r"} if "r" in named else {"ST", "HM", "HU" if "HU" in named else "HP"}
    wholes = [item if isinstance(item, str) else _field(item, roles) for item in items]
    return layout_of(text, _with_captures(wholes), clock, escape="hash")


def _string(text: str) -> str:
    """Return the string of a whole line. Quotes around it are left out."""
    text = _STATEMENT.sub("", text, count=1).strip()
    for quote in "\"'":
        if len(text) > 1 and text.startswith(quote) and text.endswith(quote):
            return text[1:-1]
    return text


def _items(text: str) -> Iterator[str | Directive]:
    for match in _ITEM.finditer(text):
        alias, quoted = match["alias"], "+Q" in (match["flags"] or "")
        if alias == "o" and quoted:
            what = f"{match[0]} quotes some of the fields after it"
            raise OptionError(
                OPTION, what, "leave it out, and write quotes where the lines have them"
            )
        if alias in _TIMES:
            for part in _TIMES[alias]:
                of_time = Directive(f"%{alias}", "t", part, "", conditional=False)
                yield part if part == "." else of_time
        elif alias or match["fetch"] is not None:
            one = Directive(f"%{alias or '[]'}", "", None, "", conditional=not quoted)
            yield from ('"', one, '"') if quoted else (one,)
        elif match["broken"]:
            what = f"{match['broken']!r} is not an alias of HAProxy's log-format"
            raise OptionError(OPTION, what, "a percent sign is written %%")
        else:
            yield "%" if match["percent"] else match["escaped"] or match["text"]


def _check_complete(named: set[str], clock: TimeReader) -> None:
    missing = [] if clock.complete else ["a time (%tr)"]
    if "r" not in named and not ("HM" in named and {"HU", "HP"} & named):
        missing.append("a request (%{+Q}r, or %HM with %HU)")
    if missing:
        raise OptionError(
            OPTION, f"the format lacks {' and '.join(missing)}", "add what is missing"
        )


def _field(item: Directive, roles: set[str]) -> Field:
    alias = item.written.lstrip("%")
    if item.letter == "t":
        return Field("time", alias, FIXED, "time", without_group_names(pattern_of(item)))
    role = _ROLES[alias] if alias in roles else ""
    name = {"ST": "status", "r": "request", "HM": "method", "HU": "uri", "HP": "path"}.get(alias)
    if alias == "ST":
        return Field("status", item.written, FIXED, role, _STATUS)
    if alias in ("Ta", "Tt", "Tu"):
        return Field(alias, item.written, FIXED, "", _NUMBER)
    loose = alias in ("r", "HU", "HP", "HQ") or not item.conditional
    shape = LOOSE if loose else STRING
    return Field(name or _NAMES.get(alias, alias), item.written, shape, role)


def _with_captures(wholes: list[Atom]) -> list[Atom]:
    """Return the same items, but one field for captured headers together with the blanks behind them."""
    found: list[Atom] = []
    for item in wholes:
        captured = isinstance(item, Field) and item.written in ("%hr", "%hs")
        last = found[-1] if found else ""
        if captured:
            if not (isinstance(last, Field) and last.pattern == _CAPTURES):
                found.append(Field("captured_headers", "%hr", FIXED, "", _CAPTURES))
        elif isinstance(last, Field) and last.pattern == _CAPTURES and isinstance(item, str):
            rest = item.removeprefix(" ")
            found += [rest] if rest else []
        else:
            found.append(item)
    return found
