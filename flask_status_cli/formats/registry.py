"""The formats by name, and the families that read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.counting.block_counter import LineShapes
from flask_status_cli.formats.counting.line_cache import Alike
from flask_status_cli.formats.counting.line_loop import (
    ClfLoop,
    FastLoop,
    Resolve,
    WerkzeugLoop,
)
from flask_status_cli.formats.counting.totals import Totals
from flask_status_cli.formats.families import bulk_patterns as shapes
from flask_status_cli.formats.families import clf, werkzeug
from flask_status_cli.formats.families.imported_when_read import (
    read_json,
    read_logfmt,
    read_ltsv,
    server_reader,
    server_splitter,
    server_variant,
    split_json,
    split_logfmt,
    split_ltsv,
)
from flask_status_cli.formats.families.request_without_time import EntryWithoutTime
from flask_status_cli.formats.families.servers import SERVERS
from flask_status_cli.formats.logformat.builtin_layouts import DECLARED
from flask_status_cli.formats.records.carried_loop import in_carried_lines
from flask_status_cli.formats.refusal_reasons import TWO_RECORDS
from flask_status_cli.frozen import frozen, replace
from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.model import LogEntry

if TYPE_CHECKING:
    from flask_status_cli.formats.logformat.layout import Layout


Named = Callable[[bytes], list[tuple[str, bytes]]]
"""A function that splits a line into fields: their names and values, in the order of the line."""


class Reader(Protocol):
    """A function that reads one line of a family.

    It returns an entry, the reason why the line is damaged, or `None` for a line of another family. An entry
    without a time is `EntryWithoutTime`.
    """

    def __call__(
        self, line: bytes, *, zone: tzinfo, newest: int | None
    ) -> LogEntry | EntryWithoutTime | str | None:
        """Read a line without its line end."""


@frozen
class Family:
    """Formats with the same reader.

    - `read`: reads one line.
    - `variant`: returns the name of the format of an entry's line.
    - `variant_of_all`: returns the same for whole lines, if all have one format and that is quick to prove.
    - `loop`: makes the loop that counts plain lines fast.
    - `shapes`: makes the shapes of plain lines that are counted many at once, even faster.
    - `pattern`: the names of the servers whose patterns in the table are used.
    - `named`: splits a line for people.
    - `plain_requests`: whether `PlainRequests` can read the requests.
    - `hosts_before`: whether the virtual host can stand before the client, and nowhere else.
    """

    read: Reader
    variant: Callable[[bytes], str]
    loop: Callable[[Resolve, Alike, tzinfo, Totals], FastLoop]
    shapes: Callable[[tzinfo], LineShapes] | None = None
    pattern: str = ""
    named: Named | None = None
    plain_requests: bool = False
    hosts_before: bool = False
    variant_of_all: Callable[[bytes], str | None] = lambda _lines: None


@frozen
class Format:
    """A format and its name.

    - `local_time`: whether its times have no offset. If it is `None`, only the lines show it.
    - `lost_duration`: the directive of a duration that cannot be found in a line, empty if there is none.
    - `unsure_duration`: the directive of one whose unit depends on the server, empty if there is none.
    """

    name: str
    family: Family
    local_time: bool | None
    lost_duration: str = ""
    unsure_duration: str = ""


_CLF = Family(
    clf.read,
    clf.variant,
    in_carried_lines(ClfLoop),
    shapes.ClfShapes,
    plain_requests=True,
    hosts_before=True,
    variant_of_all=clf.variant_of_all,
)
_WERKZEUG = Family(
    werkzeug.read, werkzeug.variant, in_carried_lines(WerkzeugLoop), shapes.WerkzeugShapes
)


def _json_loop(resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> FastLoop:
    from flask_status_cli.formats.families.json.json_loop import JsonLoop

    return JsonLoop(resolve, alike, zone, totals)


_JSON = Family(read_json, lambda _line: "json", _json_loop, named=split_json)


def _named_loop(dialect: str) -> Callable[[Resolve, Alike, tzinfo, Totals], FastLoop]:
    """Return a function that makes a loop for a dialect of `ltsv_and_logfmt`."""

    def loop(resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> FastLoop:
        from flask_status_cli.formats.families import ltsv_and_logfmt
        from flask_status_cli.formats.records.named_records import NamedRecords
        from flask_status_cli.formats.records.record_loop import record_loop

        records = NamedRecords(getattr(ltsv_and_logfmt, dialect))
        return record_loop(records, resolve, alike, zone, totals)

    return loop


_LTSV = Family(read_ltsv, lambda _line: "ltsv", _named_loop("LTSV"), named=split_ltsv)
_LOGFMT = Family(read_logfmt, lambda _line: "logfmt", _named_loop("LOGFMT"), named=split_logfmt)


def _pattern_family(*names: str) -> Family:
    def loop(resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> FastLoop:
        from flask_status_cli.formats.records.record_loop import record_loop
        from flask_status_cli.formats.records.server_records import ServerRecords

        return record_loop(ServerRecords(names[0]), resolve, alike, zone, totals)

    return Family(
        server_reader(names),
        server_variant(names),
        loop,
        pattern=" ".join(names),
        named=server_splitter(names),
    )


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("combined", _CLF, local_time=False),
            Format("common", _CLF, local_time=False),
            Format("vhost_combined", _CLF, local_time=False),
            Format("werkzeug", _WERKZEUG, local_time=True),
            Format("json", _JSON, local_time=None),
            Format("ltsv", _LTSV, local_time=None),
            Format("logfmt", _LOGFMT, local_time=None),
            *(Format(one.name, _pattern_family(one.name), local_time=one.local) for one in SERVERS),
        )
    }
)
"""Every built-in format by name, the most common first."""

FORMAT_NAMES = tuple(FORMATS)
"""The names that `--format` accepts, besides LogFormat strings."""


JSON_MAP = "json:"
"""The beginning of a format's name that gives keys of JSON lines."""

