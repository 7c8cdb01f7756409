"""Options that several commands share, and functions that return their values."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flask_status_cli.cli.commands.completion.files import files
from flask_status_cli.cli.lean_click import option as lean_option
from flask_status_cli.errors import OptionError
from flask_status_cli.model.languages import LANGUAGES

if TYPE_CHECKING:
    from fractions import Fraction
    from zoneinfo import ZoneInfo

    from flask_status_cli.model.database_url import Database
    from flask_status_cli.model.settings import PolicySettings, Settings
    from flask_status_cli.pipeline.settings import Configuration
    from flask_status_cli.render.text.words import Words

_Command = TypeVar("_Command", bound=Callable[..., Any])

LONGEST_HOST = 255
"""The longest name of a host, in characters."""

PATH_OR_URL = "give the path of an SQLite file, or postgresql://user@host/db"

_META = "flask_status_cli."
_LOADED = f"{_META}loaded"


ZONE = "Time zone of the days and times.  [default: the system's]"
"""The help of `--timezone`."""

TIME_ZONE = "Time zone of the output, and of instants without an offset.  [default: the system's]"
"""The help of `--timezone` in commands that take an instant."""

NGINX_CONF = "Read the formats from this nginx configuration; without LOG, read the logs it names."
"""The help of `--nginx-conf`."""

JSON_MAP = "The keys in JSON lines, if they have unusual names: status=res.code,time=ts."
"""The help of `--json-map`."""

LOG_ZONE = "Time zone of log lines without an offset, such as werkzeug's.  [default: the system's]"
"""The help of `--log-timezone`."""

LANG = "The language of the output.  [default: page.lang in the configuration, or en]"
"""The help of `--lang`."""

PROGRAMS = ("json", "csv", "prometheus")
"""The formats for programs. They have no language."""

NOW = 'As of this instant: ISO 8601, or "last" for the newest entry.  [default: the present]'
"""The help of `--now`."""


def _remember(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    given = context.get_parameter_source(parameter.name or "")
    if value is not None and given is not click.core.ParameterSource.ENVIRONMENT:
        context.meta[f"{_META}{parameter.name}"] = value  # the value of a variable is a setting


def config_option(command: _Command) -> _Command:
    """Add `--config` to the group. `configuration()` reads its file."""
    return lean_option(
        "--config",
        metavar="FILE",
        shell_complete=files,
        envvar="FLASK_STATUS_CONFIG",
        show_envvar=True,
        expose_value=False,
        callback=_remember,
        help="The configuration file.  [default: flask-status.toml in the working directory]",
    )(command)


def configuration() -> Configuration:
    """Return the configuration. It is read once, from files and variables. Raises `ConfigError`."""
    meta = click.get_current_context().meta
    if _LOADED not in meta:
        from flask_status_cli.pipeline.settings import load

        meta[_LOADED] = load(os.environ, working_directory(), named=group_option("config"))
    loaded: Configuration = meta[_LOADED]
    return loaded


def settings() -> Settings:
    """Return the settings of the configuration, without the options of the command. Raises `ConfigError`."""
    return configuration().settings


def policy(preset: str | None, *, objective: Fraction | None = None) -> PolicySettings:
    """Return the policy of the settings, with `preset` and `objective` if they are given."""
    from dataclasses import replace

    known = settings().policy
    if preset is not None:
        known = replace(known, preset=preset, success=None, failure=None)
    return known if objective is None else replace(known, objective=objective)


def group_option(name: str) -> str | None:
    """Return the value of `--config` or `--db`, `None` if the option was not given."""
    value: str | None = click.get_current_context().meta.get(f"{_META}{name}")
    return value


def working_directory() -> Path:
    """Return the working directory, or the root if the working directory was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")


def mount_prefix() -> tuple[str, ...]:
    """Return the path below which the app is mounted, from the settings. Return () if there is none."""
    prefix = settings().strip_prefix
    return (prefix,) if prefix else ()


