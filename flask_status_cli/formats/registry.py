"""The built-in formats, those of LogFormat strings, and the families that read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.counting.bulk import Shapes
from flask_status_cli.formats.counting.line_cache import Alike
from flask_status_cli.formats.counting.line_loop import (
    ClfLoop,
    FastLoop,
    LineLoop,
    Resolve,
    TimedClfLoop,
    WerkzeugLoop,
)
from flask_status_cli.formats.counting.totals import Totals
from flask_status_cli.formats.families import bulk_patterns as shapes
from flask_status_cli.formats.families import clf, werkzeug
from flask_status_cli.formats.families.imported_when_read import (
    names_json,
    names_logfmt,
    names_ltsv,
    names_servers,
    read_json,
    read_logfmt,
    read_ltsv,
    reads_servers,
    server_variant,
)
from flask_status_cli.formats.families.request_without_time import Timeless
from flask_status_cli.formats.families.servers import SERVERS
from flask_status_cli.formats.lazy_pattern import LazyPattern
from flask_status_cli.formats.logformat.builtin_layouts import DECLARED
from flask_status_cli.formats.refusal_reasons import TWO_RECORDS
from flask_status_cli.model import LogEntry

if TYPE_CHECKING:
    from flask_status_cli.formats.logformat.layout import Layout


Named = Callable[[bytes], list[tuple[str, bytes]]]
"""Takes a line apart into its fields by name, in their order."""


class Reader(Protocol):
    """Reads one line: an entry, the reason why it is damaged, or `None` if it is of another family.

    It is `Timeless` if the line does not tell when the request was.
    """

    def __call__(
        self, line: bytes, *, zone: tzinfo, newest: int | None
    ) -> LogEntry | Timeless | str | None:
        """Read a line without its line end."""


@dataclass(frozen=True, slots=True)
class Family:
    """Formats with the same reader, and the loop that counts their plain lines fast.

    `shapes` are those of plain lines, which are counted even faster. `pattern` names the server whose lines a
    pattern of the table reads. `named` takes a line apart for people. `plain_requests` says that requests are
    logged as `PlainRequests` reads them.
    """

    read: Reader
    variant: Callable[[bytes], str]
    loop: Callable[[Resolve, Alike, tzinfo, Totals], FastLoop]
    shapes: Callable[[tzinfo], Shapes] | None = None
    pattern: str = ""
    named: Named | None = None
    plain_requests: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """A format with its usual name. `local_time` says that its stamps have no offset."""

    name: str
    family: Family
    local_time: bool


_CLF = Family(clf.read, clf.variant, ClfLoop, shapes.ClfShapes, plain_requests=True)
_WERKZEUG = Family(werkzeug.read, werkzeug.variant, WerkzeugLoop, shapes.WerkzeugShapes)


def _by_line(_resolve: Resolve, _alike: Alike, _zone: tzinfo, totals: Totals) -> FastLoop:
    return LineLoop(totals)


def _json_loop(resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> FastLoop:
    from flask_status_cli.formats.families.json.json_loop import JsonLoop

    return JsonLoop(resolve, alike, zone, totals)


_JSON = Family(read_json, lambda _line: "json", _json_loop, named=names_json)
_LTSV = Family(read_ltsv, lambda _line: "ltsv", _by_line, named=names_ltsv)
_LOGFMT = Family(read_logfmt, lambda _line: "logfmt", _by_line, named=names_logfmt)


def _pattern_family(*names: str) -> Family:
    return Family(
        reads_servers(names),
        server_variant(names),
        _by_line,
        pattern=" ".join(names),
        named=names_servers(names),
    )


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("combined", _CLF, local_time=False),
            Format("common", _CLF, local_time=False),
            Format("vhost_combined", _CLF, local_time=False),
            Format("werkzeug", _WERKZEUG, local_time=True),
            Format("json", _JSON, local_time=False),
            Format("ltsv", _LTSV, local_time=False),
            Format("logfmt", _LOGFMT, local_time=False),
            *(Format(one.name, _pattern_family(one.name), local_time=one.local) for one in SERVERS),
        )
    }
)
"""Every built-in format by name, the most common first."""

FORMAT_NAMES = tuple(FORMATS)
"""The names that `--format` accepts, besides LogFormat strings."""


JSON_MAP = "json:"
"""How the names of formats begin that are the keys of JSON lines."""

W3C = "#Fields:"
"""How the names of formats begin that are the header of a W3C log."""

_DECLARED = frozenset(declared.text for declared in DECLARED)

# What begins as common does is read as common is: what follows the status cannot change it.
_AS_COMMON = LazyPattern(
    r'(?:%v(?::%p)? )?%[ah] %l %u %t "%r" %>?s(?: (?!.*%[<>]?s)|\Z)'
    r"|(?:\$(?:host|server_name)(?::\$server_port)? )?\$remote_addr - \$remote_user "
    r'\[\$time_local\] "\$request" \$status(?: |\Z)'
)


def lookup(name: str) -> Format:
    """Return the format with this name, or that of a LogFormat string.

    Raises `OptionError` if the string cannot be used.
    """
    return FORMATS[name] if name in FORMATS else _described(name)


def known(name: str | None) -> bool:
    """Return whether a name that was stored once still names a format."""
    if name is None:
        return False
    try:
        lookup(name)
    except OptionError:
        return False
    return True


@lru_cache(maxsize=64)
def layout(text: str) -> Layout:
    """Compile a LogFormat or log_format string; raises `OptionError`."""
    from flask_status_cli.formats.logformat.nginx_log_format import compile_log_format, is_nginx

    if is_nginx(text):
        return compile_log_format(text)
    from flask_status_cli.formats.logformat.compiler import compile_format

    return compile_format(text)


def unquoted(text: str) -> str:
    """Remove the backslashes before quotes that a string from a configuration file has."""
    return text.replace('\\"', '"')


@lru_cache(maxsize=64)
def _described(text: str) -> Format:
    if text.startswith(W3C):
        return _w3c(text)
    if text.startswith(JSON_MAP):
        return _json_map(text)
    if unquoted(text) in _DECLARED:
        return Format(text, _CLF, local_time=False)
    found = layout(text)
    if _AS_COMMON.match(unquoted(_spelled(text))):
        return Format(text, _as_common(found), local_time=False)

    return Format(text, Family(found.read, found.variant, _by_line), local_time=found.clock.local)


def _spelled(text: str) -> str:
    """Return a string as it is compared with the usual ones: without what may be written in two ways."""
    from flask_status_cli.formats.logformat.gunicorn_log_format import as_apache, is_gunicorn
    from flask_status_cli.formats.logformat.nginx_log_format import spelled

    return as_apache(text) if is_gunicorn(text) else spelled(text)


def _w3c(text: str) -> Format:
    from flask_status_cli.formats.families.w3c import columns_of

    columns = columns_of(text)
    return Format(
        text, Family(columns.read, columns.variant, _by_line, named=columns.named), local_time=False
    )


def _json_map(text: str) -> Format:
    from flask_status_cli.formats.families.json.json_map import json_map

    keys = json_map(text)

    def loop(resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> FastLoop:
        from flask_status_cli.formats.families.json.json_loop import JsonLoop

        return JsonLoop(resolve, alike, zone, totals, keys)

    return Format(text, Family(keys.read, keys.variant, loop, named=keys.named), local_time=False)


def described(text: str) -> bool:
    """Return whether a text that is no format's name may describe one."""
    return "%" in text or "$" in text or text.startswith((W3C, JSON_MAP))