W3C = "#Fields:"
"""The beginning of a format's name that is the header of a W3C log."""

_DECLARED = frozenset(declared.text for declared in DECLARED)

# Format strings that begin like `common`. They are read like it: text after the status cannot change the
# rest.
_AS_COMMON = LazyPattern(
    r'(?:%v(?::%p)? )?%[ah] %l %u %t "%r" %>?s(?: (?!.*%[<>]?s)|\Z)'
    r"|(?:\$(?:host|server_name)(?::\$server_port)? )?\$remote_addr - \$remote_user "
    r'\[\$time_local\] "\$request" \$status(?: |\Z)'
)


def lookup(name: str) -> Format:
    """Return the format with this name, or the format of a LogFormat string.

    Raises `OptionError` if the string cannot be used.
    """
    return FORMATS[name] if name in FORMATS else _described(name)


def known(name: str | None) -> bool:
    """Return whether a name from the database still is the name of a format."""
    if name is None:
        return False
    try:
        lookup(name)
    except OptionError:
        return False
    return True


@lru_cache(maxsize=64)
def compile_layout(text: str) -> Layout:
    """Compile a LogFormat or log_format string; raises `OptionError`."""
    from flask_status_cli.formats.logformat.nginx_log_format import compile_log_format, is_nginx

    if is_nginx(text):
        return compile_log_format(text)
    from flask_status_cli.formats.logformat.haproxy_log_format import compile_haproxy, is_haproxy

    if is_haproxy(text):
        return compile_haproxy(text)
    from flask_status_cli.formats.logformat.compiler import compile_format

    return compile_format(text)


def unquoted(text: str) -> str:
    """Return a format string without the backslashes before quotes that configuration files need."""
    return text.replace('\\"', '"')


