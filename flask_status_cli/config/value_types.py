"""The types of configuration values. Each converts a TOML value into a setting, or raises `InvalidValue`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from flask_status_cli.frozen import frozen
from flask_status_cli.model.settings import Codes
from flask_status_cli.model.times import parse_duration, parse_length

if TYPE_CHECKING:
    from fractions import Fraction

T = TypeVar("T")


class InvalidValue(Exception):  # noqa: N818 - it names what a value is
    """A value is not valid for its key.

    `what` says what is wrong, `hint` what to write instead. `path` has the names and indexes that lead to the
    wrong part of a list or table.
    """

    def __init__(self, what: str, hint: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(what, hint)
        self.what = what
        self.hint = hint
        self.path = path


@frozen
class ValueType:
    """The type of a configuration key."""

    read: Callable[[object, Path], object]
    """Converts a TOML value into a setting. Relative paths are relative to the given directory."""

    variable: Callable[[str], object] | None = None
    """Converts the text of a variable into a TOML value. `None` means that no variable sets the key."""


def shown(value: object) -> str:
    """Return a short text about a TOML value for a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list" if len(value) != 1 else f"[{shown(value[0])}]"
    full = repr(value) if isinstance(value, str) else str(value)
    return full if len(full) <= 60 else f"{full[:59]}…"


def listed(words: Sequence[str], last: str = ", ") -> str:
    """Join words with commas. `last` is put before the last word instead of a comma."""
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def text(*, example: str, empty: bool = True, fits: str = "") -> ValueType:
    """Return the type of a text of one line. It must match the pattern `fits`, if given."""

    def read(value: object, _: Path) -> str:
        if not isinstance(value, str):
            raise InvalidValue(
                f"{shown(value)} is not a string", f'write it in quotes: "{example}"'
            )
        if "\n" in value or "\0" in value:
            raise InvalidValue("the text has more than one line", f'for example "{example}"')
        if (not empty and not value.strip()) or (fits and not re.fullmatch(fits, value)):
            raise InvalidValue(f"{shown(value)} is not allowed here", f'for example "{example}"')
        return value

    return ValueType(read, str)


def choice(*words: str) -> ValueType:
    """Return the type of a text that must be one of `words`."""

    def read(value: object, _: Path) -> str:
        if not isinstance(value, str) or value not in words:
            raise InvalidValue(
                f"{shown(value)} is not one of the choices", f"choose one of {listed(words)}"
            )
        return value

    return ValueType(read, str)


def whole(least: int, most: int) -> ValueType:
    """Return the type of a whole number from `least` to `most`."""
    hint = f"give a whole number from {least} to {most}"

    def read(value: object, _: Path) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise InvalidValue(f"{shown(value)} is not a whole number", hint)
        if not least <= value <= most:
            raise InvalidValue(f"{value} is out of range", hint)
        return value

    return ValueType(read, lambda given: int(given) if re.fullmatch(r"-?\d{1,9}", given) else given)


def _switch(value: object, _: Path) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue(
            f"{shown(value)} is neither true nor false", "write true or false, unquoted"
        )
    return value


SWITCH = ValueType(_switch, lambda given: {"true": True, "false": False}.get(given, given))


def _hosts(value: object, _: Path) -> tuple[str, ...] | bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, list) or not value or any(not isinstance(v, str) for v in value):
        hint = 'write true, or the hosts: ["shop.example", "api.example"]'
        raise InvalidValue(f"{shown(value)} is not a list of hosts", hint)
    return tuple(value)


_SWITCHES = {"true": True, "false": False}
HOSTS = ValueType(_hosts, lambda given: _SWITCHES.get(given, given.split(",")))


def _duration(value: object, _: Path) -> timedelta:
    try:
        return parse_length(value if isinstance(value, str) else shown(value))
    except ValueError:
        raise InvalidValue(f"{shown(value)} is not a length of time", _LENGTHS) from None


_LENGTHS = 'for example "90s", "15m", "2h", "1d" or "4w"'
DURATION = ValueType(_duration, str)


def _short(value: object, _: Path) -> timedelta:
    try:
        return parse_duration(value if isinstance(value, str) else "")
    except ValueError:
        hint = 'for example "500ms", "2s" or "1.5s"'
        raise InvalidValue(f"{shown(value)} is not a duration", hint) from None


SHORT = ValueType(_short, str)
"""The type of a short length of time, such as that of a request."""


def _share(value: object, _: Path) -> Fraction:
    from decimal import Decimal
    from fractions import Fraction

    hint = "give a share from 0 to 1, for example 0.99"
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InvalidValue(f"{shown(value)} is not a number", hint)
    if (isinstance(value, Decimal) and not value.is_finite()) or not 0 <= value <= 1:
        raise InvalidValue(f"{value} is out of range", hint)
    if isinstance(value, Decimal) and value.as_tuple().exponent < -12:  # type: ignore[operator]  # finite
        raise InvalidValue(f"{value} has too many digits", hint)
    return Fraction(value)


def _decimal(given: str) -> object:
    from decimal import Decimal

    return Decimal(given) if re.fullmatch(r"\d{1,3}(\.\d{1,12})?", given) else given


SHARE = ValueType(_share, _decimal)


def _threshold(value: object, base: Path) -> Fraction:
    share = _share(value, base)
    if not share:
        what = "with 0 everything is Fully Operational, even a total outage"
        raise InvalidValue(what, "give a share above 0, for example 0.99")
    return share


THRESHOLD = ValueType(_threshold, _decimal)
"""The type of the share at or above which a period is Fully Operational."""


