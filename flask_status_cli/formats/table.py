"""The built-in formats, and the families that read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from types import MappingProxyType
from typing import Protocol

from flask_status_cli.formats import clf, werkzeug
from flask_status_cli.formats.fast import ClfLoop, FastLoop, Resolve, WerkzeugLoop
from flask_status_cli.formats.memo import Alike
from flask_status_cli.formats.totals import Totals
from flask_status_cli.model import LogEntry


class Reader(Protocol):
    """Reads one line: an entry, why it is a damaged one, or `None` where it is of another family."""

    def __call__(self, line: bytes, *, zone: tzinfo, newest: int | None) -> LogEntry | str | None:
        """Read a line without its terminator."""


@dataclass(frozen=True, slots=True)
class Family:
    """Formats that one reader reads, with the loop that counts their plain lines fast."""

    read: Reader
    variant: Callable[[bytes], str]
    loop: Callable[[Resolve, Alike, tzinfo, Totals], FastLoop]


@dataclass(frozen=True, slots=True)
class Format:
    """A format under the name that people use for it; `local_time` where its stamps carry no offset."""

    name: str
    family: Family
    local_time: bool


_CLF = Family(clf.read, clf.variant, ClfLoop)
_WERKZEUG = Family(werkzeug.read, werkzeug.variant, WerkzeugLoop)

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
"""Every built-in format by name, the most usual first."""

FORMAT_NAMES = tuple(FORMATS)
"""The names that `--format` takes."""


def families(order: Sequence[str] | None) -> tuple[Family, ...]:
    """Return the families of these formats, each once, in the order in which they try a line."""
    names = FORMAT_NAMES if order is None else order
    return tuple(dict.fromkeys(FORMATS[name].family for name in names))
