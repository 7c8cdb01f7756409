"""Where a database is: the path of an SQLite file, or the URL of a PostgreSQL database."""

from __future__ import annotations

import re
from dataclasses import field
from pathlib import Path
from typing import Final, TypeAlias

from flask_status_cli.frozen import frozen

SCHEMES: Final = ("postgresql://", "postgres://")
"""How the URL of a PostgreSQL database begins, as in libpq."""

DEFAULT_SCHEMA: Final = "flask_status"

_PASSWORD: Final = re.compile(r"(?<=://)([^/?#@:]*):([^/?#@]*)@")
_PASSWORD_PARAMETER: Final = re.compile(r"([?&](?:ssl)?password=)[^&]*", re.IGNORECASE)
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@frozen
class DatabaseUrl:
    """The URL of a PostgreSQL database. `str()` and `repr()` of it hide the password.

    `conninfo` is the URL for libpq, including the password. `schema` is the schema with the tables.
    """

    conninfo: str = field(repr=False)
    schema: str = DEFAULT_SCHEMA

    def __str__(self) -> str:
        shown = _PASSWORD.sub(r"\1:***@", self.conninfo)
        shown = _PASSWORD_PARAMETER.sub(r"\1***", shown)
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
        """Whether the URL holds a password."""
        return bool(_PASSWORD.search(self.conninfo) or _PASSWORD_PARAMETER.search(self.conninfo))


Database: TypeAlias = Path | DatabaseUrl


def is_url(text: str) -> bool:
    """Return whether a text is the URL of a PostgreSQL database."""
    return text.startswith(SCHEMES)


def parse_url(text: str) -> DatabaseUrl:
    """Parse the URL of a PostgreSQL database. Raises `ValueError` if it names a schema in a way not allowed.

    The parameter `schema` is for flask-status. All other parameters are for libpq.
    """
    address, mark, query = text.partition("?")
    schema = DEFAULT_SCHEMA
    if mark:
        parameters = query.split("&")
        kept = [each for each in parameters if not each.startswith("schema=")]
        named = [each for each in parameters if each.startswith("schema=")]
        schema = named[-1].removeprefix("schema=") if named else schema
        query = "&".join(kept)
    if not _SCHEMA.fullmatch(schema):
        raise ValueError(schema)
    return DatabaseUrl(f"{address}?{query}" if query else address, schema)
