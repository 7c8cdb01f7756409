"""Translates an `access_log_format` of gunicorn to a LogFormat string of Apache."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.logformat.directives import OPTION

# Source: gunicorn/config.py, access_log_format; gunicorn/glogging.py, atoms().
_ATOMS: Mapping[str, str] = MappingProxyType(
    {name: f"%{name}" for name in "hlutrmUqHBbTD"}
    | {
        "s": "%>s",
        "f": "%{Referer}i",
        "a": "%{User-Agent}i",
        "M": "%{ms}T",
        "L": "%{s}T",  # it has a fraction, so it is read before %T
        "p": "%P",
    }
)
_ATOM = re.compile(r"%\((?:(?P<atom>\w)|\{(?P<name>[^}]+)\}(?P<kind>[ioe]))\)s")
_BEGIN = "%("
_OF_UWSGI = re.compile(r"%\([a-z_]{2,16}\)(?!s)")


def is_gunicorn(text: str) -> bool:
    """Return whether a string has an atom of gunicorn."""
    return _BEGIN in text


def as_apache(text: str) -> str:
    """Return the string with Apache's directives instead of atoms.

    Raises `OptionError` at an unknown atom.
    """

    def directive(match: re.Match[str]) -> str:
        if match["name"]:
            return f"%{{{match['name']}}}{match['kind']}"
        return _ATOMS.get(match["atom"], match[0])

    found = _ATOM.sub(directive, text)
    if _BEGIN in found:
        atom = found[found.index(_BEGIN) :][:20]
        if (variable := _OF_UWSGI.match(atom)) is not None:
            raise OptionError(
                OPTION,
                f"{variable[0]!r} is of uWSGI's log-format. It escapes nothing: visitors could forge lines",
                "let uWSGI log without log-format, or leave out --format if its lines are like Apache's",
            )
        raise OptionError(
            OPTION,
            f"{atom!r} is not an atom of gunicorn's access_log_format",
            "atoms are %(h)s to %(L)s",
        )
    return found