def families(order: Iterable[str] | None) -> tuple[Family, ...]:
    """Return the families of these formats, each once, in the order in which they try a line.

    Formats that are read by a pattern form one family, so that the prefix of a line is checked once.
    """
    return _families(FORMAT_NAMES if order is None else tuple(order))


@lru_cache(maxsize=64)
def _families(names: tuple[str, ...]) -> tuple[Family, ...]:
    found = [lookup(name).family for name in names]
    patterns = tuple(one.pattern for one in found if one.pattern)
    together = _pattern_family(*patterns) if len(patterns) > 1 else None
    return tuple(dict.fromkeys(together if one.pattern and together else one for one in found))


def _as_common(described: Layout) -> Family:
    """Return the family of a format that begins as common does, with the duration and the host behind."""
    tail = described.tail
    if tail is None or not tail.behind_blank:
        read = _as_described(clf.read, described)
        return Family(read, described.variant, ClfLoop, shapes.ClfShapes, plain_requests=True)

    def timed(zone: tzinfo) -> Shapes:
        return shapes.ClfShapes(zone, tail)

    read = _as_described(clf.reader(tail), described)
    return Family(read, described.variant, TimedClfLoop, timed)


def _as_described(read: Reader, described: Layout) -> Reader:
    """Return a reader that asks the whole format where only this can tell.

    That is the virtual host, and whether a second time is what a visitor wrote.
    """

    def read_line(
        line: bytes, *, zone: tzinfo, newest: int | None
    ) -> LogEntry | Timeless | str | None:
        found = read(line, zone=zone, newest=newest)
        if found == TWO_RECORDS:
            return described.read(line, zone=zone, newest=newest) or found
        if isinstance(found, LogEntry) and found.host is None and described.vhost is not None:
            return replace(found, host=described.host(line))
        return found

    return read_line
