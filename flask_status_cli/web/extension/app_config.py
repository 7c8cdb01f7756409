"""Reads the settings and the database of the extension from the configuration of a Flask app."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from flask_status_cli.frozen import frozen
from flask_status_cli.model.database_url import Database, is_url, parse_url
from flask_status_cli.pipeline.database.file_kind import FileKind, kind_of

if TYPE_CHECKING:
    from flask import Flask

    from flask_status_cli.model.settings import Settings

PREFIX: Final = "FLASK_STATUS_"

OWN_KEYS: Final = ("FLASK_STATUS_ENABLED", "FLASK_STATUS_COUNT")
"""The keys that only the extension has. All others can also be set in the configuration file."""

OFF: Final = ("0", "false", "no", "off", "")
"""The texts that turn a switch off."""

FILE_NAME: Final = "flask-status.db"
"""The name of the default database, in the app's instance folder."""

THEIR_KEY: Final = "SQLALCHEMY_DATABASE_URI"

OUR_KEY: Final = "FLASK_STATUS_DB"


@frozen
class DatabaseChoice:
    """The database to use, and a warning about the choice. `database_of` makes it."""

    path: Database
    warning: str = ""


def is_on(app: Flask, key: str) -> bool:
    """Return whether a switch in the app's configuration is on. A text such as "off" turns it off."""
    value = app.config.get(key)
    return value.strip().lower() not in OFF if isinstance(value, str) else bool(value)


def settings_given_by(app: Flask) -> dict[str, object]:
    """Return the values in the app's configuration that are settings of flask-status, by their names."""
    return {
        key: str(value) if isinstance(value, os.PathLike) else value
        for key, value in app.config.items()
        if key.startswith(PREFIX) and key not in OWN_KEYS
    }


def variables_of(app: Flask) -> dict[str, str]:
    """Return these values as environment variables. Only texts, numbers and switches are included."""
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in settings_given_by(app).items()
        if isinstance(value, (str, int))
    }


def settings_of(app: Flask, routes: tuple[str, ...], directory: Path) -> Settings:
    """Return the settings of an app. If `routes` are given, only these are shown. Raises `ConfigError`.

    `directory` is the working directory, where a configuration file may be.
    """
    from flask_status_cli.pipeline.settings import load

    known = load(os.environ, directory, given=settings_given_by(app)).settings
    return replace(known, only=routes) if routes else known


def database_of(app: Flask, known: Settings, directory: Path) -> DatabaseChoice:
    """Return the database for an app. Relative paths are relative to `directory`.

    `SQLALCHEMY_DATABASE_URI` is used only if it names an SQLite file that is not the app's own database.
    """
    own = _named(known.db, directory) if known.db else Path(app.instance_path, FILE_NAME)
    uri = app.config.get(THEIR_KEY)
    if known.db is not None or not uri:
        return DatabaseChoice(own)
    path = _sqlite_path(str(uri))
    if path is None:
        return DatabaseChoice(own, f"{THEIR_KEY} does not name an SQLite file; {_instead(own)}")
    path = directory / path
    if _app_uses_it(app):
        return DatabaseChoice(own, f"{THEIR_KEY} is the app's own database; {_instead(own)}")
    kind = kind_of(path)
    if kind is FileKind.ANCESTOR:
        take = f"to import its counts: flask-status db import --db {own} {path}"
        return DatabaseChoice(
            own, f"{path} is a database of flask-server-status; {take}; {_instead(own)}"
        )
    if kind in (FileKind.FOREIGN, FileKind.UNREADABLE):
        return DatabaseChoice(own, f"{path} has tables of another program; {_instead(own)}")
    return DatabaseChoice(path)


def _named(db: str, directory: Path) -> Database:
    return parse_url(db) if is_url(db) else directory / db


def _instead(path: Database) -> str:
    return f"counts are stored in {path}; {OUR_KEY} names another file"


def _app_uses_it(app: Flask) -> bool:
    return any("alchem" in str(name).lower() for name in app.extensions)


def _sqlite_path(uri: str) -> Path | None:
    """Return the path in a URI such as `sqlite:///tmp/status.db`, `None` for any other database."""
    parts = urlsplit(uri)
    if parts.scheme.partition("+")[0] != "sqlite" or parts.netloc:
        return None
    path = unquote(parts.path).removeprefix("/")
    return None if path in ("", ":memory:") or path.startswith("file:") else Path(path)


def rule_that_takes_files(app: Flask) -> str:
    """Return the rule of the app that matches files of the status page, "" if none does.

    Such a rule is `/status/<code>`. It comes before the rule of the page's files, which matches any path.
    """
    try:
        page = next(app.url_map.iter_rules("flask_status.page")).rule
        found, _ = app.url_map.bind("localhost").match(f"{page}status.json", return_rule=True)
    except Exception:  # noqa: BLE001 - rules with a host or a subdomain do not match; no error may stop the app
        return ""
    return "" if found.endpoint == "flask_status.file" else found.rule