SENT = frozenset({0, 9, *range(100, 600)})
"""The status codes that a log can have: those of RFC 9110, section 15, and 0 and 009 of nginx."""


def _codes(value: object, _: Path) -> Codes:
    hint = 'list codes and classes: [404, "5xx"]'
    for place, code in enumerate(_list(value, hint)):
        if isinstance(code, bool) or not isinstance(code, int | str):
            raise InvalidValue(f"{shown(code)} is not a status code", hint, (place,))
        if isinstance(code, str) and not re.fullmatch("[1-9]xx", code):
            raise InvalidValue(f"{shown(code)} is not a status code", hint, (place,))
        if not (code in SENT or (isinstance(code, str) and code[0] in "12345")):
            what = f"{shown(code)} is a status that no server sends or logs"
            raise InvalidValue(what, "codes go from 100 to 599, classes from 1xx to 5xx", (place,))
    return tuple(value)  # type: ignore[arg-type]  # each was checked


CODES = ValueType(_codes)


def texts(*, example: str) -> ValueType:
    """Return the type of a list of texts that are not empty."""
    hint = f'list strings: ["{example}"]'

    def read(value: object, _: Path) -> tuple[str, ...]:
        for place, one in enumerate(_list(value, hint)):
            if not isinstance(one, str) or not one or "\n" in one or "\0" in one:
                raise InvalidValue(f"{shown(one)} is not allowed here", hint, (place,))
        return tuple(value)  # type: ignore[arg-type]  # each was checked

    return ValueType(read)


def _file(value: object, base: Path) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise InvalidValue(f"{shown(value)} is not a path", 'write it in quotes: "status.db"')
    if "://" in value:
        raise InvalidValue(f"{shown(value)} is not a file", "give a path")
    return str(_below(base, value))


FILE = ValueType(_file, str)


_PATH_OR_URL = 'write "status.db", or "postgresql://user@host/db"'


def _database(value: object, base: Path) -> str:
    if not isinstance(value, str):
        return _file(value, base)
    from flask_status_cli.model.database_url import UrlFault, is_conninfo, is_url, parse_url

    if is_conninfo(value):
        raise InvalidValue("connection strings of libpq are not understood", _PATH_OR_URL)
    if is_url(value):
        try:
            parse_url(value)
        except UrlFault as fault:
            raise InvalidValue(fault.what, fault.hint) from None
        return value
    if "://" in value:
        scheme = value.partition("://")[0]
        raise InvalidValue(f"{shown(scheme)} is not a known kind of database", _PATH_OR_URL)
    return _file(value, base)


DATABASE = ValueType(_database, str)


def _path(value: object, base: Path) -> Path:
    return Path(_file(value, base))


PATH = ValueType(_path, str)


def _logs(value: object, base: Path) -> tuple[str, ...]:
    hint = 'list paths, globs or directories: ["/var/log/nginx/access.log"]'
    for place, log in enumerate(_list(value, hint)):
        if log == "-":
            raise InvalidValue("standard input cannot be a configured log", hint, (place,))
        if not isinstance(log, str) or not log or "\0" in log:
            raise InvalidValue(f"{shown(log)} is not a path", hint, (place,))
    return tuple(str(_below(base, log)) for log in value)  # type: ignore[attr-defined]  # a list


LOGS = ValueType(_logs, lambda given: given.split(":"))

_COMMANDS = 'list commands, each a list of its words: [["/usr/local/bin/page-me", "--quiet"]]'


def _commands(value: object, _: Path) -> tuple[tuple[str, ...], ...]:
    found = _list(value, _COMMANDS)
    commands = [found] if found and all(isinstance(word, str) for word in found) else found
    for place, words in enumerate(commands):
        if not words or not all(
            isinstance(w, str) and "\0" not in w for w in _list(words, _COMMANDS)
        ):
            raise InvalidValue(f"{shown(words)} is not a command", _COMMANDS, (place,))
    return tuple(tuple(words) for words in commands)  # type: ignore[arg-type]  # each was checked


COMMANDS = ValueType(_commands)


def address(*schemes: str) -> ValueType:
    """Return the type of a URL with one of these schemes."""
    hint = f"give a URL that begins with {listed([f'{scheme}:' for scheme in schemes], ' or ')}"

    def read(value: object, _: Path) -> str:
        if not isinstance(value, str) or not value.isprintable() or " " in value:
            raise InvalidValue(f"{shown(value)} is not a URL", hint)
        try:
            parts = urlsplit(value)
        except ValueError:
            raise InvalidValue(f"{shown(value)} is not a URL", hint) from None
        if parts.scheme not in schemes or not (parts.hostname or parts.scheme == "mailto"):
            raise InvalidValue(f"{shown(value)} is not such a URL", hint)
        return value

    return ValueType(read, str)


LINK = address("https", "http", "mailto")


def _links(value: object, base: Path) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        raise InvalidValue(f"{shown(value)} is not a table", 'write { "Imprint" = "https://…" }')
    for name, target in value.items():
        try:
            LINK.read(target, base)
        except InvalidValue as error:
            raise InvalidValue(error.what, error.hint, (name,)) from None
    return tuple(value.items())


LINKS = ValueType(_links)


def _list(value: object, hint: str) -> list[object]:
    if not isinstance(value, list):
        raise InvalidValue(f"{shown(value)} is not a list", hint)
    return value


def _below(base: Path, path: str) -> Path:
    """Return an absolute path. A relative one is below `base`; `~` becomes the home directory."""
    given = Path(path)
    if path.startswith("~"):
        try:
            given = given.expanduser()
        except RuntimeError:
            raise InvalidValue(
                f"{shown(path)}: no such home directory", "write the whole path"
            ) from None
    return base / given