def prefixes(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values of `--strip-prefix`. Raises `UsageError` for a value that is not a path."""
    for prefix in given:
        if not prefix.startswith("/") or not prefix.strip("/"):
            raise click.UsageError(
                f"--strip-prefix: {prefix!r} is not a path; use for example /app"
            )
    return given


def database_option(command: _Command) -> _Command:
    """Add `--db` to a command. Its value overrides that of `--db` before the name of the command."""
    return lean_option(
        "--db",
        metavar="PATH|URL",
        shell_complete=files,
        expose_value=False,
        callback=_remember,
        help="The database: a file, or a PostgreSQL server.",
    )(command)


def global_database_option(command: _Command) -> _Command:
    """Add `--db` to the group. `database()` returns its value."""
    return lean_option(
        "--db",
        metavar="PATH|URL",
        shell_complete=files,
        envvar="FLASK_STATUS_DB",
        show_envvar=True,
        expose_value=False,
        callback=_remember,
        help="The database: a file, or a PostgreSQL server.  "
        "[default: $XDG_STATE_HOME/flask-status/status.db]",
    )(command)


def database(loaded: Settings | None = None) -> Database:
    """Return the database of this command, a path or a URL. Raises `OptionError`.

    `loaded` are settings to use instead of `settings()`.
    """
    given = group_option("db")
    if given is not None:
        return database_named(given)
    known = (loaded or settings()).db
    return (
        _state_directory() / "flask-status" / "status.db"
        if known is None
        else database_named(known)
    )


def database_named(given: str, *, option: str = "--db") -> Database:
    """Return the database that a text names. Raises `OptionError`, which names the `option`."""
    if not given:
        raise OptionError(option, "the path is empty", PATH_OR_URL)
    if "=" not in given and "://" not in given:
        return Path(given)
    from flask_status_cli.model.database_url import UrlFault, is_conninfo, is_url, parse_url

    if is_conninfo(given):
        raise OptionError(option, "connection strings of libpq are not understood", PATH_OR_URL)
    if "://" not in given:
        return Path(given)
    if not is_url(given):
        scheme = given.partition("://")[0]
        raise OptionError(option, f"{scheme}:// is not a known kind of database", PATH_OR_URL)
    try:
        return parse_url(given)
    except UrlFault as fault:
        raise OptionError(option, fault.what, fault.hint) from None


def host_name(where: Database | None = None) -> str:
    """Return the name of this host: that of the settings, or else that of the system.

    For a database file, the default is "", because only one host uses it. `where` is the database, if it is
    not that of the command.
    """
    known = settings().host
    if known is not None:
        return checked_host(known)
    if isinstance(where or database(), Path):
        return ""
    import socket

    return socket.gethostname()


def checked_host(name: str) -> str:
    """Return the name of a host. Raises `OptionError` if it is too long or not printable."""
    if not name.isprintable() or len(name) > LONGEST_HOST:
        what = f"{name[:LONGEST_HOST]!r} cannot be the name of a host"
        raise OptionError("--host", what, f"use at most {LONGEST_HOST} printable characters")
    return name


def text_of(where: Database) -> str:
    """Return the `--db` of a database for another command: an absolute path, or the URL."""
    return str(where.absolute()) if isinstance(where, Path) else where.text


def _state_directory() -> Path:
    given = os.environ.get("XDG_STATE_HOME")
    try:
        return Path(given) if given else Path.home() / ".local" / "state"
    except RuntimeError:  # no HOME, and a user that the system does not know
        raise OptionError("--db", "no home directory was found", "name a file") from None


def lang_option(command: _Command) -> _Command:
    """Add `--lang` to a command. `words_of()` returns the words of its value."""
    return click.option("--lang", type=click.Choice(list(LANGUAGES)), help=LANG)(command)


def words_of(lang: str | None, *, medium: str | None = None) -> Words:
    """Return the words of a language; `None` means the language of the settings.

    Raises `UsageError` if a language was given, but `medium` is a format for programs, such as `"json"`.
    """
    from flask_status_cli.render.text.words import Words

    if lang and medium in PROGRAMS:
        raise click.UsageError(f"--{medium} has no language; leave out --lang")
    return Words.of(lang or settings().page.lang)


def zone(name: str | None, *, option: str) -> ZoneInfo:
    """Return the time zone with this name. `None` means that of the settings, or else of the system.

    Raises `OptionError` if there is no such zone. `option` is the option that sets it.
    """
    from zoneinfo import ZoneInfo

    if name is None:
        key = option.removeprefix("--").replace("-", "_")
        name = getattr(settings(), key)
        if name is None:
            return _system_zone(option)
        option = configuration().where(key)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise OptionError(option, f"{name!r} is not a time zone", _nearest_zone(name)) from None


def _system_zone(option: str) -> ZoneInfo:
    from flask_status_cli.system_zone import system_zone

    try:
        return system_zone()
    except (KeyError, ValueError, OSError) as error:
        what = f"the system's time zone is not clear ({error})"
        raise OptionError(
            option, " ".join(what.split()), f"name one, for example {option} UTC"
        ) from None


def _nearest_zone(name: str) -> str:
    from zoneinfo import available_timezones

    names = {zone.casefold(): zone for zone in available_timezones()}
    import difflib

    found = difflib.get_close_matches(name.casefold(), names, n=1)
    return f"did you mean {names[found[0]]}?" if found else "try for example Europe/Berlin or UTC"


def clock() -> datetime:
    """Return the present instant. Commands pass this function on; no other code reads the clock."""
    return datetime.now(UTC)
