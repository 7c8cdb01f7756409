"""Where a database is: the path of an SQLite file, or the URL of a PostgreSQL database."""

from __future__ import annotations

import re
from dataclasses import field
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import unquote

from flask_status_cli.frozen import frozen
from flask_status_cli.lazy_pattern import LazyPattern

SCHEMES: Final = ("postgresql://", "postgres://")
"""How the URL of a PostgreSQL database begins, as in libpq."""

DEFAULT_SCHEMA: Final = "flask_status"

_USER: Final = LazyPattern(r"[a-z]+://[^@/]*@")
"""The start of a URL up to the `@` after the user and the password, as libpq finds it."""

_PASSWORD: Final = LazyPattern(r"(?<=://)([^/@:]*):(?!\d+(?:,[^/@:]*:\d+)*/[^/@?]*\?)(.*)@")
"""The user and the password of a URL. A password may contain any character.

A port, followed by a database and a query with an `@`, is not a password.
"""

_SECRETS: Final = ("password", "sslpassword", "oauth_client_secret")
"""Parameters of libpq that are never shown."""

_CONNINFO: Final = LazyPattern(
    r"\s*(?:host|hostaddr|port|dbname|user|password|service|sslmode)\s*=", re.IGNORECASE
)

_SCHEMA: Final = LazyPattern(r"[a-z_][a-z0-9_]{0,62}")


class UrlFault(ValueError):  # noqa: N818 - it names what a URL is
    """An error in the URL of a database, and a hint how to mend it. Neither text contains the password."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what}; {hint}")
        self.what, self.hint = what, hint


@frozen
class DatabaseUrl:
    """The URL of a PostgreSQL database. `str()` and `repr()` of it hide the password.

    `conninfo` is the URL for libpq, including the password. `schema` is the schema with the tables.
    """

    conninfo: str = field(repr=False)
    schema: str = DEFAULT_SCHEMA

    def __str__(self) -> str:
        shown = shown_without_password(self.conninfo)
        if self.schema == DEFAULT_SCHEMA:
            return shown
        return f"{shown}{'&' if '?' in shown else '?'}schema={self.schema}"

    def __repr__(self) -> str:
        return f"DatabaseUrl({str(self)!r})"

    @property
    def text(self) -> str:
        """The URL as it was given, with its password."""
        if self.schema == DEFAULT_SCHEMA:
            return self.conninfo
        return f"{self.conninfo}{'&' if '?' in self.conninfo else '?'}schema={self.schema}"

    @property
    def has_password(self) -> bool:
        """Whether the URL contains a password."""
        return shown_without_password(self.conninfo) != self.conninfo


Database: TypeAlias = Path | DatabaseUrl


def is_url(text: str) -> bool:
    """Return whether a text is the URL of a PostgreSQL database."""
    return text.startswith(SCHEMES)


def is_conninfo(text: str) -> bool:
    """Return whether a text is a connection string of libpq, such as `host=db dbname=status`."""
    return bool(_CONNINFO.match(text))


def shown_without_password(text: str) -> str:
    """Return a URL of any kind with `***` in place of each password."""
    address, mark, query = _divided(text)
    if "@" not in address and _PASSWORD.search(text):
        return _PASSWORD.sub(r"\1:***@", text)
    parameters = "&".join(map(_without_secret, query.split("&")))
    return _PASSWORD.sub(r"\1:***@", address) + mark + parameters


def parse_url(text: str) -> DatabaseUrl:
    """Parse the URL of a PostgreSQL database. Raises `UrlFault` if the password or the schema is not allowed.

    The parameter `schema` is for flask-status. All other parameters are for libpq.
    """
    address, _, query = _divided(text)
    schema = DEFAULT_SCHEMA
    kept = []
    for each in query.split("&"):
        if each.startswith("schema="):
            schema = each.removeprefix("schema=")
        elif each:
            kept.append(each)
    if not _SCHEMA.fullmatch(schema):
        what = f"{schema!r} cannot be the name of a schema"
        raise UrlFault(what, "use small letters, digits and _")
    rest = address.removeprefix(_user(address))
    if "@" in rest or (rest == address and _PASSWORD.search(text)):
        raise UrlFault("the password holds a / or an @", "write %2F for /, and %40 for @")
    return DatabaseUrl("?".join(filter(None, (address, "&".join(kept)))), schema)


def _user(text: str) -> str:
    found = _USER.match(text)
    return found[0] if found else ""


def _divided(text: str) -> tuple[str, str, str]:
    """Split a URL at the `?` before its parameters. A `?` in the password does not count."""
    user = _user(text)
    address, mark, query = text.removeprefix(user).partition("?")
    return user + address, mark, query


def _without_secret(parameter: str) -> str:
    name, mark, _ = parameter.partition("=")
    return f"{name}{mark}***" if mark and unquote(name).lower() in _SECRETS else parameter