@lru_cache(maxsize=64)
def _described(text: str) -> Format:
    if text.startswith(W3C):
        return _w3c(text)
    if text.startswith(JSON_MAP):
        return _json_map(text)
    if unquoted(text) in _DECLARED:
        return Format(text, _CLF, local_time=False)
    found = compile_layout(text)
    if _AS_COMMON.match(unquoted(_spelled(text))):
        local, family = False, _as_common(found)
    else:
        local = found.clock.local
        family = Family(found.read, found.variant, _layout_loop(found))
    return Format(text, family, local, found.lost, found.unsure_duration)


def _layout_loop(described: Layout) -> Callable[[Resolve, Alike, tzinfo, Totals], FastLoop]:
    """Return what makes a loop for the lines of a format string."""

    def loop(resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> FastLoop:
        from flask_status_cli.formats.records.layout_records import LayoutRecords
        from flask_status_cli.formats.records.record_loop import record_loop

        return record_loop(LayoutRecords(described), resolve, alike, zone, totals)

    return loop


def _spelled(text: str) -> str:
    """Return a format string in its usual spelling, so that it can be compared with others."""
    from flask_status_cli.formats.logformat.gunicorn_log_format import as_apache, is_gunicorn
    from flask_status_cli.formats.logformat.nginx_log_format import spelled

    return as_apache(text) if is_gunicorn(text) else spelled(text)


def _w3c(text: str) -> Format:
    from flask_status_cli.formats.families.w3c import columns_of

    columns = columns_of(text)

    def loop(resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> FastLoop:
        from flask_status_cli.formats.records.column_records import ColumnRecords
        from flask_status_cli.formats.records.record_loop import RecordLoop

        return RecordLoop(ColumnRecords(columns), resolve, alike, zone, totals)

    family = Family(columns.read, columns.variant, loop, named=columns.named)
    return Format(text, family, local_time=False, unsure_duration=columns.unsure_duration)


def _json_map(text: str) -> Format:
    from flask_status_cli.formats.families.json.json_map import json_map

    keys = json_map(text)

    def loop(resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> FastLoop:
        from flask_status_cli.formats.families.json.json_loop import JsonLoop

        return JsonLoop(resolve, alike, zone, totals, keys)

    return Format(text, Family(keys.read, keys.variant, loop, named=keys.named), local_time=None)


def may_be_format_string(text: str) -> bool:
    """Return whether a text may be a format string, rather than the name of a built-in format."""
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
    """Return the family of a format that begins like `common`. A duration and a host are read, too."""
    tail = described.tail
    if tail is None or not tail.behind_blank:
        read = _as_described(clf.read, described)
        plain = in_carried_lines(ClfLoop)
        return Family(read, described.variant, plain, shapes.ClfShapes, plain_requests=True)

    def timed(zone: tzinfo) -> LineShapes:
        return shapes.ClfShapes(zone, tail)

    def loop(resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> FastLoop:
        from flask_status_cli.formats.records.clf_records import ClfRecords
        from flask_status_cli.formats.records.record_loop import record_loop

        memo = ClfLoop(resolve, alike, zone, totals).memo
        return record_loop(ClfRecords(tail, memo), resolve, alike, zone, totals, memo=memo)

    read = _as_described(clf.reader(tail), described)
    return Family(read, described.variant, loop, timed, plain_requests=True)


def _as_described(read: Reader, described: Layout) -> Reader:
    """Return a reader that reads lines with `read`, and with the whole format only if this is needed.

    The whole format is needed for the virtual host. It also shows whether a visitor wrote a second time.
    """

    def read_line(
        line: bytes, *, zone: tzinfo, newest: int | None
    ) -> LogEntry | EntryWithoutTime | str | None:
        found = read(line, zone=zone, newest=newest)
        if found == TWO_RECORDS:
            return described.read(line, zone=zone, newest=newest) or found
        if isinstance(found, LogEntry) and found.host is None and described.vhost is not None:
            return replace(found, host=described.host(line))
        return found

    return read_line
