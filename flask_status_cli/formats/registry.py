"""The built-in formats, those of LogFormat strings, and the families that read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    WerkzeugLoop,
)
from flask_status_cli.formats.counting.totals import Totals
from flask_status_cli.formats.families import bulk_patterns as shapes
from flask_status_cli.formats.families import clf, werkzeug
from flask_status_cli.formats.logformat.builtin_layouts import DECLARED
from flask_status_cli.model import LogEntry

if TYPE_CHECKING:
    from flask_status_cli.formats.logformat.layout import Layout


class Reader(Protocol):
    """Reads one line: an entry, the reason why it is damaged, or `None` if it is of another family."""

    def __call__(self, line: bytes, *, zone: tzinfo, newest: int | None) -> LogEntry | str | None:
        """Read a line without its line end."""


@dataclass(frozen=True, slots=True)
class Family:
    """Formats with the same reader, and the loop that counts their plain lines fast.

    `shapes` are those of plain lines, which are counted even faster.
    """

    read: Reader
    variant: Callable[[bytes], str]
    loop: Callable[[Resolve, Alike, tzinfo, Totals], FastLoop]
    shapes: Callable[[tzinfo], Shapes] | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """A format with its usual name. `local_time` says that its stamps have no offset."""

    name: str
    family: Family
    local_time: bool


_CLF = Family(clf.read, clf.variant, ClfLoop, shapes.ClfShapes)
_WERKZEUG = Family(werkzeug.read, werkzeug.variant, WerkzeugLoop, shapes.WerkzeugShapes)

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("combined", _CLF, local_time=False),
            Format("common", _CLF, local_time=False),
            Format("vhost_combined", _CLF, local_time=False),
            Format("werkzeug", _WERKZEUG, local_time=True),
        )
    }
)
"""Every built-in format by name, the most common first."""

FORMAT_NAMES = tuple(FORMATS)
"""The names that `--format` accepts, besides LogFormat strings."""


_DECLARED = frozenset(declared.text for declared in DECLARED)

# What begins as common does is read as common is: what follows the status cannot change it.
_AS_COMMON = re.compile(
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
    if unquoted(text) in _DECLARED:
        return Format(text, _CLF, local_time=False)
    described = layout(text)
    from flask_status_cli.formats.logformat.nginx_log_format import spelled

    if _AS_COMMON.match(unquoted(spelled(text))):
        family = Family(clf.read, described.variant, ClfLoop, shapes.ClfShapes)
        return Format(text, family, local_time=False)

    def loop(_resolve: Resolve, _alike: Alike, _zone: tzinfo, totals: Totals) -> FastLoop:
        return LineLoop(totals)

    return Format(
        text, Family(described.read, described.variant, loop), local_time=described.clock.local
    )


def families(order: Sequence[str] | None) -> tuple[Family, ...]:
    """Return the families of these formats, each once, in the order in which they try a line."""
    names = FORMAT_NAMES if order is None else order
    return tuple(dict.fromkeys(lookup(name).family for name in names))
